"""Appraisal 考评: a card of one unit, department, clerk or commissioner, beside the middle of its group.

The three rates are 响应率 (accepted in time), 办结率 (solved, says the enterprise) and 满意率 (satisfied), of
`app.reports`; the others are their parts, and for units the core indicators of projects. Each has the
credit of its own part: see `sources.work`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median

from bson import ObjectId

from app.departments import registry
from app.departments.documents import Department
from app.foundation import days
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Conflict, NotFound
from app.people.access import Ties, allowed, require
from app.people.documents import Person
from app.people.who import Who
from app.scoreboards import openness, periods, subjects
from app.scoreboards.catalogue import (
    CLERKS,
    COMMISSIONERS,
    COVERAGE,
    DEPARTMENTS,
    HOURS,
    METRICS,
    UNITS,
    VISITS,
    YEAR_TO_DATE,
)
from app.scoreboards.periods import Period
from app.scoreboards.reading import Reading
from app.scoreboards.scoring import NO_VALUE, Value
from app.scoreboards.sources.projects import zero_where_nothing
from app.scoreboards.template import Item

KINDS = (UNITS, DEPARTMENTS, CLERKS, COMMISSIONERS)
ACTIONS = {
    UNITS: "appraisal.unit",
    DEPARTMENTS: "appraisal.department",
    CLERKS: "appraisal.clerk",
    COMMISSIONERS: "appraisal.commissioner",
}
THREE = ("work.accepted_in_time", "work.resolved", "work.satisfied")
PARTS = (
    "work.answered_in_time",
    "work.resolved_on_behalf",
    "work.satisfied_on_behalf",
    "work.returned",
    "work.transferred",
    "work.redone",
    f"work.{COVERAGE}",
    f"work.{HOURS}",
)
_CORE = tuple(
    code for code in METRICS if code.partition(".")[0] in ("rates", "metrics", "projects")
)
CARDS: Mapping[str, tuple[str, ...]] = {
    UNITS: (*THREE, *_CORE),
    DEPARTMENTS: (*THREE, *PARTS),
    CLERKS: (*THREE, *PARTS),
    COMMISSIONERS: (*THREE, *PARTS, *(f"visits.{name}" for name in VISITS)),
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """A number of a card. `median` is the middle of `group` subjects that have one; None of too few."""

    metric: str
    value: Value
    small: bool
    median: Decimal | None
    group: int


@dataclass(frozen=True, slots=True)
class Part:
    """The indicators of a subject; of a clerk those in one department."""

    department: ObjectId | None
    department_name: str | None
    indicators: list[Indicator]


@dataclass(frozen=True, slots=True)
class Card:
    """An appraisal as of a day; `as_of` is today while the period runs, else its last day."""

    kind: str
    subject: str
    name: str
    period: Period
    as_of: str
    parts: list[Part]


def card(who: Who, kind: str, subject: str, code: str | None, now: datetime) -> Card:
    """The card of a subject in a month, quarter or year; without one in this month.

    Raises Forbidden; NotFound for whom `who` may not look at, or who is not there; Conflict for a period
    that is still to come.
    """
    require(who, ACTIONS[kind])
    period = _period(code, now)
    if not period.begun(days.today(now)):
        raise Conflict("score.to_come")
    name, keys = _known(who, kind, subject)
    reading = Reading("", kind, period, now)
    found = {metric: reading.of(_item(kind, metric)) for metric in CARDS[kind]}
    group = _group(kind, found)
    names = registry.names([key for key in keys.values() if key])
    parts = [
        Part(
            department,
            names.get(department) if department else None,
            [_indicator(metric, key, found[metric], group) for metric in CARDS[kind]],
        )
        for key, department in keys.items()
    ]
    as_of = min(days.today(now), period.ends).isoformat()
    return Card(kind, subject, name, period, as_of, parts)


def _period(code: str | None, now: datetime) -> Period:
    if code is None:
        return periods.holding(days.today(now), periods.MONTH)
    for every in periods.EVERY:
        try:
            return openness.period_of(code, every)
        except NotFound:
            continue
    raise NotFound("not_found")


def _known(who: Who, kind: str, subject: str) -> tuple[str, Mapping[str, ObjectId | None]]:
    """The subject's name, and under which keys its values are found. Raises NotFound."""
    if kind == CLERKS:
        return _clerk(who, subject)
    if kind == UNITS:
        name = next((each.name for each in pack().units if each.code == subject), None)
    elif not ObjectId.is_valid(subject):
        name = None
    else:
        document = Department if kind == DEPARTMENTS else Person
        wanted: Row = {"_id": ObjectId(subject)}
        if kind == COMMISSIONERS:
            wanted["grants.role"] = "commissioner"
        row = document.rows().find_one(wanted, {"name": 1})
        name = row["name"] if row else None
    if name is None or not allowed(who, ACTIONS[kind], subjects.ties(kind, subject)):
        raise NotFound("not_found")
    return name, {subject: None}


def _clerk(who: Who, subject: str) -> tuple[str, Mapping[str, ObjectId | None]]:
    """In each department where they work, and that `who` may look at."""
    row = Person.rows().find_one({"_id": ObjectId(subject)}) if ObjectId.is_valid(subject) else None
    grants = row["grants"] if row else []
    theirs = [g["department"] for g in grants if g["role"] in ("clerk", "head")]
    seen = [
        each
        for each in dict.fromkeys(theirs)
        if allowed(who, ACTIONS[CLERKS], Ties(owner=ObjectId(subject), departments=(each,)))
    ]
    if row is None or not seen:
        raise NotFound("not_found")
    return row["name"], {f"{each}:{subject}": each for each in seen}


def _item(kind: str, metric: str) -> Item:
    """A metric as a card asks for it: rates of projects over cohorts since January."""
    options = {}
    if metric.partition(".")[0] in ("rates", "metrics") and "window" in METRICS[metric].options:
        options = {"window": YEAR_TO_DATE}
    return Item(code="item", name=metric, weight=0, source=metric, options=options)


def _group(kind: str, found: Mapping[str, Mapping[str, Value]]) -> Sequence[str]:
    """With whom a subject is compared: all of its kind; of clerks all of whom there is anything to tell."""
    if kind == CLERKS:
        return list({key for values in found.values() for key in values})
    return [each.key for each in subjects.listed(kind)]


def _indicator(
    metric: str, key: str, values: Mapping[str, Value], group: Iterable[str]
) -> Indicator:
    terms = pack().scoreboards
    nothing = zero_where_nothing(METRICS[metric]) or NO_VALUE
    value = values.get(key, nothing)
    others = [values.get(each, nothing).value for each in group]
    known = [each for each in others if each is not None]
    middle = median(known) if len(known) >= terms.medians_from else None
    small = value.sample is not None and value.sample < terms.small_sample
    return Indicator(metric, value, small, None if middle is None else Decimal(middle), len(known))
