"""Cells: what standings add up to, by month of the cohort and by whom one may ask for. Pure.

A cell is one month (of cohorts) or year (of plans) of one group. What a standing adds to cells follows from
it alone, so a change of a standing is the difference of what it adds. The numbers are counts, and 万元 as
Decimal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bson import Int64, ObjectId

from app.foundation import amounts, days
from app.foundation.amounts import ZERO
from app.foundation.db import Row
from app.projects.rates import formulas
from app.projects.rates.formulas import STEPS
from app.projects.rates.standing import MONTHS, Standing
from config.rate_terms import RateTerms

MONTH, YEAR = "month", "year"
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "unit_industry": ("unit", "industry"),
    "level": ("level",),
    "leader": ("leader",),
    "commissioner": ("commissioner",),
}
"""Cells are kept by the one or other of these, each alone: by unit and industry together, and so on."""
ACTUAL = tuple(f"m{month:02}" for month in range(1, MONTHS + 1))
OF_MONTH = tuple(
    f"{rate}_{what}" for rate in STEPS for what in ("all", "got", "all_money", "got_money")
)
OF_YEAR = ("projects", "first", "plan", *ACTUAL)
COUNTS = ("projects", *(name for name in OF_MONTH if not name.endswith("_money")))
AMOUNTS = ("first", "plan", *ACTUAL, *(name for name in OF_MONTH if name.endswith("_money")))

Number = int | Decimal
Values = dict[str, Number]
Side = str | ObjectId | None


@dataclass(frozen=True, slots=True)
class Key:
    """Which cell: `sides` are the values of the family's fields, `span` is `2026-11` or `2026`."""

    family: str
    sides: tuple[Side, ...]
    span: str

    @property
    def id(self) -> str:
        """As it is stored."""
        sides = ("" if side is None else str(side) for side in self.sides)
        return "|".join((self.family, *sides, self.span))

    def fields(self) -> Row:
        """What a cell holds beside its numbers."""
        sides = dict(zip(FAMILIES[self.family], self.sides, strict=True))
        kind = YEAR if len(self.span) == 4 else MONTH
        return {"family": self.family, "kind": kind, "span": self.span, **sides}


Cells = dict[Key, Values]


@dataclass(frozen=True, slots=True)
class Share:
    """`numerator` of `denominator`, and what that is in %."""

    numerator: Number
    denominator: Number
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Stepped:
    """A rate of steps by count and by planned investment; `small` is of too few to say much."""

    count: Share
    money: Share
    small: bool


@dataclass(frozen=True, slots=True)
class Against:
    """What was spent against one plan; `gap` in points, ahead of time above 0."""

    share: Share
    gap: Decimal | None


@dataclass(frozen=True, slots=True)
class Completion:
    """Investment of a year against the first and the present plan, after so many whole months."""

    year: int
    months: int
    projects: int
    first: Against
    current: Against
    small: bool


@dataclass(frozen=True, slots=True)
class Rates:
    """The five: each rate of steps over all of its cohort, and over what of it has had the time."""

    open: Mapping[str, Stepped]
    matured: Mapping[str, Stepped]
    completion: Completion


def spans_of(standing: Standing) -> dict[str, Values]:
    """What a standing adds to the cells of its groups, by month or year; what is 0 is left out."""
    spans: dict[str, Values] = {}
    money = standing.investment or ZERO
    for rate, of in STEPS.items():
        if (member := of(standing)) is None:
            continue
        values = spans.setdefault(days.month_of(member.since), {})
        values |= {f"{rate}_all": 1, f"{rate}_all_money": money}
        if member.reached is not None:
            values |= {f"{rate}_got": 1, f"{rate}_got_money": money}
    for year in standing.years:
        if (spent := formulas.completing(standing, int(year))) is not None:
            plans: Values = {"projects": 1, "first": spent.first, "plan": spent.plan}
            spans[year] = {**plans, **dict(zip(ACTUAL, spent.actual, strict=True))}
    return {
        span: {name: value for name, value in values.items() if value}
        for span, values in spans.items()
    }


def contributions(standing: Standing) -> Cells:
    """What a standing adds to which cells, in every family."""
    return {
        Key(family, tuple(getattr(standing, field) for field in fields), span): dict(values)
        for span, values in spans_of(standing).items()
        for family, fields in FAMILIES.items()
    }


