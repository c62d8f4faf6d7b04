"""What one version of the rules says otherwise than another. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from config.routing_terms import RoutingTerms

WORDS = ("urgent_words", "negations")
NUMBERS = ("negation_reach", "nearest_within_m")


@dataclass(frozen=True, slots=True)
class Listed:
    """Names that only the later version has, only the earlier, and those it has otherwise.

    `moved` are the fewest that would have to be put elsewhere to get the later order.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A number that is another one."""

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Differences:
    """`words` are by the name of their list; `numbers` are thresholds and distances."""

    rules: Listed
    restrictions: Listed
    words: Mapping[str, Listed]
    numbers: tuple[Changed, ...]


def differences(before: RoutingTerms, after: RoutingTerms) -> Differences:
    """What `after` says otherwise than `before`."""
    restrictions = [{each.code: asdict(each) for each in of.restrictions} for of in (before, after)]
    one, other = _words(before), _words(after)
    words = {
        name: _listed(_alone(one.get(name, ())), _alone(other.get(name, ())))
        for name in {**one, **other}
    }
    return Differences(
        rules=_listed(_named(before.rules), _named(after.rules)),
        restrictions=_listed(*restrictions),
        words={name: found for name, found in words.items() if found != Listed()},
        numbers=tuple(_numbers(before, after)),
    )


def _numbers(before: RoutingTerms, after: RoutingTerms) -> list[Changed]:
    one, other = (
        {**asdict(of.thresholds), **{name: getattr(of, name) for name in NUMBERS}}
        for of in (before, after)
    )
    return [Changed(name, one[name], other[name]) for name in one if one[name] != other[name]]


def _words(terms: RoutingTerms) -> dict[str, Sequence[str]]:
    """All lists of words; those that rules call by name as they call them."""
    own = {f"@{name}": words for name, words in terms.lists.items()}
    return {**{name: getattr(terms, name) for name in WORDS}, **own}


def _alone(words: Sequence[str]) -> dict[str, Any]:
    """In no order: for words it means nothing."""
    return dict.fromkeys(sorted(words))


def _named(rules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """By name; one that has none, or that of one before, by its place."""
    found: dict[str, Any] = {}
    for number, rule in enumerate(rules, 1):
        name = rule.get("name")
        key = name.strip() if isinstance(name, str) else ""
        found[key if key and key not in found else f"#{number}"] = rule
    return found


def _listed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Listed:
    both = [name for name in after if name in before]
    place = {name: at for at, name in enumerate(before)}
    stay = _rising([place[name] for name in both])
    return Listed(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed=tuple(name for name in both if before[name] != after[name]),
        moved=tuple(name for at, name in enumerate(both) if at not in stay),
    )


def _rising(places: Sequence[int]) -> frozenset[int]:
    """Where in `places` the longest rising row of them stands (patience sorting)."""
    ends: list[int] = []
    at_ends: list[int] = []
    came_from: list[int | None] = []
    for at, place in enumerate(places):
        pile = bisect_left(ends, place)
        came_from.append(at_ends[pile - 1] if pile else None)
        ends[pile : pile + 1], at_ends[pile : pile + 1] = [place], [at]
    row: set[int] = set()
    last = at_ends[-1] if at_ends else None
    while last is not None:
        row.add(last)
        last = came_from[last]
    return frozenset(row)
