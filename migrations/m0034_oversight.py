"""Leader links, orders and leaders' digests; who leads a project already is linked to it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

from app.foundation.entries import indexes
from app.projects.documents import Project
from app.projects.leading import adopt, entries_of

UP, DOWN = ASCENDING, DESCENDING
SLICE = 1000

INDEXES: dict[str, list[IndexModel]] = {
    "leader_links": [
        *indexes(),
        IndexModel([("project", UP), ("since", DOWN)]),
        IndexModel([("person", UP), ("since", DOWN)]),
    ],
    "orders": [
        IndexModel([("by", UP), ("client_id", UP)], name="client_id", unique=True),
        IndexModel([("changed", UP)], name="changed"),
        IndexModel([("created_at", DOWN), ("_id", DOWN)]),
        IndexModel([("state", UP), ("due_at", UP)]),
        IndexModel([("owner", UP), ("due_at", UP)]),
        IndexModel([("by", UP), ("created_at", DOWN)]),
        IndexModel([("department", UP), ("due_at", UP)]),
        IndexModel([("unit", UP), ("due_at", UP)]),
        IndexModel([("project", UP), ("kind", UP)]),
        IndexModel([("subject", UP)]),
        IndexModel([("supervision", UP)]),
    ],
    "leader_digests": [
        IndexModel([("leader", UP), ("week", UP)], name="one_a_week", unique=True),
        IndexModel([("leader", UP), ("as_of", DOWN)]),
    ],
    "projects": [IndexModel([("leader", UP)])],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, made in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(made)
    rows = list(Project.rows().find({"leader": {"$ne": None}}))
    for start in range(0, len(rows), SLICE):
        some = rows[start : start + SLICE]
        adopt(some, entries_of([row["_id"] for row in some]))
