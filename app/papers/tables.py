"""Tables as XLSX: what a list or a report of the API shows, whole.

Registers have exports of their own (`GET /registers/{name}/export`), that can be imported again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.foundation import days
from app.foundation.cells import Cell
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Invalid, NotFound
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.papers import departments, five
from app.papers.content import Column, Content, Definition, Table
from app.papers.documents import INSIDE, XLSX
from app.papers.kind import Asked, Kind, Subject
from app.papers.projects import called, lines, table, warned
from app.papers.settling import missing, require_unit
from app.people.access import require
from app.people.who import Who
from app.projects.milestones import queries as milestones
from app.projects.rates import measuring, queries
from app.projects.rates.formulas import RATES
from app.projects.rates.measures import MEASURES
from app.projects.rates.reading import TRUE
from app.projects.warnings import queries as warnings
from app.reports import queries as reports

ASK = "paper.table"
MOST_ROWS = 50_000
SINGLE_PROJECTS = ("project.see", "figure.see", "warning.see", "milestone.see", "issue.see_whole")

Gathered = tuple[Sequence[Table], Sequence[Definition]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table comes from: what it needs to be seen, what narrows it."""

    needs: Sequence[str]
    narrows: Sequence[str]
    gather: Callable[[Asked], Gathered]


def settle(who: Who, params: Mapping[str, Any], now: datetime) -> Subject:
    """Which table, of what `who` may see of it."""
    name = params.get("table")
    if name is None:
        raise missing("table")
    if name not in SOURCES:
        raise NotFound("not_found")
    source = SOURCES[name]
    require(who, ASK)
    require(who, source.needs[0])
    if unfit := [each for each in params if each not in ("table", *source.narrows)]:
        fields = {f"params.{each}": [Reason("request.unknown_field")] for each in unfit}
        raise Invalid("request.invalid", fields=fields)
    unit = params.get("unit")
    if unit is not None:
        require_unit(who, source.needs[0], unit)
    if "by" in source.narrows or "as_of" in params:
        queries.frame(_asked(params), now)
    return Subject(params=dict(params), needs=(ASK, *source.needs), unit=unit)


def gather(asked: Asked) -> Content:
    """One sheet or more."""
    name = asked.params["table"]
    tables, definitions = SOURCES[name].gather(asked)
    chosen = [
        (say(f"paper.param.{key}"), str(value))
        for key, value in asked.params.items()
        if key != "table"
    ]
    title = say(f"paper.table.{name}")
    return Content(title=title, blocks=tables, facts=chosen, definitions=definitions)


def _asked(params: Mapping[str, Any]) -> queries.Asked:
    """As the query of `GET /rates` is read."""
    as_of = params.get("as_of")
    return queries.Asked(
        by=params.get("by", "district"),
        first=params.get("first"),
        last=params.get("last"),
        as_of=date.fromisoformat(as_of) if as_of else None,
        basis=params.get("basis", TRUE),
        only={"unit": params["unit"]} if "unit" in params else {},
    )


def _rates(asked: Asked) -> Gathered:
    answer = queries.rates(asked.who, _asked(asked.params), asked.now)
    names = five.names_of(answer)
    whole = five.table(answer.total)
    columns = (Column(say("paper.column.group"), 16), *whole.columns)
    rows: list[Sequence[Cell]] = []
    for line in answer.lines:
        rows += [(names[line.group], *row) for row in five.table(line.rates).rows]
    rows += [(say("paper.total"), *row) for row in whole.rows]
    found = Table(whole.title, columns, rows, say("paper.five.nothing"), whole.note)
    return [found], five.defined(*RATES)


def _metrics(asked: Asked) -> Gathered:
    found = measuring.metrics(asked.who, _asked(asked.params), asked.now)
    names = five.group_names(found.by, [group for group, _ in found.lines])
    rows: list[Sequence[Cell]] = []
    for name, measures in [
        *((names[group], each) for group, each in found.lines),
        (say("paper.total"), found.total),
    ]:
        for code in MEASURES:
            each = measures[code]
            unit = say(f"metric.unit.{code}")
            title = say(f"metric.name.{code}")
            rows.append(
                (name, title, unit, each.value, each.numerator, each.denominator, each.count)
            )
    columns = (
        Column(say("paper.column.group"), 16),
        Column(say("paper.column.metric"), 20),
        Column(say("paper.column.unit_of"), 8),
        *(
            Column(say(f"paper.column.{name}"), 12, number=True)
            for name in ("value", "numerator", "denominator", "count")
        ),
    )
    return [Table(say("paper.table.metrics"), columns, rows, "")], five.defined(*MEASURES)


