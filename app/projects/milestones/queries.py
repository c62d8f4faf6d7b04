"""Looking at milestones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.people.access import Columns, Ties, allowed, scope
from app.people.documents import Person
from app.people.who import Who
from app.projects.documents import Project
from app.projects.milestones.climbing import THING
from app.projects.milestones.documents import DONE, OPEN, Milestone
from app.projects.queries import see_project
from app.projects.ties import project_ties, within

WARNING = "warning.see"
OWN = Columns(owner="responsible")


def ties(milestone: Mapping[str, Any], project: Mapping[str, Any]) -> Ties:
    """What binds a stored milestone to people: those of its project, and who is responsible."""
    of = project_ties(project)
    return Ties(
        owner=milestone["responsible"],
        served_by=of.served_by,
        enterprise=of.enterprise,
        unit=of.unit,
    )


def see(who: Who, key: str) -> tuple[Row, Row]:
    """A stored milestone and its project, if `who` may know of them. Raises NotFound else."""
    milestone = Milestone.get(key).to_mongo().to_dict()
    project = Project.rows().find_one({"_id": milestone["project"]})
    if project is None or not allowed(who, "milestone.see", ties(milestone, project)):
        raise NotFound("not_found")
    if not seen_of(who, [milestone], project):
        raise NotFound("not_found")
    return milestone, project


def seen_of(who: Who, milestones: list[Row], project: Mapping[str, Any]) -> list[Row]:
    """Of a project's milestones, without those that would tell of a warning to who may not know of it."""
    if allowed(who, WARNING, project_ties(project)):
        return milestones
    return [
        each for each in milestones if each.get("warning") is None or each["responsible"] in who.ids
    ]


def of_project(who: Who, key: str) -> list[Row]:
    """The milestones of a project, what is due first first. Raises NotFound for another's project."""
    project = see_project(who, key)
    return seen_of(who, standing([project.id]), project.to_mongo().to_dict())


def standing(projects: list[ObjectId]) -> list[Row]:
    """All milestones of these projects, as stored, what is due first first."""
    mine = {"project": {"$in": projects}}
    return list(Milestone.rows().find(mine).sort([("due_on", 1), ("code", 1)]))


def listed(
    who: Who,
    now: datetime,
    *,
    page: int,
    page_size: int,
    mine: bool = False,
    overdue: bool = False,
    unit: str | None = None,
    state: str | None = None,
) -> tuple[list[Row], int]:
    """A page of the milestones `who` may see, what is due first first, and how many there are.

    `mine` are those that `who` answers for, or stands in for; `overdue` those open past their day.
    """
    parts = [_seen(who)]
    if mine:
        parts.append({"responsible": {"$in": list(who.ids)}})
    if overdue:
        parts.append({"state": OPEN, "due_on": {"$lt": str(days.today(now))}})
    if state:
        parts.append({"state": state})
    if unit:
        parts.append({"project": {"$in": Project.rows().distinct("_id", {"unit": unit})}})
    query = {"$and": parts}
    found = Milestone.rows().find(query).sort([("due_on", 1), ("_id", 1)])
    page_of = found.skip((page - 1) * page_size).limit(page_size)
    return list(page_of), Milestone.rows().count_documents(query)


def _seen(who: Who) -> Row:
    """By the project that it hangs on, or as one's own."""
    seen = {"$or": [within(who, "milestone.see"), scope(who, "milestone.see", OWN)]}
    own = {"responsible": {"$in": list(who.ids)}}
    telling = {"$or": [{"warning": None}, own, within(who, WARNING)]}
    return {"$and": [seen, telling]}


def is_overdue(milestone: Mapping[str, Any], now: datetime) -> bool:
    """Whether it is open past its day."""
    return milestone["state"] == OPEN and str(milestone["due_on"]) < str(days.today(now))


def described(rows: list[Row], now: datetime) -> list[Row]:
    """The same with the names of persons and projects, what they wait for, and whether they are overdue."""
    people = {row["responsible"] for row in rows}
    named = Person.rows().find({"_id": {"$in": list(people)}}, {"name": 1})
    names = {row["_id"]: row["name"] for row in named}
    keys = {row["project"] for row in rows}
    projects = {row["_id"]: row for row in Project.rows().find({"_id": {"$in": list(keys)}})}
    hindering = waiting_for(rows)
    return [
        {
            **row,
            "responsible_name": names.get(row["responsible"], ""),
            "project_code": projects[row["project"]]["code"],
            "project_name": projects[row["project"]]["name"],
            "waits_for": [each["code"] for each in hindering[row["_id"]]],
            "overdue": is_overdue(row, now),
        }
        for row in rows
    ]


def waiting_for(rows: list[Row]) -> dict[ObjectId, list[Row]]:
    """Of each stored milestone those that must be done before it, and are not: what is open."""
    wanted = {row["project"] for row in rows if row["depends_on"]}
    left: dict[tuple[ObjectId, str], Row] = {}
    for row in Milestone.rows().find({"project": {"$in": list(wanted)}, "state": OPEN}):
        left[row["project"], row["code"]] = row
    return {
        row["_id"]: [
            left[row["project"], code]
            for code in row["depends_on"]
            if row["state"] != DONE and (row["project"], code) in left
        ]
        for row in rows
    }


def history_of(key: ObjectId) -> list[Row]:
    """What was done with a milestone, oldest first."""
    return history.of(THING, key, internal=True)
