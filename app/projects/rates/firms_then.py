"""What firms were known to be at a past moment: their rows, with each change since undone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation import history
from app.foundation.db import Row

FIELDS = ("name", "production_on", "land_owned_mu", "land_leased_mu")
COMPLETED = "complete"


def firms_now(keys: Collection[ObjectId]) -> dict[ObjectId, Row]:
    """FIELDS of these firms as they are, by firm."""
    shown = dict.fromkeys((*FIELDS, "created_at"), 1)
    rows = Enterprise.rows().find({"_id": {"$in": list(keys)}}, shown)
    return {row["_id"]: row for row in rows}


def firms_known(keys: Collection[ObjectId], moment: datetime) -> dict[ObjectId, Row]:
    """FIELDS of these firms as they were known at a moment, by firm; without those not entered by then.

    Every change of a firm is in its history with what was there before, so nothing of it is guessed.
    """
    found = {key: row for key, row in firms_now(keys).items() if row["created_at"] <= moment}
    later = {"thing": "enterprise", "thing_id": {"$in": list(found)}, "at": {"$gt": moment}}
    shown = {"thing_id": 1, "action": 1, "data": 1}
    for change in history.rows().find(later, shown).sort([("at", -1), ("_id", -1)]):
        found[change["thing_id"]].update(_before(change))
    return found


def _before(change: Mapping[str, Any]) -> Row:
    """What of FIELDS was there before a change that history tells of."""
    data = change["data"]
    if change["action"] == COMPLETED:
        return {"name": data["was"]}
    before = data.get("before")
    return {name: before[name] for name in FIELDS if name in before} if before else {}
