"""Uploads, and stamps by which phones learn what changed for them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

# Who asks, then since when. One for each way to reach an issue; without any for those who see all.
FEEDS: dict[str, list[list[str]]] = {
    "issues": [["owner"], ["commissioner"], ["enterprise"], ["departments"], ["unit"], []],
    "visits": [["owner"]],
    "notices": [["person"]],
    "photos": [["owner"]],
}
STAMP: dict[str, Any] = {"$currentDate": {"changed": {"$type": "timestamp"}}}


def apply(database: Database[Any]) -> None:
    """Make what is missing; what was written before there were stamps counts as changed now."""
    with suppress(CollectionInvalid):
        database.create_collection("uploads")
    once = IndexModel([("owner", ASCENDING), ("client_id", ASCENDING)], unique=True)
    database.uploads.create_indexes([once])
    for name, askers in FEEDS.items():
        database[name].update_many({"changed": {"$exists": False}}, STAMP)
        keys = [[(field, ASCENDING) for field in (*fields, "changed")] for fields in askers]
        database[name].create_indexes([IndexModel(key) for key in keys])
