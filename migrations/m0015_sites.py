"""Sites of enterprises, found by firm and by what is near."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, GEOSPHERE, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

INDEXES: dict[str, list[IndexModel]] = {
    "sites": [
        IndexModel([("enterprise", ASCENDING), ("name", ASCENDING)]),
        IndexModel([("by", ASCENDING), ("client_id", ASCENDING)], unique=True),
        IndexModel([("position.point", GEOSPHERE)]),
    ],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(indexes)
