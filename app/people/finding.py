"""Finding people by what they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bson import ObjectId

from app.people.documents import Person

People = list[ObjectId]


def with_role(*roles: str, **where: Any) -> People:
    """The active people who hold one of these roles there."""
    match = {"$elemMatch": {"role": {"$in": list(roles)}, **where}}
    rows = Person.rows().find({"grants": match, "active": True}, {"_id": 1}).sort("_id", 1)
    return [row["_id"] for row in rows]


def once(*groups: Iterable[ObjectId | None]) -> People:
    """All of them, each once, in order."""
    return list(dict.fromkeys(person for group in groups for person in group if person))


def names(people: Iterable[ObjectId | None]) -> dict[ObjectId, str]:
    """The names of persons, by id."""
    wanted = {"_id": {"$in": list({person for person in people if person})}}
    return {row["_id"]: row["name"] for row in Person.rows().find(wanted, {"name": 1})}