def add(into: Cells, more: Mapping[Key, Mapping[str, Number]], sign: int = 1) -> None:
    """Add numbers to cells, or take them off with -1. What comes to 0 is left out."""
    for key, values in more.items():
        held = into.setdefault(key, {})
        _add(held, values, sign)
        if not held:
            del into[key]


def change(before: Standing | None, after: Standing | None) -> Cells:
    """The differences of cells when one standing takes the place of another."""
    found: Cells = {}
    if after is not None:
        add(found, contributions(after))
    if before is not None:
        add(found, contributions(before), -1)
    return found


def numbers(row: Mapping[str, Any]) -> Values:
    """The numbers of a stored or summed cell, as they are here; what is 0 is left out."""
    found: Values = {}
    for name in COUNTS:
        if value := row.get(name):
            found[name] = value
    for name in AMOUNTS:
        if value := row.get(name):
            found[name] = Decimal(value).scaleb(-amounts.MONEY_PLACES)
    return found


def stored(values: Mapping[str, Number]) -> dict[str, Int64]:
    """As a cell keeps them: money in hundredths of 万元, whole numbers: MongoDB sums those fast."""
    return {
        name: Int64(value.scaleb(amounts.MONEY_PLACES) if isinstance(value, Decimal) else value)
        for name, value in values.items()
    }


def age_of(month: str, day: date, terms: RateTerms) -> int:
    """The longest of the district's windows that a cohort of a month has had by a day; -1 of none."""
    return next((w for w, before in ages(day, terms) if month < before), -1)


def ages(day: date, terms: RateTerms) -> list[tuple[int, str]]:
    """Each window, the longest first, and the month before which cohorts have had it by a day."""
    windows = sorted({_window(terms, rate) for rate in STEPS}, reverse=True)
    return [(each, formulas.matured_before(each, day)) for each in windows]


def rates_of(
    months: Iterable[tuple[int, Mapping[str, Number]]],
    years: Iterable[Mapping[str, Number]],
    year: int,
    day: date,
    terms: RateTerms,
) -> Rates:
    """The rates of some cells by a day: months with their ages (`age_of`), and those of one year."""
    by_age: dict[int, Values] = {}
    for age, values in months:
        _add(by_age.setdefault(age, {}), values)
    spent: Values = {}
    for values in years:
        _add(spent, values)
    least = terms.small_sample
    return Rates(
        open={rate: _stepped(by_age, rate, -1, least) for rate in STEPS},
        matured={rate: _stepped(by_age, rate, _window(terms, rate), least) for rate in STEPS},
        completion=_completion(spent, year, formulas.months_over(year, day), least),
    )


def _stepped(by_age: Mapping[int, Values], rate: str, least_age: int, least: int) -> Stepped:
    of = [values for age, values in by_age.items() if age >= least_age]

    def share(suffix: str, zero: Number) -> Share:
        got = sum((values.get(f"{rate}_got{suffix}", zero) for values in of), start=zero)
        all_ = sum((values.get(f"{rate}_all{suffix}", zero) for values in of), start=zero)
        return Share(got, all_, formulas.percent(got, all_))

    count = share("", 0)
    return Stepped(count, share("_money", ZERO), bool(count.denominator < least))


def _completion(spent: Mapping[str, Number], year: int, months: int, least: int) -> Completion:
    actual = sum((Decimal(spent.get(name, ZERO)) for name in ACTUAL[:months]), start=ZERO)

    def against(name: str) -> Against:
        plan = Decimal(spent.get(name, ZERO))
        share = Share(actual, plan, formulas.percent(actual, plan))
        return Against(share, formulas.schedule_gap(actual, plan, months))

    projects = int(spent.get("projects", 0))
    return Completion(year, months, projects, against("first"), against("plan"), projects < least)


def _window(terms: RateTerms, rate: str) -> int:
    return int(getattr(terms.windows, rate))


def _add(into: Values, more: Mapping[str, Number], sign: int = 1) -> None:
    for name, value in more.items():
        total = into.get(name, 0) + sign * value
        if total:
            into[name] = total
        else:
            into.pop(name, None)
