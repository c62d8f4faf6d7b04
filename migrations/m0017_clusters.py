"""Clusters: issues of several enterprises that may have one cause."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP, DOWN = ASCENDING, DESCENDING

INDEXES: dict[str, list[IndexModel]] = {
    "clusters": [
        IndexModel([("state", UP), ("found_at", DOWN), ("_id", DOWN)], name="state_newest"),
        IndexModel([("found_at", DOWN), ("_id", DOWN)], name="all_newest"),
        IndexModel([("issues", UP)], name="by_issue"),
    ]
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(indexes)
