"""Grants that follow a department into its successor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.history import Actor
from app.people.documents import Person

Grants = list[dict[str, Any]]


def holders(department: ObjectId) -> list[ObjectId]:
    """All persons who hold a role in the department."""
    found: Iterable[ObjectId] = Person.rows().distinct("_id", {"grants.department": department})
    return list(found)


def move(
    gone: ObjectId, successor: ObjectId, by: Actor, now: datetime, data: Mapping[str, Any]
) -> None:
    """Give everybody who holds a role in `gone` the same in its successor, disabled persons too.

    Each gets a history row with `data`, the grants of before and after. Joins the surrounding transaction.
    """
    people = list(Person.rows().find({"grants.department": gone}, {"grants": 1}))
    for person in people:
        before: Grants = person["grants"]
        after = _moved(before, gone, successor)
        Person.rows().update_one({"_id": person["_id"]}, {"$set": {"grants": after}})
        told = {**data, "before": before, "after": after}
        history.append("person", person["_id"], "move_grants", by=by, now=now, data=told)


def _moved(grants: Grants, gone: ObjectId, successor: ObjectId) -> Grants:
    """The grants with the successor in the place of `gone`, none twice."""
    kept: Grants = []
    for grant in grants:
        moved = {**grant, "department": successor} if grant.get("department") == gone else grant
        if moved not in kept:
            kept.append(moved)
    return kept
