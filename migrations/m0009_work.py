"""Collections and indexes of work orders: climbs, supervisions, and what lists of issues look for."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP, DOWN = ASCENDING, DESCENDING

INDEXES: dict[str, list[IndexModel]] = {
    "climbs": [
        IndexModel([("ticket", UP), ("promise_no", UP), ("rung", UP)], unique=True),
        IndexModel([("issue", UP), ("at", UP)]),
        IndexModel([("department", UP), ("at", DOWN)]),
    ],
    "supervisions": [
        IndexModel([("issue", UP), ("created_at", UP)]),
        IndexModel([("state", UP), ("due_at", UP)]),
        IndexModel([("department", UP), ("state", UP), ("due_at", UP)]),
    ],
    "issues": [
        IndexModel([("master", UP)], sparse=True),
        IndexModel([("split_from", UP)], sparse=True),
        IndexModel([("merged_into", UP)], sparse=True),
        IndexModel([("followers", UP), ("created_at", DOWN)], sparse=True),
    ],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(indexes)
