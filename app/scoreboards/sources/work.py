"""Values of work on issues: of departments, clerks, units by their own department, and commissioners.

Departments' are those of `app.reports`. A ticket that is transferred ends, and the next department gets one
of its own: so each has the credit, and the blame, of its own part. Within a department whoever accepted has
the acceptance, whoever wrote the answer the answer. A commissioner's are of the issues of enterprises that
they served at the moment that counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bson import ObjectId

from app.calendars import registry as calendars
from app.departments import registry as departments
from app.enterprises.serving_documents import ENTERPRISE, Assignment, serving
from app.foundation import history
from app.foundation.db import Row
from app.foundation.district import local, pack
from app.foundation.entries import STANDING
from app.foundation.errors import Invalid
from app.issues.documents import Issue, Ticket
from app.reports import counting, facts, months
from app.reports.rates import Facts, Figures, Rate, figures
from app.reports.rates import Period as Span
from app.scoreboards.catalogue import CLERKS, COMMISSIONERS, COVERAGE, HOURS, UNITS, Metric
from app.scoreboards.scoring import Value
from app.scoreboards.sources.asking import Frame

_HUNDRED, _CENT = Decimal(100), Decimal("0.01")
_PARTS = ("works", "receipts", "answers", "endings")


class Work:
    """Reads them once, for all items."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._found: Mapping[str, Figures] | None = None

    def work(self, metric: Metric, options: Mapping[str, str]) -> dict[str, Value]:
        """A number of each subject; clerks are told as `department:person`."""
        if self._found is None:
            self._found = _READ.get(self._frame.of, _of_departments)(self._frame)
        return {subject: value_of(each, metric.name) for subject, each in self._found.items()}


def value_of(found: Figures, name: str) -> Value:
    """A number of the figures as a value: shares in %, with two places."""
    if name == HOURS:
        hours = found.hours_to_answer
        value = None if hours.hours is None else Decimal(str(hours.hours))
        return Value(value=value, sample=len(hours.of), denominator_ids=hours.of)
    if name == COVERAGE:
        asked = found.coverage.asked
        return _share(found.coverage.by_enterprise, len(asked), Rate((), asked))
    rate: Rate = getattr(found, name)
    return _share(len(rate.numerator), len(rate.denominator), rate)


def _share(part: int, whole: int, rate: Rate) -> Value:
    value = (Decimal(part) / whole * _HUNDRED).quantize(_CENT, ROUND_HALF_UP) if whole else None
    return Value(
        value=value,
        numerator=Decimal(part),
        denominator=Decimal(whole),
        sample=whole,
        numerator_ids=rate.numerator,
        denominator_ids=rate.denominator,
    )


def span_of(frame: Frame) -> Span:
    """The period as reports count it."""
    return months.of_days(frame.period.begins, frame.period.ends, frame.now)


def _of_departments(frame: Frame) -> Mapping[str, Figures]:
    counted = counting.count(span_of(frame), counting.everywhere())
    return {str(key): each for (key, clerk), each in counted.items() if key and clerk is None}


def _of_units(frame: Frame) -> Mapping[str, Figures]:
    """Of each unit's own department; without restricted issues, of which units know nothing."""
    units: dict[ObjectId, str] = {}
    for unit in pack().units:
        with suppress(KeyError, Invalid):
            code = pack().department_of_unit(unit.code).code
            units[departments.by_code(code).id] = unit.code
    told = facts.facts(span_of(frame), list(units))
    tickets = {each.ticket for part in _PARTS for each in getattr(told, part)}
    barred = {"_id": {"$in": list(tickets)}, "restricted": {"$ne": None}}
    hidden = set(Ticket.rows().distinct("_id", barred))
    return _grouped(
        told,
        span_of(frame),
        lambda fact: None if fact.ticket in hidden else units.get(fact.department),
    )


