"""What evidence looks up: copies, the photos before and after, twins of a spot, short codes."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

from app.photos.actions import new_code

UP = ASCENDING


def _present(field: str) -> dict[str, Any]:
    """Only photos that have it; a query for a value of it still finds the index."""
    return {"partialFilterExpression": {field: {"$exists": True}}}


INDEXES = [
    IndexModel([("likeness.bands", UP)], sparse=True),
    IndexModel([("short_code", UP)], unique=True, sparse=True),
    IndexModel([("spot", UP), ("received_at", UP)], **_present("spot")),
    IndexModel([("owner", UP), ("shot_at", UP)], **_present("shot_at")),
    IndexModel([("owner", UP), ("replaces", UP)], **_present("replaces")),
    IndexModel([("owner", UP), ("device_id", UP), ("received_at", UP)], **_present("device_id")),
]


def apply(database: Database[Any]) -> None:
    """Make what is missing; photos from before there were short codes get theirs."""
    database.photos.create_indexes(INDEXES)
    for row in list(database.photos.find({"short_code": {"$exists": False}}, {"_id": 1})):
        code = {"$set": {"short_code": new_code()}}
        database.photos.update_one({"_id": row["_id"], "short_code": {"$exists": False}}, code)
