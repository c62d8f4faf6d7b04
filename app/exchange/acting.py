"""Who acts when a worker does later what somebody asked for."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.people.documents import Person
from app.people.login import as_who
from app.people.standing import absent_ones
from app.people.who import Who


def acting(person: ObjectId, now: datetime) -> Who | None:
    """The person with the roles held at this moment; None when that is nobody any more."""
    match = {"$match": {"_id": person, "active": True}}
    shape = {"$project": {"name": 1, "grants": 1}}
    for row in Person.rows().aggregate([match, shape, absent_ones(now)]):
        return as_who(row["_id"], row["name"], row.get("grants", []), absent=row["absent"])
    return None
