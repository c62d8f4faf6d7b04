"""Ordered rules: each with a name, a condition and an outcome; what is broken says so. Pure.

    - name: 化工停电先报应急
      when: {category: [POWER], industry: [化工], words: {any: [停电, 断电]}}
      then: {assisting: [EMERGENCY], urgent: true, promise: {reply_wd: 1, resolve_wd: 3}, priority: 1}
      note: why it is there

Rules are looked at in their order. One with a `lead` or `restricted` ends the search unless it says
`stop: false`; others go on unless they say `stop: true`. What an earlier rule said stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.foundation.reasons import Reason
from app.routing.conditions import Broken, Check, compiled, whole, words_in
from app.routing.facts import UNIT, Known, Seen
from app.routing.words import Mention

OUTCOMES = frozenset(
    {"lead", "assisting", "category", "promise", "urgent", "priority", "restricted", "stop"}
)
FIRST, LAST = 1, 9
MOST_WORKING_DAYS = 250


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule makes of an issue that it fits. `lead` and `assisting` are department codes or UNIT.

    `reply_wd` and `resolve_wd` take the place of the category's; None leaves it. `priority` is 1 (first)
    to 9. `restricted` names why no machine may place it.
    """

    lead: str | None = None
    assisting: tuple[str, ...] = ()
    category: str | None = None
    reply_wd: int | None = None
    resolve_wd: int | None = None
    urgent: bool | None = None
    priority: int | None = None
    restricted: str | None = None
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that can be evaluated."""

    name: str
    outcome: Outcome
    check: Check = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that cannot be, and why; it decides nothing and is shown on each decision."""

    name: str
    why: Reason


@dataclass(frozen=True, slots=True)
class Fit:
    """A rule that fits an issue, with the words that made it so."""

    rule: Rule
    words: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules in their order, compiled; `words` are all that any of them looks for."""

    rules: tuple[Rule, ...] = ()
    broken: tuple[BrokenRule, ...] = ()
    words: tuple[str, ...] = ()


def compile_rules(
    rows: Sequence[Any], known: Known, restricted: Mapping[str, Any] | None = None
) -> Rules:
    """The rules of rows {name, when, then, note?}; a row that is wrong becomes a BrokenRule.

    `restricted` holds the kinds that an outcome may name.
    """
    good: list[Rule] = []
    broken: list[BrokenRule] = []
    words: dict[str, None] = {}
    names: set[str] = set()
    for number, row in enumerate(rows, 1):
        name = _name(row) or f"#{number}"
        try:
            if name in names:
                raise Broken("rule.name_twice")
            names.add(name)
            rule = _rule(name, row, known, restricted or {})
            words |= dict.fromkeys(words_in(row["when"], known))
        except Broken as error:
            broken.append(BrokenRule(name, Reason(error.code, {"rule": name, **error.params})))
        else:
            good.append(rule)
    return Rules(tuple(good), tuple(broken), tuple(words))


def look(rule: Rule, seen: Seen) -> Fit | BrokenRule | None:
    """Whether the rule fits; a rule that cannot be evaluated for these facts is said to be broken."""
    try:
        found = rule.check(seen)
    except Exception as error:
        params = {"rule": rule.name, "error": type(error).__name__}
        return BrokenRule(rule.name, Reason("rule.failed", params))
    return None if found is None else Fit(rule, found.words)


def _name(row: Any) -> str | None:
    name = row.get("name") if isinstance(row, Mapping) else None
    return name.strip() or None if isinstance(name, str) else None


def _rule(name: str, row: Any, known: Known, restricted: Mapping[str, Any]) -> Rule:
    if not isinstance(row, Mapping) or not {"name", "when", "then"} <= {*row}:
        raise Broken("rule.incomplete")
    if extra := {*row} - {"name", "when", "then", "note"}:
        raise Broken("rule.unknown_key", name="、".join(sorted(map(str, extra))))
    return Rule(name, _outcome(row["then"], known, restricted), compiled(row["when"], known))


def _outcome(then: Any, known: Known, restricted: Mapping[str, Any]) -> Outcome:
    if not isinstance(then, Mapping) or not then:
        raise Broken("rule.no_outcome")
    if unknown := {*map(str, then)} - OUTCOMES:
        raise Broken("rule.unknown_outcome", name="、".join(sorted(unknown)))
    lead, assisting = then.get("lead"), then.get("assisting", [])
    if not isinstance(assisting, list):
        raise Broken("rule.not_a_list", name="assisting")
    named = [*([lead] if lead is not None else []), *assisting]
    _exist("lead", named, {*known.departments, UNIT})
    category, kind = then.get("category"), then.get("restricted")
    _exist("category", [category] if category is not None else [], known.categories)
    _exist("restricted", [kind] if kind is not None else [], restricted)
    reply, resolve = _promise(then.get("promise", {}))
    ends = lead is not None or kind is not None
    priority = then.get("priority")
    return Outcome(
        lead=lead,
        assisting=tuple(assisting),
        category=category,
        reply_wd=reply,
        resolve_wd=resolve,
        urgent=_flag(then, "urgent"),
        priority=None if priority is None else whole("priority", priority, FIRST, LAST),
        restricted=kind,
        stop=ends if (stop := _flag(then, "stop")) is None else stop,
    )


def _promise(promise: Any) -> tuple[int | None, int | None]:
    if not isinstance(promise, Mapping) or not {*promise} <= {"reply_wd", "resolve_wd"}:
        raise Broken("rule.promise_form")
    reply, resolve = (
        None if promise.get(name) is None else whole(name, promise[name], 1, MOST_WORKING_DAYS)
        for name in ("reply_wd", "resolve_wd")
    )
    if reply and resolve and reply > resolve:
        raise Broken("rule.promise_form")
    return reply, resolve


def _flag(then: Mapping[str, Any], name: str) -> bool | None:
    value = then.get(name)
    if value is not None and not isinstance(value, bool):
        raise Broken("rule.not_a_flag", name=name)
    return value


def _exist(name: str, codes: Iterable[Any], known: Iterable[str]) -> None:
    exist = frozenset(known)
    if strangers := [str(code) for code in codes if not isinstance(code, str) or code not in exist]:
        raise Broken("rule.unknown_code", name=name, codes="、".join(strangers))
