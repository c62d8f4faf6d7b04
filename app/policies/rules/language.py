"""Reading conditions and amount rules from JSON, and writing them: with words for what is wrong. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.foundation import amounts, days
from app.foundation.reasons import Reason
from app.policies.rules import conditions as c
from app.policies.rules.amounts import KINDS as AMOUNT_KINDS
from app.policies.rules.amounts import Fixed, Percent, PerUnit, Rule
from app.policies.rules.conditions import Condition, Figure
from app.registers.fields import Day, Unfit

DEEPEST, MOST_PARTS, MOST_VALUES, LONGEST = 5, 30, 100, 120
"""Levels of groups, parts of one, values of a list, months of a period or before a day."""
KINDS = (*c.GROUPS, "tags", *c.MEMBERSHIPS, "date", "above_scale", "figure")
_DAY = Day(name="day")
_PERCENT = re.compile(r"\d{1,4}(\.\d{1,4})?")


class Unreadable(Exception):
    """A rule that cannot be read; `reason` says where and why."""

    def __init__(self, code: str, where: str, **params: Any) -> None:
        super().__init__(code)
        self.reason = Reason(code, {"where": where, **params})


def condition(raw: Any) -> Condition:
    """The condition that JSON says. Raises Unreadable at the first thing that is wrong."""
    return _condition(raw, "", 1)


def amount_rule(raw: Any) -> Rule:
    """The amount rule that JSON says. Raises Unreadable."""
    said = _Said.of(raw, "")
    kind = said.choice("kind", AMOUNT_KINDS)
    if kind == "fixed":
        said.only("kind", "amount")
        return Fixed(said.money("amount"))
    bounds = {name: said.money_or_none(name) for name in ("cap", "floor")}
    if bounds["cap"] is not None and bounds["floor"] is not None:
        said.check(bounds["floor"] <= bounds["cap"], "policy.rule.floor_above_cap", "floor")
    if kind == "per_unit":
        said.only("kind", "each", "unit", "cap", "floor")
        return PerUnit(said.money("each"), said.text("unit", 20), **bounds)
    said.only("kind", "percent", "figure", "cap", "floor")
    figure = _figure(_Said.of(said.raw.get("figure"), "figure"))
    return Percent(said.percent("percent"), figure, **bounds)


def unknown_codes(
    found: Condition, known: Mapping[str, Collection[str]], where: str = ""
) -> Iterator[Reason]:
    """What the condition names and no dictionary of `known` (`tags`, and each of MEMBERSHIPS) has."""
    if isinstance(found, c.Group):
        for number, each in enumerate(found.of):
            yield from unknown_codes(each, known, _at(where, f"of.{number}"))
    if isinstance(found, c.Tags | c.OneOf):
        of = "tags" if isinstance(found, c.Tags) else found.of
        for value in found.values:
            if value not in known[of]:
                params = {"where": _at(where, "values"), "value": value}
                yield Reason("policy.rule.unknown_code", params)


def condition_row(found: Condition) -> dict[str, Any]:
    """The condition as JSON; `condition` reads it back."""
    match found:
        case c.Group():
            return {"kind": found.how, "of": [condition_row(each) for each in found.of]}
        case c.Tags():
            return {"kind": "tags", "how": found.how, "values": list(found.values)}
        case c.OneOf():
            return {"kind": found.of, "values": list(found.values)}
        case c.Day():
            name = "within_months" if found.how == "within" else found.how
            return {"kind": "date", "of": found.of, name: getattr(found, name)}
        case c.AboveScale():
            return {"kind": "above_scale", "entered": found.entered}
        case c.Reaches():
            return {"kind": "figure", **_figure_row(found.figure), "least": str(found.least)}


def amount_row(rule: Rule) -> dict[str, Any]:
    """The amount rule as JSON; `amount_rule` reads it back."""
    match rule:
        case Fixed():
            return {"kind": "fixed", "amount": str(rule.amount)}
        case PerUnit():
            row: dict[str, Any] = {"kind": "per_unit", "each": str(rule.each), "unit": rule.unit}
        case Percent():
            figure = _figure_row(rule.figure)
            row = {"kind": "percent", "percent": f"{rule.percent:f}", "figure": figure}
    bounds = {"cap": rule.cap, "floor": rule.floor}
    return row | {name: str(each) for name, each in bounds.items() if each is not None}


def _figure_row(figure: Figure) -> dict[str, Any]:
    row = {"whose": figure.whose, "measure": figure.measure}
    if figure.last_months is not None:
        return {**row, "last_months": figure.last_months}
    return {**row, "from": figure.first, "to": figure.last}


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _condition(raw: Any, where: str, depth: int) -> Condition:
    said = _Said.of(raw, where)
    kind = said.choice("kind", KINDS)
    if kind in c.GROUPS:
        return _group(said, kind, depth)
    if kind == "tags":
        said.only("kind", "how", "values")
        return c.Tags(said.choice("how", c.HOWS), said.texts("values"))
    if kind in c.MEMBERSHIPS:
        said.only("kind", "values")
        return c.OneOf(kind, said.texts("values"))
    return _OTHERS[kind](said)


def _group(said: _Said, kind: str, depth: int) -> Condition:
    said.only("kind", "of")
    parts = said.raw.get("of")
    said.check(depth <= DEEPEST, "policy.rule.too_deep", "of", most=DEEPEST)
    fits = isinstance(parts, list) and 1 <= len(parts) <= MOST_PARTS
    said.check(fits, "policy.rule.parts", "of", most=MOST_PARTS)
    found = enumerate(parts if isinstance(parts, list) else ())
    return c.Group(
        kind, tuple(_condition(each, _at(said.where, f"of.{n}"), depth + 1) for n, each in found)
    )


def _date(said: _Said) -> Condition:
    said.only("kind", "of", "within_months", "before", "since")
    of = said.choice("of", c.DAYS)
    asked = [name for name in ("within_months", "before", "since") if name in said.raw]
    said.check(len(asked) == 1, "policy.rule.one_of_days", "of")
    if asked == ["within_months"]:
        return c.Day(of, within_months=said.whole("within_months", 1, 600))
    day = said.day(asked[0])
    return c.Day(of, before=day) if asked == ["before"] else c.Day(of, since=day)


def _above_scale(said: _Said) -> Condition:
    said.only("kind", "entered")
    entered = said.raw.get("entered")
    said.check(isinstance(entered, bool), "policy.rule.flag", "entered")
    return c.AboveScale(bool(entered))


def _at_least(said: _Said) -> Condition:
    least = said.money("least")
    rest = {key: each for key, each in said.raw.items() if key not in ("kind", "least")}
    return c.Reaches(_figure(_Said(rest, said.where)), least)


_OTHERS: Mapping[str, Callable[[_Said], Condition]] = {
    "date": _date,
    "above_scale": _above_scale,
    "figure": _at_least,
}


def _figure(said: _Said) -> Figure:
    said.only("whose", "measure", "from", "to", "last_months")
    whose, measure = said.choice("whose", c.WHOSE), said.choice("measure", c.MEASURES)
    firm_has = ("sales", "tax")
    fits = whose == c.PROJECTS or measure in firm_has
    said.check(fits, "policy.rule.of_projects_only", "measure")
    if "last_months" in said.raw:
        said.check(not {"from", "to"} & said.raw.keys(), "policy.rule.period", "last_months")
        return Figure(whose, measure, last_months=said.whole("last_months", 1, LONGEST))
    said.check({"from", "to"} <= said.raw.keys(), "policy.rule.period", "from")
    first, last = said.month("from"), said.month("to")
    said.check(first <= last, "policy.rule.turned_round", "to")
    count = days.months_between(days.month(first), days.month(last)) + 1
    said.check(count <= LONGEST, "policy.rule.too_long", "to", most=LONGEST)
    return Figure(whose, measure, first=first, last=last)


class _Said:
    """One JSON object, that hands out checked values."""

    def __init__(self, raw: Mapping[str, Any], where: str) -> None:
        self.raw, self.where = raw, where

    @classmethod
    def of(cls, raw: Any, where: str) -> _Said:
        if not isinstance(raw, dict):
            raise Unreadable("policy.rule.not_an_object", where or "/")
        return cls(raw, where)

    def check(self, fits: bool, code: str, name: str, **params: Any) -> None:
        if not fits:
            raise Unreadable(code, _at(self.where, name), **params)

    def only(self, *names: str) -> None:
        for name in self.raw:
            self.check(name in names, "policy.rule.unknown_key", str(name)[:40])

    def choice(self, name: str, choices: Sequence[str]) -> str:
        value = self.raw.get(name)
        self.check(value in choices, "policy.rule.one_of", name, choices=", ".join(choices))
        return str(value)

    def text(self, name: str, most: int) -> str:
        value = self.raw.get(name)
        fits = isinstance(value, str) and 1 <= len(value.strip()) <= most and value.isprintable()
        self.check(fits, "policy.rule.text", name, most=most)
        return str(value).strip()

    def texts(self, name: str) -> tuple[str, ...]:
        values = self.raw.get(name)
        fits = isinstance(values, list) and 1 <= len(values) <= MOST_VALUES
        self.check(fits, "policy.rule.values", name, most=MOST_VALUES)
        found = values if isinstance(values, list) else []
        fits = all(isinstance(each, str) and 1 <= len(each) <= 60 for each in found)
        self.check(fits, "policy.rule.values", name, most=MOST_VALUES)
        return tuple(dict.fromkeys(found))

    def whole(self, name: str, least: int, most: int) -> int:
        value = self.raw.get(name)
        fits = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        self.check(fits, "policy.rule.whole", name, least=least, most=most)
        return int(value or 0)

    def money(self, name: str) -> Decimal:
        value = self.raw.get(name)
        try:
            amount = amounts.money(value if isinstance(value, str) else "?")
        except ValueError:
            raise Unreadable("policy.rule.amount", _at(self.where, name)) from None
        self.check(amount > 0, "policy.rule.amount", name)
        return amount

    def money_or_none(self, name: str) -> Decimal | None:
        return None if self.raw.get(name) is None else self.money(name)

    def percent(self, name: str) -> Decimal:
        value = self.raw.get(name)
        fits = isinstance(value, str) and _PERCENT.fullmatch(value) is not None
        self.check(fits, "policy.rule.percent", name)
        found = Decimal(str(value))
        self.check(0 < found <= 1000, "policy.rule.percent", name)
        return found

    def day(self, name: str) -> str:
        try:
            found = _DAY.load(self.raw.get(name))
        except Unfit:
            found = None
        self.check(found is not None, "policy.rule.day", name)
        return str(found)

    def month(self, name: str) -> str:
        value = self.raw.get(name)
        try:
            first = days.month(value) if isinstance(value, str) else None
        except ValueError:
            first = None
        self.check(first is not None and first.year >= 1990, "policy.rule.month", name)
        return str(value)