def _of_clerks(frame: Frame) -> Mapping[str, Figures]:
    span, told = span_of(frame), facts.facts(span_of(frame), counting.everywhere())
    said = _steps(told)
    accepted = tuple(
        replace(each, clerk=said.get((each.ticket, "accept", each.accepted_at), each.clerk))
        for each in told.works
    )
    answered = tuple(
        replace(each, clerk=said.get((each.ticket, "answer", each.answered_at), each.clerk))
        for each in told.works
    )
    first = _grouped(Facts(works=accepted), span, _clerk)
    rest = _grouped(replace(told, works=answered), span, _clerk)
    return {
        key: replace(
            rest.get(key, Figures()),
            accepted_in_time=first.get(key, Figures()).accepted_in_time,
        )
        for key in {*first, *rest}
    }


def _steps(told: Facts) -> Mapping[tuple[ObjectId, str, datetime | None], ObjectId]:
    """Who accepted and who answered, by ticket and moment."""
    tickets = list({each.ticket for each in told.works})
    issues = Ticket.rows().distinct("issue", {"_id": {"$in": tickets}}) if tickets else []
    query = {"thing_id": {"$in": issues}, "action": {"$in": ["accept", "answer"]}}
    shown = {"part_id": 1, "action": 1, "at": 1, "by": 1, "data.by": 1}
    return {
        (row["part_id"], row["action"], row["at"]): (row.get("data") or {}).get("by") or row["by"]
        for row in history.rows().find(query, shown).hint("thing_id_1_at_1")
        if row["by"] is not None
    }


def _clerk(fact: Any) -> str | None:
    return f"{fact.department}:{fact.clerk}" if fact.clerk else None


def _of_commissioners(frame: Frame) -> Mapping[str, Figures]:
    span, told = span_of(frame), facts.facts(span_of(frame), counting.everywhere())
    return _grouped(told, span, _Served(told).by)


class _Served:
    """Which commissioner served the enterprise of a ticket's issue at a moment."""

    def __init__(self, told: Facts) -> None:
        tickets = {each.ticket for part in _PARTS for each in getattr(told, part)}
        rows = Ticket.rows().find({"_id": {"$in": list(tickets)}}, {"issue": 1})
        issue_of = {row["_id"]: row["issue"] for row in rows}
        wanted: Row = {"_id": {"$in": list(set(issue_of.values()))}, "restricted": None}
        shown = {"enterprise": 1, "commissioner": 1}
        issues = {row["_id"]: row for row in Issue.rows().find(wanted, shown)}
        self._issues = {ticket: issues.get(key) for ticket, key in issue_of.items()}
        firms = list({row.get("enterprise") for row in issues.values()} - {None})
        self._serving: dict[ObjectId, list[Row]] = defaultdict(list)
        query = {"kind": ENTERPRISE, "subject": {"$in": firms}, **STANDING}
        for row in Assignment.rows().find(
            query, {"subject": 1, "person": 1, "since": 1, "until": 1}
        ):
            self._serving[row["subject"]].append(row)

    def by(self, fact: Any) -> str | None:
        """Of a restricted issue nobody."""
        issue = self._issues.get(fact.ticket)
        if issue is None:
            return None
        entries = self._serving.get(issue.get("enterprise") or issue["_id"])
        if not entries:
            person = issue.get("commissioner")
        else:
            moment = fact.at if hasattr(fact, "at") else fact.answered_at or fact.resolve_by
            found = serving(entries, local(moment).date().isoformat())
            person = found["person"] if found else None
        return str(person) if person else None


def _grouped(told: Facts, span: Span, whose: Callable[[Any], str | None]) -> Mapping[str, Figures]:
    minutes = calendars.current().working_minutes
    parts: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for name in _PARTS:
        some: Iterable[Any] = getattr(told, name)
        for fact in some:
            if (key := whose(fact)) is not None:
                parts[key][name].append(fact)
    return {
        key: figures(Facts(**{name: tuple(each) for name, each in of.items()}), span, minutes)
        for key, of in parts.items()
    }


_READ: Mapping[str, Callable[[Frame], Mapping[str, Figures]]] = {
    UNITS: _of_units,
    CLERKS: _of_clerks,
    COMMISSIONERS: _of_commissioners,
}
