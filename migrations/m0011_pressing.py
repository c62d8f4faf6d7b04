"""Collections and indexes of pressing: meetings, what was agreed there, orders once for each promise."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP, DOWN = ASCENDING, DESCENDING

INDEXES: dict[str, list[IndexModel]] = {
    "meetings": [IndexModel([("issue", UP), ("held_at", UP), ("_id", UP)])],
    "agreed": [
        IndexModel([("meeting", UP), ("n", UP)], unique=True),
        IndexModel([("owner", UP), ("state", UP), ("due_at", UP), ("_id", UP)]),
        IndexModel([("issue", UP), ("state", UP)]),
    ],
    "supervisions": [
        IndexModel(
            [("ticket", UP), ("promise_no", UP)],
            name="once_a_promise",
            unique=True,
            partialFilterExpression={"promise_no": {"$type": "number"}},
        ),
        # What lists sort by, to the last.
        IndexModel([("created_at", DOWN), ("_id", DOWN)]),
        IndexModel([("department", UP), ("created_at", DOWN), ("_id", DOWN)]),
        IndexModel([("unit", UP), ("created_at", DOWN), ("_id", DOWN)]),
        IndexModel([("state", UP), ("due_at", UP), ("_id", UP)]),
        IndexModel([("department", UP), ("state", UP), ("due_at", UP), ("_id", UP)]),
        IndexModel([("unit", UP), ("state", UP), ("due_at", UP), ("_id", UP)]),
    ],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(indexes)
