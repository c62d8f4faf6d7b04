"""Conditions of a rule: a small declarative form, checked when it is made. Pure.

    category: [EIA, PERMIT]                  any of these
    kind, unit, industry, stage, level: […]  any of these
    tags: [key_trade, pre_listing]           the enterprise has any of these
    area: [INDUSTRIAL_BELT]                  the position lies in any of these imported areas
    words: {any: […], all: […], none: […]}   words of the text; a denied mention does not count;
                                             `least: 2` beside `any`: so many different ones of them
    near: {words: […], with: […], within: 8} two words with at most so many characters between them;
                                             `order: forward`: those of `with` stand behind the others
    answers: {item: [values]}                what the visit's checklist says
    hours: office | off                      whether it was filed while the office is open
    not: {…}   any: [{…}, …]   all: [{…}, …]

All parts of one mapping must hold. `@department` and `@unit` in a word list stand for all their names,
`@name` for the words of that name in the rulebook's `lists`.
What a condition asks for and is not known does not hold; a condition that names what does not exist, or
has no such form, is Broken: never silently false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.routing.facts import Known, Seen
from app.routing.words import Mention, fold

MOST_WITHIN = 200
_GROUPS = frozenset({"any", "all", "none"})


class Broken(Exception):
    """A rule that cannot be evaluated: `code` and `params` of the message catalogue say why."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Found:
    """That a condition holds, and the words that made it so."""

    words: tuple[Mention, ...] = ()


Check = Callable[[Seen], Found | None]
HOLDS = Found()


def compiled(when: Any, known: Known) -> Check:
    """The check of a condition. Raises Broken for what nobody can evaluate."""
    if not isinstance(when, Mapping):
        raise Broken("rule.not_a_mapping")
    checks = [_part(str(name), value, known) for name, value in when.items()]
    return lambda seen: _every(checks, seen)


def words_in(when: Any, known: Known) -> Iterable[str]:
    """The words that a condition looks for, wherever in it. `when` must have been compiled."""
    for name, value in when.items():
        if name == "words":
            for each in _GROUPS & {*value}:
                yield from _words_of(name, value[each], known)
        elif name == "near":
            yield from _words_of(name, value["words"], known)
            yield from _words_of(name, value["with"], known)
        elif name == "not":
            yield from words_in(value, known)
        elif name in ("any", "all"):
            for each in value:
                yield from words_in(each, known)


def _every(checks: Sequence[Check], seen: Seen) -> Found | None:
    words: list[Mention] = []
    for check in checks:
        found = check(seen)
        if found is None:
            return None
        words += found.words
    return Found(tuple(words)) if words else HOLDS


def _part(name: str, value: Any, known: Known) -> Check:
    if name in _PLAIN:
        look, exist = _PLAIN[name]
        wanted = frozenset(_existing(name, value, exist(known)))
        return lambda seen: HOLDS if look(seen) in wanted else None
    if name in _FORMS:
        return _FORMS[name](value, known)
    raise Broken("rule.unknown_condition", name=name)


_PLAIN: Mapping[str, tuple[Callable[[Seen], str | None], Callable[[Known], Iterable[str] | None]]]
_PLAIN = {
    "category": (lambda seen: seen.category, lambda known: known.categories),
    "kind": (lambda seen: seen.facts.kind, lambda known: ("request", "problem")),
    "unit": (lambda seen: seen.facts.unit, lambda known: known.units),
    "industry": (lambda seen: seen.facts.industry, lambda known: None),
    "stage": (lambda seen: seen.facts.stage, lambda known: known.stages),
    "level": (lambda seen: seen.facts.level, lambda known: known.levels),
}
"""Conditions that look at one fact: how to see it, and what may be named (None: anything)."""


def _negated(value: Any, known: Known) -> Check:
    inner = compiled(value, known)
    return lambda seen: None if inner(seen) is not None else HOLDS


def _any(value: Any, known: Known) -> Check:
    inner = [compiled(each, known) for each in _items("any", value)]
    return lambda seen: next((f for f in (c(seen) for c in inner) if f is not None), None)


def _all(value: Any, known: Known) -> Check:
    inner = [compiled(each, known) for each in _items("all", value)]
    return lambda seen: _every(inner, seen)


