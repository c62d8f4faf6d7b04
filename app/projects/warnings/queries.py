"""Looking at warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.people.access import Columns, Ties, allowed, require, scope
from app.people.who import Who
from app.projects import delays
from app.projects.documents import Project
from app.projects.queries import see_project
from app.projects.ties import COLUMNS, project_ties
from app.projects.warnings.clocks import days_in
from app.projects.warnings.documents import CLEARED, THING, KeptWarning

SEE, ACKNOWLEDGE = "warning.see", "warning.acknowledge"
OF_UNIT = Columns(unit="unit")


def ties(warning: Mapping[str, Any], project: Mapping[str, Any] | None) -> Ties:
    """What binds a stored warning to people: those of its project, or its unit."""
    return project_ties(project) if project else Ties(unit=warning["unit"])


def see(who: Who, key: str) -> tuple[Row, Row | None]:
    """A stored warning and its project, if `who` may know of it. Raises NotFound else."""
    warning = KeptWarning.rows().find_one({"_id": KeptWarning.get(key).id}) or {}
    project = Project.rows().find_one({"_id": warning["project"]}) if warning["project"] else None
    if not allowed(who, SEE, ties(warning, project)):
        raise NotFound("not_found")
    return warning, project


def listed(
    who: Who,
    *,
    page: int,
    page_size: int,
    kind: str | None = None,
    level: str | None = None,
    unit: str | None = None,
    state: str | None = None,
    project_id: str | None = None,
) -> tuple[list[tuple[Row, Row | None]], int]:
    """A page of the warnings `who` may see, each with its project, the newest first, and how many.

    Without a `state` those that are not cleared. Raises NotFound for another's project.
    """
    parts: list[Row] = [_seen(who)]
    parts.append({"state": state} if state else {"cleared_at": None})
    if project_id:
        parts.append({"project": see_project(who, project_id).id})
    parts += [{name: value} for name, value in _given(kind=kind, level=level, unit=unit)]
    query = {"$and": parts}
    rows = KeptWarning.rows().find(query).sort([("opened_at", -1), ("_id", -1)])
    found = list(rows.skip((page - 1) * page_size).limit(page_size))
    projects = _projects(row["project"] for row in found if row["project"])
    total = KeptWarning.rows().count_documents(query)
    return [(row, projects.get(row["project"])) for row in found], total


def of_project(
    who: Who, key: str, *, page: int, page_size: int, state: str | None = None
) -> tuple[list[tuple[Row, Row | None]], int]:
    """A page of a project's warnings, cleared ones too, the newest first. Raises NotFound, Forbidden."""
    project = see_project(who, key).to_mongo().to_dict()
    require(who, SEE, project_ties(project))
    query = {"project": project["_id"], **({"state": state} if state else {})}
    rows = KeptWarning.rows().find(query).sort([("opened_at", -1), ("_id", -1)])
    found = rows.skip((page - 1) * page_size).limit(page_size)
    return [(row, project) for row in found], KeptWarning.rows().count_documents(query)


def excluded_days(key: str, now: datetime) -> int:
    """How many days of documented delay that government caused are taken off a project's clocks so far."""
    today, project = days.today(now), ObjectId(key)
    spans = delays.by_government([project], today).get(project, ())
    return days_in(spans, spans[0].since, spans[-1].until) if spans else 0


def steps(who: Who, warning: Row, project: Row | None) -> list[str]:
    """What `who` may do about it now."""
    may = allowed(who, ACKNOWLEDGE, ties(warning, project))
    return ["acknowledge"] if may and warning["state"] != CLEARED else []


def history_of(warning: Row) -> list[Row]:
    """How it came and went, in order."""
    return history.of(THING, warning["_id"], internal=True)


def _seen(who: Who) -> Row:
    of_projects = scope(who, SEE, COLUMNS)
    if not of_projects:
        return {}
    mine = {"project": {"$in": Project.rows().distinct("_id", of_projects)}}
    return {"$or": [mine, {"project": None, **scope(who, SEE, OF_UNIT)}]}


def _given(**wanted: str | None) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, value in wanted.items() if value)


def _projects(keys: Iterable[ObjectId]) -> dict[ObjectId, Row]:
    wanted = {"_id": {"$in": list(set(keys))}}
    return {row["_id"]: row for row in Project.rows().find(wanted)}