def _warnings(asked: Asked) -> Gathered:
    found, total = warnings.listed(
        asked.who, page=1, page_size=MOST_ROWS, unit=asked.params.get("unit")
    )
    _not_too_many(total)
    units = {each.code: each.name for each in pack().units}
    rows: list[Sequence[Cell]] = [
        (
            called(project) if project else None,
            units.get(row["unit"], row["unit"]),
            warned(row),
            say(f"warning.state.{row['state']}"),
            row["since"],
            "；".join(_evidence(each) for each in row["evidence"]),
            (row["plan"] or {}).get("text"),
            (row["plan"] or {}).get("by_on"),
        )
        for row, project in found
    ]
    columns = _columns(
        *(("name", 26), ("unit", 12), ("warning", 16), ("warning_state", 12), ("since", 11)),
        *(("evidence_of", 40), ("plan_said", 24), ("plan_by", 11)),
    )
    title = say("paper.table.warnings")
    return [Table(title, columns, rows, say("paper.bulletin.warnings.none"))], ()


def _evidence(row: Row) -> str:
    return say(row["code"], **row["params"])


def _milestones(asked: Asked) -> Gathered:
    found, total = milestones.listed(
        asked.who, asked.now, page=1, page_size=MOST_ROWS, unit=asked.params.get("unit")
    )
    _not_too_many(total)
    yes, no = say("paper.yes"), say("paper.no")
    rows: list[Sequence[Cell]] = [
        (
            say("paper.project", name=row["project_name"], code=row["project_code"]),
            row["name"],
            row["due_on"],
            row["responsible_name"],
            say(f"milestone.state.{row['state']}"),
            row.get("done_on"),
            yes if row["overdue"] else no,
        )
        for row in milestones.described(found, asked.now)
    ]
    columns = _columns(
        *(("name", 26), ("node", 22), ("due", 11), ("person", 10), ("node_state", 10)),
        *(("done_on", 11), ("overdue", 8)),
    )
    title = say("paper.table.milestones")
    return [Table(title, columns, rows, say("paper.table.milestones.none"))], ()


def _projects(asked: Asked) -> Gathered:
    unit = asked.params.get("unit")
    found = lines(asked.who, {"unit": unit} if unit else {}, asked.now)
    _not_too_many(len(found))
    made = table(found, asked, say("paper.table.projects.none"))
    return [Table(say("paper.table.projects"), made.columns, made.rows, made.empty)], ()


def _departments(asked: Asked) -> Gathered:
    month = asked.params.get("month") or days.month_of(days.today(asked.now))
    report = reports.departments(asked.who, reports.Span(month=month), asked.now)
    return [departments.table(report)], departments.defined()


def _not_too_many(total: int) -> None:
    if total > MOST_ROWS:
        raise Invalid("export.too_many", most=MOST_ROWS)


def _columns(*named: tuple[str, int]) -> tuple[Column, ...]:
    return tuple(Column(say(f"paper.column.{name}"), width) for name, width in named)


_GROUPED = ("by", "first", "last", "as_of", "basis", "unit")
SOURCES: Mapping[str, Source] = {
    "rates": Source(("rates.see",), _GROUPED, _rates),
    "metrics": Source(("rates.see",), _GROUPED, _metrics),
    "projects": Source(SINGLE_PROJECTS, ("unit",), _projects),
    "warnings": Source(("warning.see",), ("unit",), _warnings),
    "milestones": Source(("milestone.take", "warning.see"), ("unit",), _milestones),
    "departments": Source(("reports.departments",), ("month",), _departments),
}
"""By name, the tables that there are."""

KIND = Kind(
    name="table",
    prefix="BG",
    params=("table", "by", "first", "last", "as_of", "basis", "unit", "month"),
    settle=settle,
    gather=gather,
    formats=(XLSX,),
    audiences=(INSIDE,),
)