def _words(value: Any, known: Known) -> Check:
    if not isinstance(value, Mapping) or not value or not {*value} <= _GROUPS | {"least"}:
        raise Broken("rule.words_form")
    some, every, none = (
        list(dict.fromkeys(fold(word) for word in _words_of("words", value.get(group, []), known)))
        if group in value
        else []
        for group in ("any", "all", "none")
    )
    wanted, banned = frozenset(some), frozenset(none)
    least = whole("least", value.get("least", min(len(some), 1)), min(len(some), 1), len(some))

    def check(seen: Seen) -> Found | None:
        if not banned.isdisjoint(seen.words):
            return None
        if not all(word in seen.words for word in every):
            return None
        hits = [] if wanted.isdisjoint(seen.words) else [w for w in some if w in seen.words]
        if len(hits) < least:
            return None
        return Found(tuple(seen.words[word][0] for word in [*every, *hits]))

    return check


def _near(value: Any, known: Known) -> Check:
    if not isinstance(value, Mapping) or {*value} - {"order"} != {"words", "with", "within"}:
        raise Broken("rule.near_form")
    if value.get("order", "forward") != "forward":
        raise Broken("rule.near_form")
    forward = "order" in value
    within = whole("within", value["within"], 0, MOST_WITHIN)
    ones = [fold(word) for word in _words_of("near", value["words"], known)]
    others = [fold(word) for word in _words_of("near", value["with"], known)]
    one, other = frozenset(ones), frozenset(others)

    def check(seen: Seen) -> Found | None:
        # Lists are long, and few of their words stand in a text.
        if one.isdisjoint(seen.words) or other.isdisjoint(seen.words):
            return None
        mine = [each for word in ones for each in seen.words.get(word, ())]
        theirs = [each for word in others for each in seen.words.get(word, ())]
        pairs = (
            (a, b)
            for a in mine
            for b in theirs
            if _gap(a, b) <= within and (a.start < b.start or not forward)
        )
        return next((Found(pair) for pair in pairs), None)

    return check


def _gap(one: Mention, other: Mention) -> int:
    """Characters between two mentions, 0 where they touch or overlap."""
    return max(other.start - one.end, one.start - other.end, 0)


def _answers(value: Any, known: Known) -> Check:
    if not isinstance(value, Mapping) or not value:
        raise Broken("rule.answers_form")
    wanted = {str(item): each if isinstance(each, list) else [each] for item, each in value.items()}

    def check(seen: Seen) -> Found | None:
        given = seen.facts.answers
        return HOLDS if all(given.get(item) in some for item, some in wanted.items()) else None

    return check


def _hours(value: Any, known: Known) -> Check:
    if value not in ("office", "off"):
        raise Broken("rule.hours_form", value=str(value))
    wanted = value == "office"
    return lambda seen: HOLDS if seen.facts.office_open is wanted else None


def _tags(value: Any, known: Known) -> Check:
    wanted = frozenset(_texts("tags", value))
    return lambda seen: HOLDS if seen.facts.tags & wanted else None


def _area(value: Any, known: Known) -> Check:
    wanted = frozenset(_existing("area", value, known.areas))
    return lambda seen: HOLDS if wanted & seen.facts.areas.keys() else None


_FORMS: Mapping[str, Callable[[Any, Known], Check]] = {
    "not": _negated,
    "any": _any,
    "all": _all,
    "words": _words,
    "near": _near,
    "answers": _answers,
    "hours": _hours,
    "tags": _tags,
    "area": _area,
}


def whole(name: str, value: Any, low: int, high: int) -> int:
    """A whole number within these bounds. Raises Broken."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Broken("rule.not_in_range", name=name, low=low, high=high)
    return value


def _words_of(name: str, value: Any, known: Known) -> list[str]:
    """The words of a list, with what stands for many of them in their place."""
    words: list[str] = []
    for each in _texts(name, value):
        if each.startswith("@"):
            if each not in known.named:
                raise Broken("rule.unknown_code", name=name, codes=each)
            words += known.named[each]
        else:
            words.append(each)
    return words


def _texts(name: str, value: Any) -> list[str]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts:
        raise Broken("rule.not_texts", name=name)
    if not all(isinstance(each, str) and each.strip() for each in texts):
        raise Broken("rule.not_texts", name=name)
    return texts


def _items(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise Broken("rule.not_a_list", name=name)
    return value


def _existing(name: str, value: Any, known: Iterable[str] | None) -> list[str]:
    codes = _texts(name, value)
    if known is not None:
        exist = frozenset(known)
        if unknown := [code for code in codes if code not in exist]:
            raise Broken("rule.unknown_code", name=name, codes="、".join(unknown))
    return codes
