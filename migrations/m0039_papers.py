"""Rendered papers."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

INDEXES = {
    "papers": [
        IndexModel([("by", ASCENDING), ("client_id", ASCENDING)], name="client_id", unique=True),
        IndexModel([("by", ASCENDING), ("created_at", DESCENDING)], name="by_created_at"),
        IndexModel([("unit", ASCENDING), ("created_at", DESCENDING)], name="unit_created_at"),
        IndexModel([("created_at", DESCENDING)], name="created_at"),
    ],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, made in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(made)
