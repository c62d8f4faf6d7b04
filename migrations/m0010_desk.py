"""What the dispatcher's desk looks for: issues around a place."""

from __future__ import annotations

from typing import Any

from pymongo import DESCENDING, GEOSPHERE, IndexModel
from pymongo.database import Database

INDEXES: dict[str, list[IndexModel]] = {
    "issues": [
        IndexModel([("position.point", GEOSPHERE), ("created_at", DESCENDING)], name="place_newest")
    ],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, indexes in INDEXES.items():
        database[name].create_indexes(indexes)
