"""The five rates for those who may see them: of the present from the cells, else from standings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.foundation import days
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Invalid
from app.people.access import parts, require, scope
from app.people.who import Who
from app.projects.asking import KNOWN, TRUE
from app.projects.rates import reading, reckoning, restanding, rollups
from app.projects.rates.documents import Cell
from app.projects.rates.formulas import STEPS
from app.projects.rates.reading import At
from app.projects.rates.rollups import FAMILIES, MONTH, YEAR, Number, Rates, Side
from app.projects.rates.standing import Standing
from app.projects.ties import COLUMNS

SEE = "rates.see"
BY: Mapping[str, tuple[str, ...]] = {
    "district": (),
    "unit": ("unit",),
    "industry": ("industry",),
    "unit_industry": ("unit", "industry"),
    "level": ("level",),
    "leader": ("leader",),
    "commissioner": ("commissioner",),
}
"""By what the rates may be told apart, and the fields of a standing that this is."""
FIRST, CURRENT = PLANS = ("first", "current")

Group = tuple[Side, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of the rates is asked for.

    Cohorts of the months `first` to `last`, both included: by themselves from January to the month of
    `as_of`. `year` is that of the completion, by itself that of `last`. `only` narrows to values of fields.
    """

    by: str = "district"
    first: str | None = None
    last: str | None = None
    year: int | None = None
    as_of: date | None = None
    basis: str = TRUE
    only: Mapping[str, Side] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """What is asked for, with all of it said: days, months, the year of the completion."""

    at: At
    first: str
    last: str
    year: int


@dataclass(frozen=True, slots=True)
class Line:
    """The rates of one group, which is told by the fields of `by`."""

    group: Group
    rates: Rates


@dataclass(frozen=True, slots=True)
class Answer:
    """The rates of each group, and of all that one may see together.

    `pending` projects' standings are being made anew: their latest entries are not in it yet.
    """

    frame: Frame
    by: str
    lines: list[Line]
    total: Rates
    pending: int


@dataclass(slots=True)
class Sums:
    """The cells of one group: months with their ages, and the year of the completion."""

    months: list[tuple[int, Mapping[str, Number]]] = field(default_factory=list)
    years: list[Mapping[str, Number]] = field(default_factory=list)


def rates(who: Who, asked: Asked, now: datetime) -> Answer:
    """The rates as asked for. Raises Forbidden, and Invalid for days that do not fit."""
    require(who, SEE)
    found = frame(asked, now)
    if found.at.today and (family := _family(who, asked)) is not None:
        groups = _from_cells(who, asked, found, family)
    else:
        groups = _from_standings(who, asked, found)
    lines = [
        Line(group, _rates([sums], found))
        for group, sums in sorted(groups.items(), key=lambda each: tuple(map(str, each[0])))
    ]
    total = _rates(groups.values(), found)
    return Answer(found, asked.by, lines, total, restanding.pending())


def frame(asked: Asked, now: datetime) -> Frame:
    """What is asked for, with all of it said. Raises Invalid for days that do not fit."""
    at = reading.at(asked.as_of, asked.basis, now)
    last = asked.last or days.month_of(at.day)
    first = asked.first or f"{last[:4]}-01"
    if first > last:
        raise Invalid("rates.span", fields={"from": [first], "to": [last]})
    year = asked.year or min(int(last[:4]), at.day.year)
    if year > at.day.year:
        raise Invalid("rates.ahead", fields={"year": [str(year)]})
    return Frame(at, first, last, year)


def visible(who: Who, asked: Asked) -> Row:
    """The filter of the standings that one may see and asks for."""
    return {"$and": [scope(who, SEE, COLUMNS), dict(asked.only)]}


def _family(who: Who, asked: Asked) -> str | None:
    """The family of cells that can answer: it knows all that the groups, the narrowing, the reach ask for."""
    columns = {part.column for part in parts(who, SEE, COLUMNS) if part.column}
    needed = {*BY[asked.by], *asked.only, *columns}
    return next((name for name, fields in FAMILIES.items() if needed <= set(fields)), None)


def _from_cells(who: Who, asked: Asked, found: Frame, family: str) -> dict[Group, Sums]:
    mine: Row = {"$and": [{"family": family}, scope(who, SEE, COLUMNS), dict(asked.only)]}
    fields = BY[asked.by]
    group = {name: f"${name}" for name in fields}
    months = _summed(
        {"kind": MONTH, "span": {"$gte": found.first, "$lte": found.last}, **mine},
        {**group, "age": reckoning.age("$span", found.at.day, pack().rates)},
        rollups.OF_MONTH,
    )
    years = _summed({"kind": YEAR, "span": str(found.year), **mine}, group, rollups.OF_YEAR)
    groups: dict[Group, Sums] = {}
    for row in months:
        # Cells whose projects have all moved away stay, with 0 in them.
        if values := rollups.numbers(row):
            sums = groups.setdefault(_group(row["_id"], fields), Sums())
            sums.months.append((row["_id"]["age"], values))
    for row in years:
        if values := rollups.numbers(row):
            groups.setdefault(_group(row["_id"], fields), Sums()).years.append(values)
    return groups


def _summed(match: Row, group: Row, names: Iterable[str]) -> Iterable[Row]:
    sums = {name: {"$sum": f"${name}"} for name in names}
    return Cell.rows().aggregate([{"$match": match}, {"$group": {"_id": group, **sums}}])


def _from_standings(who: Who, asked: Asked, found: Frame) -> dict[Group, Sums]:
    """By MongoDB; what was known then is made anew from entries, project by project.

    So is what of a past day the stored dates of a project do not tell (`reading.UNPHASED`).
    """
    fields, mine, terms = BY[asked.by], visible(who, asked), pack().rates
    groups: dict[Group, Sums] = {}
    if not found.at.today:
        if found.at.basis == KNOWN:
            _add_up(groups, reading.standings(found.at, mine), fields, found)
            return groups
        _add_up(groups, reading.phased(found.at, mine), fields, found)
        mine = {"$and": [mine, reading.UNPHASED]}
    months = found.first, found.last
    for rate in STEPS:
        for row, age, values in reckoning.steps(mine, fields, rate, months, found.at.day, terms):
            groups.setdefault(_group(row, fields), Sums()).months.append((age, values))
    for row, values in reckoning.spending(mine, fields, found.year, found.at.day):
        groups.setdefault(_group(row, fields), Sums()).years.append(values)
    return groups


def _add_up(
    groups: dict[Group, Sums], standings: Iterable[Standing], fields: Iterable[str], found: Frame
) -> None:
    """Add what these standings come to by the rules."""
    terms = pack().rates
    for standing in standings:
        group = tuple(getattr(standing, name) for name in fields)
        for span, values in rollups.spans_of(standing).items():
            if span == str(found.year):
                groups.setdefault(group, Sums()).years.append(values)
            elif len(span) > len("2026") and found.first <= span <= found.last:
                age = rollups.age_of(span, found.at.day, terms)
                groups.setdefault(group, Sums()).months.append((age, values))


def _rates(sums: Iterable[Sums], found: Frame) -> Rates:
    of = list(sums)
    months = (each for one in of for each in one.months)
    years = (each for one in of for each in one.years)
    return rollups.rates_of(months, years, found.year, found.at.day, pack().rates)


def _group(row: Mapping[str, Any], fields: Iterable[str]) -> Group:
    return tuple(row.get(name) for name in fields)
