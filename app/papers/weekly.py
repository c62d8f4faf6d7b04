"""The week of one unit, or of a leader's projects: what moved, what warns, what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from bson import ObjectId

from app.foundation import days
from app.foundation.cells import Cell
from app.foundation.db import Row
from app.foundation.district import local, pack
from app.foundation.entries import STANDING
from app.foundation.errors import Invalid, NotFound
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.issues.access import ISSUE_COLUMNS
from app.issues.documents import Issue
from app.papers.content import Block, Column, Content, Heading, Table, Text
from app.papers.documents import INSIDE
from app.papers.kind import Asked, Kind, Subject
from app.papers.projects import PLAIN, called, warned
from app.papers.settling import require_unit, unit_of
from app.people.access import Ties, allowed, require, scope
from app.people.documents import Person
from app.people.who import Who
from app.projects.documents import Project
from app.projects.milestones import queries as milestones
from app.projects.milestones.documents import OPEN
from app.projects.stages.documents import ACTUAL, StageEntry
from app.projects.ties import COLUMNS, project_ties
from app.projects.warnings.documents import KeptWarning
from app.visits.access import COLUMNS as VISIT_COLUMNS
from app.visits.documents import Visit

ASK = "paper.weekly"
NEEDS = (
    ASK,
    "project.see",
    "warning.see",
    "milestone.see",
    "issue.see_whole",
    "visit.see",
)
WEEK = timedelta(days=7)
MOST_VISITS = 200


def settle(who: Who, params: Mapping[str, Any], now: datetime) -> Subject:
    """Of a leader (oneself, where a leader names nobody) or a unit, and a week that has begun."""
    day = _monday(params.get("week"), now)
    unit, leader = params.get("unit"), params.get("leader_id")
    if unit is not None and leader is not None:
        raise Invalid("request.invalid", fields={"params.leader_id": [Reason("paper.one_of_both")]})
    if unit is None and leader is None and who.has("leader"):
        leader = str(who.id)
    if leader is not None:
        require(who, ASK)
        require(who, ASK, Ties())
        query = {"_id": ObjectId(leader), "grants.role": "leader"}
        if not Person.rows().count_documents(query):
            raise NotFound("not_found")
        return Subject(params={"leader_id": leader, "week": str(day)}, needs=NEEDS)
    unit = unit_of(who, ASK, unit)
    require_unit(who, ASK, unit)
    return Subject(params={"unit": unit, "week": str(day)}, needs=NEEDS, unit=unit)


def gather(asked: Asked) -> Content:
    """The week from Monday to before the next, as far as it has come."""
    monday = date.fromisoformat(asked.params["week"])
    start = datetime.combine(monday, time(), pack().zone)
    query, whose = _whose(asked)
    seen = {"$and": [scope(asked.who, "project.see", COLUMNS), query]}
    projects = {row["_id"]: row for row in Project.rows().find(seen)}
    span = {"$gte": start, "$lt": start + WEEK}
    blocks: list[Block] = [
        Heading(say("paper.week.whole")),
        Text(_summary(asked, projects, span)),
        Heading(say("paper.week.stages")),
        _stages(projects, span),
        Heading(say("paper.week.warnings")),
        _warnings(asked.who, projects, span),
        Heading(say("paper.week.nodes")),
        _nodes(asked, projects),
        Heading(say("paper.week.visits")),
        _visits(asked.who, projects, span),
    ]
    last = str(monday + timedelta(days=6))
    return Content(
        title=say("paper.week.title", whose=whose),
        blocks=blocks,
        facts=[
            (say("paper.fact.scope"), say("paper.week.scope", whose=whose)),
            (say("paper.fact.period"), say("paper.period", first=str(monday), last=last)),
        ],
    )


def _whose(asked: Asked) -> tuple[Row, str]:
    if leader := asked.params.get("leader_id"):
        person = Person.rows().find_one({"_id": ObjectId(leader)}, {"name": 1}) or {}
        return {"leader": ObjectId(leader)}, person.get("name", "")
    unit = asked.params["unit"]
    return {"unit": unit}, pack().unit(unit).name


def _summary(asked: Asked, projects: Mapping[ObjectId, Row], span: Row) -> str:
    theirs = {"project": {"$in": list(projects)}}
    seen = scope(asked.who, "issue.see_whole", ISSUE_COLUMNS)

    def count(**wanted: Any) -> int:
        return Issue.rows().count_documents({"$and": [{**theirs, **wanted}, PLAIN, seen]})

    return say(
        "paper.week.summary",
        projects=len(projects),
        opened=count(created_at=span),
        ended=count(ended_at=span),
        open=count(ended_at=None),
    )


def _stages(projects: Mapping[ObjectId, Row], span: Row) -> Table:
    wanted = {"project": {"$in": list(projects)}, "kind": ACTUAL, "known_at": span, **STANDING}
    entries = StageEntry.rows().find(wanted).sort([("on", 1), ("_id", 1)])
    rows: list[Sequence[Cell]] = [
        [
            called(projects[row["project"]]),
            say(f"project.stage.{row['stage']}"),
            row["on"],
            row["by_name"],
            say(
                "paper.evidence.missing" if row.get("evidence_missing") else "paper.evidence.there"
            ),
        ]
        for row in entries
    ]
    columns = _columns(("name", 26), ("stage", 9), ("on", 11), ("by", 10), ("evidence", 10))
    return Table("", columns, rows, say("paper.week.stages.none"))


def _warnings(who: Who, projects: Mapping[ObjectId, Row], span: Row) -> Table:
    mine = [key for key, row in projects.items() if allowed(who, "warning.see", project_ties(row))]
    moved = [{name: span} for name in ("opened_at", "red_at", "cleared_at")]
    found = KeptWarning.rows().find({"project": {"$in": mine}, "$or": moved})
    rows: list[Sequence[Cell]] = [
        [
            called(projects[row["project"]]),
            warned(row),
            say(f"warning.state.{row['state']}"),
            f"{local(row['cleared_at'] or row['red_at'] or row['opened_at']):%Y-%m-%d}",
        ]
        for row in found.sort([("level", 1), ("opened_at", -1)])
    ]
    columns = _columns(("name", 26), ("warning", 16), ("warning_state", 12), ("on", 11))
    return Table("", columns, rows, say("paper.week.warnings.none"))


def _nodes(asked: Asked, projects: Mapping[ObjectId, Row]) -> Table:
    until = str(days.today(asked.now) + WEEK)
    due = [
        row
        for row in milestones.standing(list(projects))
        if row["state"] == OPEN
        and row["due_on"] <= until
        and milestones.seen_of(asked.who, [row], projects[row["project"]])
    ]
    late = say("paper.yes"), say("paper.no")
    rows: list[Sequence[Cell]] = [
        [
            called(projects[row["project"]]),
            row["name"],
            row["due_on"],
            row["responsible_name"],
            late[0] if row["overdue"] else late[1],
        ]
        for row in milestones.described(due, asked.now)
    ]
    columns = _columns(("name", 24), ("node", 20), ("due", 11), ("person", 9), ("overdue", 7))
    return Table("", columns, rows, say("paper.week.nodes.none"))


def _visits(who: Who, projects: Mapping[ObjectId, Row], span: Row) -> Table:
    wanted = {"project": {"$in": list(projects)}, "started_at": span}
    query = {"$and": [wanted, scope(who, "visit.see", VISIT_COLUMNS)]}
    found = list(Visit.rows().find(query).sort("started_at", 1).limit(MOST_VISITS))
    owners = {"_id": {"$in": [row["owner"] for row in found]}}
    names = {row["_id"]: row["name"] for row in Person.rows().find(owners, {"name": 1})}
    rows: list[Sequence[Cell]] = [
        [
            called(projects[row["project"]]),
            f"{local(row['started_at']):%Y-%m-%d %H:%M}",
            names.get(row["owner"]),
            len(row.get("photos", ())),
            row.get("note") or None,
        ]
        for row in found
    ]
    columns = (
        *_columns(("name", 22), ("at", 14), ("visitor", 9)),
        Column(say("paper.column.photos"), 7, number=True),
        *_columns(("note", 24)),
    )
    return Table("", columns, rows, say("paper.week.visits.none"))


def _columns(*named: tuple[str, int]) -> tuple[Column, ...]:
    return tuple(Column(say(f"paper.column.{name}"), width) for name, width in named)


def _monday(week: str | None, now: datetime) -> date:
    """The Monday of the week that the day lies in. Raises Invalid for a week that has not begun."""
    today = days.today(now)
    day = date.fromisoformat(week) if week else today
    if day > today:
        raise Invalid("rates.ahead", fields={"params.week": [str(day)]})
    return day - timedelta(days=day.weekday())


KIND = Kind(
    name="weekly",
    prefix="ZB",
    params=("unit", "leader_id", "week"),
    settle=settle,
    gather=gather,
    audiences=(INSIDE,),
)
