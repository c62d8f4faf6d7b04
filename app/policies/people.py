"""Whom a claim concerns, by what they may see of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.departments.documents import Department
from app.people.documents import Person
from app.people.finding import People, once, with_role


def contacts(firm: Mapping[str, Any]) -> People:
    """Who speaks for a stored enterprise."""
    return with_role("contact", enterprise=firm["_id"])


def firm_side(firm: Mapping[str, Any]) -> People:
    """Who speaks for a stored enterprise, and who serves it."""
    return once(contacts(firm), [firm.get("commissioner")])


def staff(department: ObjectId) -> People:
    """The clerks of a department, its heads where it has none."""
    return with_role("clerk", department=department) or heads(department)


def still_there(person: ObjectId | None, department: ObjectId) -> People:
    """The person, while they are clerk or head of a department; nobody else."""
    if person is None:
        return []
    there = {"$elemMatch": {"role": {"$in": ["clerk", "head"]}, "department": department}}
    query = {"_id": person, "grants": there, "active": True}
    return [row["_id"] for row in Person.rows().find(query, {"_id": 1})]


def heads(department: ObjectId) -> People:
    """The heads of a department."""
    return with_role("head", department=department)


def unit_admins(firm: Mapping[str, Any]) -> People:
    """The admins of the unit of a stored enterprise."""
    return with_role("unit_admin", unit=firm["unit"]) if firm.get("unit") else []


def homes(departments: Iterable[ObjectId]) -> Mapping[ObjectId, ObjectId]:
    """Where each of the departments is now, as `present`; one look for all that are still there."""
    keys = set(departments)
    rows = Department.rows().find({"_id": {"$in": list(keys)}, "active": True}, {"_id": 1})
    there = {row["_id"] for row in rows}
    return {key: key if key in there else present(key) for key in keys}


def present(department: ObjectId) -> ObjectId:
    """The department, or what took its place: where people and work are now."""
    found = registry.followed(Department.objects(id=department).first())
    return found.id if found is not None else department
