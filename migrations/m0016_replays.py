"""Collections and indexes of replays: rulebooks tried on the issues of the past."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP, DOWN = ASCENDING, DESCENDING

INDEXES: dict[str, list[IndexModel]] = {
    "replays": [
        IndexModel([("by", UP), ("client_id", UP)], unique=True),
        IndexModel([("created_at", DOWN), ("_id", DOWN)]),
        IndexModel([("state", UP)]),
    ],
    "replay_slices": [IndexModel([("replay", UP), ("n", UP)], unique=True)],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(indexes)
