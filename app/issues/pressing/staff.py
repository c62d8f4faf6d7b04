"""Whom pressing concerns beside the worker: people of a role, and who is above somebody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bson import ObjectId

from app.issues.documents import Issue
from app.issues.work.steps import STAFF
from app.people.documents import Person

People = list[ObjectId]


def holding(role: str, departments: Iterable[ObjectId] | None = None) -> People:
    """The active people of a role, in these departments where any are named."""
    match: dict[str, Any] = {"role": role}
    if departments is not None:
        match["department"] = {"$in": list(departments)}
    rows = Person.rows().find({"grants": {"$elemMatch": match}, "active": True}, {"_id": 1})
    return [row["_id"] for row in rows.sort("_id", 1)]


def departments_of(person: ObjectId, issue: Issue) -> set[ObjectId]:
    """The departments of the issue that the person works for."""
    row = Person.rows().find_one({"_id": person}, {"grants": 1}) or {}
    held = {
        grant.get("department") for grant in row.get("grants", ()) if grant.get("role") in STAFF
    }
    return held & set(issue.departments)


def above(person: ObjectId, issue: Issue, other: ObjectId | None) -> People:
    """The heads of the person's departments; where there is none, `other`, else the inspectors."""
    heads = holding("head", departments_of(person, issue))
    found = [each for each in heads if each != person]
    if not found and other not in (None, person):
        found = [other]
    return found or [each for each in holding("inspector") if each != person]
