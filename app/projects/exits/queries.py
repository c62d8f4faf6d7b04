"""Looking at exit cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import NotFound
from app.people.access import Columns, Ties, allowed, scope
from app.people.who import Who
from app.projects.documents import Project
from app.projects.exits import states
from app.projects.exits.documents import THING, ExitCase, department
from app.projects.queries import see_project
from config.warning_terms import Measure

SEE = "exit.see"
OF_PROJECT = Columns(unit="unit", served_by="commissioner")
OF_CASE = Columns(enterprise="shown_to", departments="departments")
_DID = {"serve": "run", "rectify": "run", "extend": "run", "reject": "run"}


def permission(action: str) -> str:
    """What of the policy allows a step."""
    return f"exit.{_DID.get(action, action)}"


def ties(case: Mapping[str, Any], project: Mapping[str, Any]) -> Ties:
    """What binds a stored case to people. The enterprise is bound once the notice is served."""
    return Ties(
        owner=case["by"],
        served_by=project.get("commissioner"),
        enterprise=case["shown_to"],
        unit=project["unit"],
        departments=tuple(case["departments"]),
    )


def see(who: Who, key: str) -> tuple[Row, Row]:
    """A stored case and its project, if `who` may know of it. Raises NotFound else."""
    case = ExitCase.rows().find_one({"_id": ExitCase.get(key).id}) or {}
    project = Project.rows().find_one({"_id": case["project"]})
    if project is None or not allowed(who, SEE, ties(case, project)):
        raise NotFound("not_found")
    return case, project


def listed(
    who: Who,
    *,
    page: int,
    page_size: int,
    state: str | None = None,
    unit: str | None = None,
    project_id: str | None = None,
) -> tuple[list[tuple[Row, Row]], int]:
    """A page of the cases `who` may see, each with its project, the newest first, and how many."""
    parts: list[Row] = [seen(who)]
    if state:
        parts.append({"state": state})
    if unit:
        parts.append({"project": {"$in": Project.rows().distinct("_id", {"unit": unit})}})
    if project_id:
        parts.append({"project": see_project(who, project_id).id})
    query = {"$and": parts}
    rows = ExitCase.rows().find(query).sort([("created_at", -1), ("_id", -1)])
    found = list(rows.skip((page - 1) * page_size).limit(page_size))
    projects = _projects({row["project"] for row in found})
    total = ExitCase.rows().count_documents(query)
    return [(row, projects[row["project"]]) for row in found], total


def steps(who: Who, case: Row, project: Row) -> list[str]:
    """What `who` may do to the case now."""
    bound = ties(case, project)
    return [
        action
        for action in states.legal(case["state"])
        if allowed(who, permission(action), bound)
        and (action != "decide" or any(may_decide(who, case, project, m) for m in measures()))
    ]


def measures() -> tuple[Measure, ...]:
    """The lawful measures of the district."""
    return pack().exits.measures


def may_decide(who: Who, case: Row, project: Row, measure: Measure) -> bool:
    """Whether `who` may decide on this measure: by role, and of the department that it needs."""
    bound = ties(case, project)
    needed = measure.needs_department
    home = department(needed) if needed else None
    return any(
        held.role in measure.decides
        and (needed is None or (home is not None and held.department == home))
        and allowed(who, "exit.decide", bound)
        for held in who.held
    )


def history_of(case: Row) -> list[Row]:
    """What was done, in order."""
    return history.of(THING, case["_id"], internal=True)


def seen(who: Who) -> Row:
    """The filter of cases that `who` may know of."""
    of_project, of_case = scope(who, SEE, OF_PROJECT), scope(who, SEE, OF_CASE)
    if not of_project or not of_case:
        return {}
    mine = {"project": {"$in": Project.rows().distinct("_id", of_project)}}
    return {"$or": [mine, of_case]}


def _projects(keys: set[ObjectId]) -> dict[ObjectId, Row]:
    return {row["_id"]: row for row in Project.rows().find({"_id": {"$in": list(keys)}})}
