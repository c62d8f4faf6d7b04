"""Who may see and do what with expansion intents: by whom they belong to, and by their enterprise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.people.access import Columns, Ties, allowed, scope
from app.people.who import Who
from app.projects.expansion.documents import Intent

FIRMS = Columns(enterprise="_id", unit="unit", served_by="commissioner")
OWN = Columns(owner="owner")


def firm_ties(firm: Mapping[str, Any]) -> Ties:
    """What binds a stored enterprise, and what hangs on it, to people."""
    return Ties(enterprise=firm["_id"], unit=firm.get("unit"), served_by=firm.get("commissioner"))


def intent_ties(owner: ObjectId | None, firm: Mapping[str, Any]) -> Ties:
    """What binds an intent of an enterprise to people."""
    return Ties(
        owner=owner,
        enterprise=firm["_id"],
        unit=firm.get("unit"),
        served_by=firm.get("commissioner"),
    )


def firm_of(intent: Intent) -> Row:
    """The enterprise as it is stored."""
    return Enterprise.rows().find_one({"_id": intent.enterprise}) or {"_id": intent.enterprise}


def ties_of(intent: Intent) -> Ties:
    """What binds an intent to people."""
    return intent_ties(intent.owner, firm_of(intent))


def see_intent(who: Who, key: str) -> Intent:
    """The intent, if `who` may know of it. Raises NotFound else."""
    intent = Intent.get(key)
    if not allowed(who, "expansion.see", ties_of(intent)):
        raise NotFound("not_found")
    return intent


def within(who: Who) -> Row:
    """The filter of the intents that `who` may see."""
    own = scope(who, "expansion.see", OWN)
    if not own:
        return own
    firms = Enterprise.rows().distinct("_id", scope(who, "expansion.see", FIRMS))
    return {"$or": [own, {"enterprise": {"$in": firms}}]}
