"""通报 of a month: rates of units, figures of departments, warnings, what is overdue.

A month that is over is told as it was known at its end, and its departments as they were frozen, so that
the same bulletin asked for again says the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.departments.documents import Department
from app.foundation import days
from app.foundation.cells import Cell
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Invalid, NotFound
from app.foundation.ids import object_id
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.issues.access import TICKET_COLUMNS
from app.issues.documents import Ticket
from app.issues.looking.boxes import WORKING, overdue
from app.papers import departments, five
from app.papers.content import Block, Column, Content, Definition, Heading, Table, Text
from app.papers.kind import Asked, Kind, Subject
from app.papers.projects import PLAIN, called, warned
from app.papers.settling import require_unit
from app.people.access import Ties, require, scope
from app.people.who import Who
from app.projects.documents import Project
from app.projects.milestones import queries as milestones
from app.projects.rates import queries
from app.projects.rates.formulas import RATES
from app.projects.rates.reading import KNOWN
from app.projects.warnings import queries as warnings
from app.reports import queries as reports

ASK = "paper.bulletin"
OF_UNITS = ("rates.see", "warning.see", "milestone.see", "project.see")
OF_DEPARTMENTS = ("reports.departments", "ticket.see")
MOST = 100
"""Warnings and milestones that are named; how many there are is said."""


def settle(who: Who, params: Mapping[str, Any], now: datetime) -> Subject:
    """The district's, or the part of one unit or department.

    A unit's admin asks for their unit's part, a head for their department's; which need not be named.
    """
    month = params.get("month") or days.month_of(days.today(now))
    if month > days.month_of(days.today(now)):
        raise Invalid("rates.ahead", fields={"params.month": [month]})
    unit, department = _part(who, params)
    chosen: Row = {"month": month}
    if department is not None:
        require(who, ASK, Ties(departments=(department,)))
        needs: tuple[str, ...] = (ASK, *OF_DEPARTMENTS)
        chosen["department_id"] = str(department)
    elif unit is not None:
        require_unit(who, ASK, unit)
        needs, chosen["unit"] = (ASK, *OF_UNITS), unit
    else:
        require(who, ASK)
        require(who, ASK, Ties())
        needs = (ASK, *OF_UNITS, *OF_DEPARTMENTS)
    return Subject(params=chosen, needs=needs, unit=unit, department=department)


def _part(who: Who, params: Mapping[str, Any]) -> tuple[str | None, ObjectId | None]:
    unit, department = params.get("unit"), params.get("department_id")
    if department is not None and unit is not None:
        raise Invalid("request.invalid", fields={"params.unit": [Reason("paper.part_of_both")]})
    if department is not None:
        key = object_id(department)
        if not Department.rows().count_documents({"_id": key}):
            raise NotFound("not_found")
        return None, key
    if unit is not None:
        return unit, None
    if who.has("leader", "inspector", "dispatcher", "admin"):
        return None, None
    units = {held.unit for held in who.having("unit_admin") if held.unit}
    if units:
        return sorted(units)[0], None
    heads = sorted(held.department for held in who.having("head") if held.department)
    return None, heads[0] if heads else None


def gather(asked: Asked) -> Content:
    """The parts that were asked for."""
    month, unit = asked.params["month"], asked.params.get("unit")
    department = asked.params.get("department_id")
    name = pack().name
    blocks: list[Block] = []
    definitions: list[Definition] = []
    if department is None:
        blocks += _of_units(asked, month, unit)
        definitions += five.defined(*RATES)
    if unit is None:
        blocks += _of_departments(asked, month, department)
        definitions += departments.defined()
    if department is not None:
        name = registry.names([ObjectId(department)])[ObjectId(department)]
    elif unit is not None:
        name = pack().unit(unit).name
    return Content(
        title=say("paper.bulletin.title", name=name, year=int(month[:4]), month=int(month[5:])),
        blocks=blocks,
        facts=[(say("paper.fact.period"), say("paper.bulletin.period", month=month))],
        definitions=definitions,
        landscape=True,
    )


def _asked(asked: Asked, month: str, unit: str | None) -> queries.Asked:
    """Cohorts from January on; of a month that is over, as it was known at its end."""
    only = {"unit": unit} if unit else {}
    if month == days.month_of(days.today(asked.now)):
        return queries.Asked(by="unit", only=only)
    end = days.end_of_month(days.month(month))
    return queries.Asked(by="unit", last=month, as_of=end, basis=KNOWN, only=only)


def _of_units(asked: Asked, month: str, unit: str | None) -> list[Block]:
    answer = queries.rates(asked.who, _asked(asked, month, unit), asked.now)
    as_of = str(answer.frame.at.day)
    blocks: list[Block] = [
        Heading(say("paper.bulletin.units")),
        Text(say("paper.bulletin.rates_as_of", day=as_of, pending=answer.pending)),
        five.ranked(answer, inside=asked.inside),
    ]
    if len(answer.lines) > 1:
        blocks.append(five.by_group(answer, inside=asked.inside))
    elif answer.lines:
        names = dict.fromkeys(five.names_of(answer).values(), answer.total)
        blocks.append(five.chart(names, inside=asked.inside))
    if asked.inside:
        blocks += [*_warnings(asked, unit), *_milestones(asked, unit)]
    return blocks


def _of_departments(asked: Asked, month: str, department: str | None) -> list[Block]:
    report = reports.departments(asked.who, reports.Span(month=month), asked.now)
    if department is not None:
        lines = [each for each in report.lines if str(each.department) == department]
        report = reports.Report(report.period, report.month, report.frozen_at, lines)
    blocks: list[Block] = [
        Heading(say("paper.bulletin.departments")),
        departments.table(report),
    ]
    return [*blocks, *_overdue(asked, department)] if asked.inside else blocks


def _warnings(asked: Asked, unit: str | None) -> list[Block]:
    found, total = warnings.listed(asked.who, page=1, page_size=MOST, unit=unit)
    found.sort(key=lambda each: each[0]["level"])
    units = {each.code: each.name for each in pack().units}
    rows: list[Sequence[Cell]] = [
        [
            called(project) if project else say("paper.bulletin.unit_as_a_whole"),
            units.get(row["unit"], row["unit"]),
            warned(row),
            row["since"],
            say(f"warning.state.{row['state']}"),
        ]
        for row, project in found
    ]
    columns = _columns(
        ("name", 30), ("unit", 12), ("warning", 16), ("since", 11), ("warning_state", 14)
    )
    note = say("paper.bulletin.first", most=MOST, total=total) if total > MOST else ""
    none = say("paper.bulletin.warnings.none")
    return [Heading(say("paper.bulletin.warnings")), Table("", columns, rows, none, note)]


def _milestones(asked: Asked, unit: str | None) -> list[Block]:
    found, total = milestones.listed(
        asked.who, asked.now, page=1, page_size=MOST, overdue=True, unit=unit
    )
    units = {each.code: each.name for each in pack().units}
    where = {row["_id"]: row["unit"] for row in _projects(found)}
    rows: list[Sequence[Cell]] = [
        [
            say("paper.project", name=row["project_name"], code=row["project_code"]),
            units.get(where.get(row["project"], ""), ""),
            row["name"],
            row["due_on"],
            row["responsible_name"],
        ]
        for row in milestones.described(found, asked.now)
    ]
    columns = _columns(("name", 28), ("unit", 12), ("node", 22), ("due", 11), ("person", 10))
    note = say("paper.bulletin.first", most=MOST, total=total) if total > MOST else ""
    none = say("paper.bulletin.milestones.none")
    return [Heading(say("paper.bulletin.milestones")), Table("", columns, rows, none, note)]


def _projects(found: Sequence[Row]) -> list[Row]:
    keys = list({row["project"] for row in found})
    return list(Project.rows().find({"_id": {"$in": keys}}, {"unit": 1}))


def _overdue(asked: Asked, department: str | None) -> list[Block]:
    """How many tickets of each department are past their next promise at this moment."""
    mine: list[Row] = [{"state": {"$in": list(WORKING)}}, overdue(asked.now), PLAIN]
    mine.append(scope(asked.who, "ticket.see", TICKET_COLUMNS))
    if department is not None:
        mine.append({"department": ObjectId(department)})
    found = Counter(
        row["department"] for row in Ticket.rows().find({"$and": mine}, {"department": 1})
    )
    names = registry.names(list(found))
    rows: list[Sequence[Cell]] = [[names.get(key, ""), count] for key, count in found.most_common()]
    columns = (
        *_columns(("department", 30)),
        Column(say("paper.column.overdue_tickets"), 10, number=True),
    )
    none = say("paper.bulletin.tickets.none")
    return [Heading(say("paper.bulletin.tickets")), Table("", columns, rows, none)]


def _columns(*named: tuple[str, int]) -> tuple[Column, ...]:
    return tuple(Column(say(f"paper.column.{name}"), width) for name, width in named)


KIND = Kind(
    name="bulletin",
    prefix="TB",
    params=("month", "unit", "department_id"),
    settle=settle,
    gather=gather,
)
