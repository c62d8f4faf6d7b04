"""Areas on the map, found by the positions they hold."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, GEOSPHERE, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

INDEXES: dict[str, list[IndexModel]] = {
    "areas": [
        IndexModel([("code", ASCENDING)], unique=True),
        IndexModel([("shape", GEOSPHERE)]),
        IndexModel([("kind", ASCENDING)]),
    ],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(indexes)
