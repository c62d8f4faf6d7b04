"""Milestones of projects, and the approvals that they need."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP = ASCENDING
CLIENT_ID = IndexModel(
    [("created_by", UP), ("client_id", UP)],
    name="client_id",
    unique=True,
    partialFilterExpression={"client_id": {"$type": "string"}},
)
CHANGED = IndexModel([("changed", UP)], name="changed")

INDEXES: dict[str, list[IndexModel]] = {
    "milestones": [
        IndexModel([("project", UP), ("code", UP)], unique=True),
        IndexModel([("responsible", UP), ("due_on", UP)]),
        IndexModel([("state", UP), ("due_on", UP), ("_id", UP)]),
        IndexModel(
            [("warning", UP)],
            unique=True,
            partialFilterExpression={"warning": {"$type": "objectId"}},
        ),
        CLIENT_ID,
        CHANGED,
    ],
    "approvals": [
        IndexModel([("project", UP), ("item", UP)], unique=True),
        IndexModel([("department", UP), ("state", UP), ("due_on", UP)]),
        IndexModel([("state", UP), ("due_on", UP), ("_id", UP)]),
        CLIENT_ID,
        CHANGED,
    ],
    "standings": [
        IndexModel([("dates.land", UP), ("_id", UP)]),
        IndexModel([("dates.completed", UP), ("_id", UP)]),
    ],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(indexes)
