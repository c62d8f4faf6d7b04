"""Who is scored, and who may know of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bson import ObjectId

from app.departments.documents import Department
from app.foundation.district import pack
from app.people.access import Ties
from app.people.documents import Person
from app.scoreboards.catalogue import COMMISSIONERS, DEPARTMENTS, UNITS

NOT_RANKED = ("desk", "unit")
"""Departments that are ranked with nobody: who only places, and those of units, which are ranked as units."""


@dataclass(frozen=True, slots=True)
class Subject:
    """`key` is a unit's code, or the id of a department or person."""

    key: str
    name: str


def listed(of: str) -> list[Subject]:
    """All that are scored today, by code or name."""
    if of == UNITS:
        return [Subject(each.code, each.name) for each in pack().units]
    if of == DEPARTMENTS:
        wanted = {"active": True, "kind": {"$nin": list(NOT_RANKED)}}
        rows = Department.rows().find(wanted, {"name": 1}).sort("code", 1)
    else:
        holding = {"grants.role": "commissioner", "active": True}
        rows = Person.rows().find(holding, {"name": 1}).sort([("name", 1), ("_id", 1)])
    return [Subject(str(row["_id"]), row["name"]) for row in rows]


def ties(of: str, key: str) -> Ties:
    """What binds a subject to people."""
    if of == UNITS:
        return Ties(unit=key)
    if of == DEPARTMENTS:
        return Ties(departments=(ObjectId(key),))
    return Ties(owner=ObjectId(key))


def heads(of: str, key: str) -> list[ObjectId]:
    """The people who answer for a subject: unit admins, heads, or the commissioner."""
    if of == COMMISSIONERS:
        return [ObjectId(key)]
    where = {"unit": key} if of == UNITS else {"department": ObjectId(key)}
    role = "unit_admin" if of == UNITS else "head"
    return holders((role,), **where)


def holders(roles: Iterable[str], **where: object) -> list[ObjectId]:
    """The active people with one of these roles there."""
    match = {"$elemMatch": {"role": {"$in": list(roles)}, **where}}
    rows = Person.rows().find({"grants": match, "active": True}, {"_id": 1}).sort("_id", 1)
    return [row["_id"] for row in rows]
