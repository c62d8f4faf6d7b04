"""The outbox, calls, channels, credits and preferences of the notices."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP, DOWN = ASCENDING, DESCENDING

INDEXES: dict[str, list[IndexModel]] = {
    "outbox": [
        IndexModel([("row", UP), ("event", UP), ("person", UP), ("channel", UP)], unique=True),
        IndexModel([("notice", UP)]),
        IndexModel([("channel", UP), ("state", UP), ("ended_at", DOWN)]),
    ],
    "calls": [
        IndexModel([("row", UP), ("event", UP), ("contact.person", UP)], unique=True),
        IndexModel([("commissioner", UP), ("state", UP), ("due_at", UP)]),
        IndexModel([("state", UP), ("due_at", UP)]),
        IndexModel([("issue", UP), ("state", UP)]),
    ],
    "credits": [IndexModel([("person", UP), ("template", UP)], unique=True)],
    "channels": [],
    "notice_preferences": [],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        if indexes:
            database[name].create_indexes(indexes)
