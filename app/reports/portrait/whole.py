"""项目画像: one project whole, for one call of a phone. Each part shows what `who` may see, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation import days
from app.foundation.db import Row
from app.oversight import instructions
from app.people.access import allowed
from app.people.documents import Person
from app.people.who import ROLES, Who
from app.projects.approvals import standing as approvals
from app.projects.asking import Asked
from app.projects.documents import EXITED, SUSPENDED, Project
from app.projects.forecasts import paces
from app.projects.forecasts.forecast import Course, Forecast, forecast
from app.projects.milestones import queries as milestones
from app.projects.queries import see_project
from app.projects.rates.documents import StoredStanding
from app.projects.stages import course, queries
from app.projects.stages.documents import ACTUAL, PLANNED
from app.projects.ties import project_ties
from app.projects.warnings.documents import KeptWarning
from app.reports.portrait import gaps, pictures
from app.reports.portrait.completeness import Completeness, Known, completeness

FIGURES, WARNINGS = "figure.see", "warning.see"
MONEY = ("years", "invested", "paid_in", "sales12", "tax12", "last_month")
BEFORE_START = "started"
STAFF = tuple(set(ROLES) - {"contact", "service"})


@dataclass(frozen=True, slots=True)
class Portrait:
    """`money` is None for those who may not see figures, `warnings` for those who may see none.

    `instructions` is how many leaders gave on it, for staff only; what they say is elsewhere.
    `standing` is the stored one without its money, `before_now` {before, now} or None. `issues` are open
    ones, of which `gaps` are the factors that lack.
    """

    project: Row
    line: course.Course
    standing: Mapping[str, Any]
    money: Mapping[str, Any] | None
    milestones: list[Row]
    approvals: approvals.Standing
    warnings: list[Row] | None
    issues: list[Row]
    gaps: list[Row]
    visits: list[Row]
    before_now: Row | None
    people: list[Row]
    forecast: Forecast
    completeness: Completeness
    instructions: int | None


def portrait(who: Who, key: str, now: datetime) -> Portrait:
    """The project as it is now. Raises NotFound for one that `who` may not know of."""
    see_project(who, key)
    project = Project.rows().find_one({"_id": ObjectId(key)}) or {}
    today = days.today(now)
    line = queries.line_of(project["_id"], Asked()).course
    standing = StoredStanding.rows().find_one({"_id": project["_id"]}) or {}
    nodes = milestones.seen_of(who, milestones.standing([project["_id"]]), project)
    permits = approvals.of_project(project["_id"], now)
    open_issues = gaps.open_issues(who, project["_id"])
    last, first = pictures.visits(who, project["_id"])
    there = pictures.photos(who, [*last, *first])
    ties = project_ties(project)
    sees_money, sees_warnings = allowed(who, FIGURES, ties), allowed(who, WARNINGS, ties)
    return Portrait(
        project=project,
        instructions=_instructions(who, project),
        line=line,
        standing={name: value for name, value in standing.items() if name not in MONEY},
        money={name: standing.get(name) for name in MONEY} if sees_money else None,
        milestones=nodes,
        approvals=permits,
        warnings=_warnings(project["_id"]) if sees_warnings else None,
        issues=open_issues,
        gaps=gaps.gaps(open_issues, now),
        visits=pictures.timeline(last, there),
        before_now=pictures.before_and_now(first, last, there),
        people=_people(project),
        forecast=_forecast(project, line, permits, today),
        completeness=completeness(
            Known(
                project=project,
                standing=standing,
                evidence_missing=_without_evidence(line),
                milestones=len(nodes),
                last_visit=days.today(last[0]["started_at"]) if last else None,
                today=today,
            )
        ),
    )


def _warnings(project: ObjectId) -> list[Row]:
    open_ones = {"project": project, "cleared_at": None}
    return list(KeptWarning.rows().find(open_ones).sort([("level", 1), ("opened_at", -1)]))


def _instructions(who: Who, project: Row) -> int | None:
    return instructions.on_project(project["_id"]) if who.has(*STAFF) else None


def _people(project: Row) -> list[Row]:
    """Who is concerned with it, by name: {role, person_id, name, title}. No phone is among them."""
    keys = {role: project.get(role) for role in ("commissioner", "leader") if project.get(role)}
    rows = Person.rows().find({"_id": {"$in": list(keys.values())}}, {"name": 1})
    names = {row["_id"]: row["name"] for row in rows}
    found = [
        {"role": role, "person_id": key, "name": names[key], "title": ""}
        for role, key in keys.items()
        if key in names
    ]
    wanted = {"grants": {"$elemMatch": {"role": "contact", "enterprise": project["enterprise"]}}}
    if project.get("enterprise") is None:
        return found
    for row in Person.rows().find({**wanted, "active": True}, {"name": 1}).limit(5):
        found.append({"role": "contact", "person_id": row["_id"], "name": row["name"], "title": ""})
    firm = Enterprise.rows().find_one({"_id": project["enterprise"]}, {"contacts": 1}) or {}
    for row in firm.get("contacts", ()):
        title = row.get("title") or ""
        found.append({"role": "contact", "person_id": None, "name": row["name"], "title": title})
    return found


def _forecast(
    project: Row, line: course.Course, permits: approvals.Standing, today: date
) -> Forecast:
    """From the line itself, so that what was stated this minute counts."""
    known = paces.known(project["kind"], project.get("size_class"))
    return forecast(
        Course(
            dates=_days(line, ACTUAL),
            planned=_days(line, PLANNED),
            suspended=line.course == SUSPENDED,
            exited=line.course == EXITED,
            approved_on=permits.forecast.stages.get(BEFORE_START),
        ),
        known,
        today,
    )


def _days(line: course.Course, kind: str) -> dict[str, date]:
    """The first day of each stage in any phase."""
    found: dict[str, date] = {}
    for phase in line.phases:
        for each in phase.stages:
            if day := phase.day(each.stage, kind):
                at = date.fromisoformat(day)
                found[each.stage] = min(at, found.get(each.stage, at))
    return found


def _without_evidence(line: course.Course) -> int:
    return sum(
        1
        for phase in line.phases
        for each in phase.stages
        if each.actual and each.actual.entry and each.actual.entry["evidence_missing"]
    )
