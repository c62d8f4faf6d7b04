"""Whom something concerns, by what they may see of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation.db import Row
from app.foundation.errors import Invalid
from app.people.documents import Person
from app.people.finding import People, once, with_role
from app.people.login import as_who
from app.people.who import Who

STAFF = (
    "commissioner",
    "clerk",
    "head",
    "dispatcher",
    "unit_admin",
    "admin",
    "inspector",
    "leader",
)


def contacts(enterprise: ObjectId | None) -> People:
    """Who speaks for an enterprise."""
    return with_role("contact", enterprise=enterprise) if enterprise else []


def here(*keys: ObjectId | None) -> People:
    """Those of them who are active."""
    wanted = {"_id": {"$in": [key for key in keys if key]}, "active": True}
    return [row["_id"] for row in Person.rows().find(wanted, {"_id": 1})]


def firm_side(firm: Mapping[str, Any]) -> People:
    """Who speaks for a stored enterprise, and who serves it."""
    return once(contacts(firm["_id"]), [firm.get("commissioner")])


def firm_of(key: ObjectId | None) -> Row:
    """The enterprise as it is stored; for none, or one that is no more, what has only this id."""
    return (Enterprise.rows().find_one({"_id": key}) if key else None) or {"_id": key}


def staff_member(key: str | ObjectId, field: str = "person_id") -> Who:
    """Somebody of staff who is here, as who acts. Raises Invalid, blaming the field, for anybody else."""
    row = Person.rows().find_one({"_id": ObjectId(key), "active": True})
    who = as_who(row["_id"], row["name"], row.get("grants", [])) if row else None
    if who is None or not who.has(*STAFF):
        raise Invalid("offers.not_staff", fields={field: [str(key)]})
    return who
