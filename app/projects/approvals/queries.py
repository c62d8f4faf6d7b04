"""Looking at approvals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.departments import registry as departments
from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.people.access import Columns, Ties, allowed, scope
from app.people.who import Who
from app.projects.approvals.documents import Approval
from app.projects.approvals.register import THING
from app.projects.approvals.standing import is_overdue, missing
from app.projects.approvals.states import SUBMITTED, legal
from app.projects.documents import Project
from app.projects.ties import project_ties, within

COLUMNS = Columns(departments="department")


def ties(approval: Mapping[str, Any], project: Mapping[str, Any]) -> Ties:
    """What binds a stored approval to people: those of its project, and its department."""
    of = project_ties(project)
    return Ties(
        served_by=of.served_by,
        enterprise=of.enterprise,
        unit=of.unit,
        departments=(approval["department"],),
    )


def see(who: Who, key: str) -> tuple[Row, Row]:
    """A stored approval and its project, if `who` may know of them. Raises NotFound else."""
    approval = Approval.get(key).to_mongo().to_dict()
    project = Project.rows().find_one({"_id": approval["project"]})
    if project is None or not allowed(who, "approval.see", ties(approval, project)):
        raise NotFound("not_found")
    return approval, project


def listed(
    who: Who,
    now: datetime,
    *,
    page: int,
    page_size: int,
    state: str,
    department_id: str | None = None,
    overdue: bool = False,
) -> tuple[list[Row], int]:
    """A page of the approvals `who` may see, what is due first first, and how many there are.

    `overdue` are those submitted whose statutory clock has run out.
    """
    seen = {"$or": [within(who, "approval.see"), scope(who, "approval.see", COLUMNS)]}
    parts: list[Row] = [seen, {"state": SUBMITTED if overdue else state}]
    if department_id:
        parts.append({"department": ObjectId(department_id)})
    if overdue:
        parts.append({"due_on": {"$lt": str(days.today(now))}})
    query = {"$and": parts}
    found = Approval.rows().find(query).sort([("due_on", 1), ("_id", 1)])
    page_of = found.skip((page - 1) * page_size).limit(page_size)
    return list(page_of), Approval.rows().count_documents(query)


def described(rows: list[Row], now: datetime) -> list[Row]:
    """The same with the names of departments and projects, what lacks, what can be done, what is late."""
    names = departments.names({row["department"] for row in rows})
    keys = {row["project"] for row in rows}
    projects = {row["_id"]: row for row in Project.rows().find({"_id": {"$in": list(keys)}})}
    return [
        {
            **row,
            "department_name": names.get(row["department"], ""),
            "project_code": projects[row["project"]]["code"],
            "project_name": projects[row["project"]]["name"],
            "missing": missing(row),
            "overdue": is_overdue(row, now),
            "legal": legal(row["state"]),
        }
        for row in rows
    ]


def history_of(key: ObjectId) -> list[Row]:
    """What was done with an approval, oldest first."""
    return history.of(THING, key, internal=True)
