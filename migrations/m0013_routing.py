"""Collections and indexes of routing: versions of the rules, models, the row that says which are in use."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP, DOWN = ASCENDING, DESCENDING

INDEXES: dict[str, list[IndexModel]] = {
    "routing_state": [],
    "rulebooks": [
        IndexModel([("number", DOWN)], unique=True),
        IndexModel([("by", UP), ("client_id", UP)], unique=True),
    ],
    "routing_models": [
        IndexModel([("number", DOWN)], unique=True),
        IndexModel([("sha256", UP)], unique=True),
    ],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        if indexes:
            database[name].create_indexes(indexes)
