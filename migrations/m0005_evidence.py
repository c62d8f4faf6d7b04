"""The ledger's collections, and the indexes that find what a day received and what a slice holds."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP, DOWN = ASCENDING, DESCENDING

INDEXES: dict[str, list[IndexModel]] = {
    "leaves": [IndexModel([("day", UP), ("index", UP)], unique=True), IndexModel([("hash", UP)])],
    "roots": [IndexModel([("day", UP)], unique=True)],
    "findings": [
        IndexModel([("key", UP)], unique=True),
        IndexModel([("kind", UP)]),
        IndexModel([("last_seen", DOWN)]),
    ],
    "photos": [
        IndexModel([("received_at", UP)]),
        IndexModel([("sha256", UP), ("_id", UP)]),
    ],
    "duties": [IndexModel([("kind", UP), ("state", UP)])],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(indexes)
