"""What is done with enterprises."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from bson import ObjectId
from pymongo import ReturnDocument

from app.enterprises.documents import Enterprise
from app.foundation import history
from app.people.who import Who


def quick_create(who: Who, name: str, unit: str | None, now: datetime) -> ObjectId:
    """A provisional enterprise for a firm that is not registered yet, to be completed later: its id.

    The same name in the same unit by the same person is the same one; width and spaces do not count.
    Joins the surrounding transaction.
    """
    named = " ".join(unicodedata.normalize("NFKC", name).split())
    key = {"provisional": True, "created_by": who.id, "name": named, "unit": unit}
    fresh = {"industry": "", "address": "", "tags": [], "synthetic": False, "created_at": now}
    before = Enterprise.rows().find_one_and_update(
        key, {"$setOnInsert": fresh}, upsert=True, return_document=ReturnDocument.BEFORE
    )
    if before is not None:
        return before["_id"]  # type: ignore[no-any-return]
    made = Enterprise.rows().find_one(key)
    if made is None:
        raise LookupError(named)
    history.append("enterprise", made["_id"], "quick_create", by=who.acting(), now=now)
    return made["_id"]  # type: ignore[no-any-return]
