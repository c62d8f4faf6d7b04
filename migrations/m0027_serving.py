"""Assignments of commissioners and expansion intents; who serves something already is assigned to it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

from app.enterprises.serving import ENTERPRISES, adopt, entries_of
from app.foundation import clock
from app.foundation.entries import indexes
from app.projects.serving import PROJECTS

UP, DOWN = ASCENDING, DESCENDING
SLICE = 1000

INDEXES: dict[str, list[IndexModel]] = {
    "assignments": [
        *indexes(),
        IndexModel([("subject", UP), ("since", DOWN)]),
        IndexModel([("person", UP), ("since", DOWN)]),
        IndexModel([("kind", UP), ("since", DOWN)]),
    ],
    "expansion_intents": [
        IndexModel([("code", UP)], unique=True),
        IndexModel(
            [("created_by", UP), ("client_id", UP)],
            name="client_id",
            unique=True,
            partialFilterExpression={"client_id": {"$type": "string"}},
        ),
        IndexModel([("changed", UP)], name="changed"),
        IndexModel([("enterprise", UP), ("state", UP)]),
        IndexModel([("owner", UP), ("state", UP)]),
        IndexModel([("caught_on", DOWN), ("_id", DOWN)]),
    ],
    "projects": [IndexModel([("commissioner", UP)])],
    "standings": [IndexModel([("enterprise", UP)])],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, made in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(made)
    now = clock.now()
    for kind in (ENTERPRISES, PROJECTS):
        rows = list(kind.document.rows().find({"commissioner": {"$ne": None}}))
        for start in range(0, len(rows), SLICE):
            some = rows[start : start + SLICE]
            adopt(kind, some, entries_of(kind, [row["_id"] for row in some]), now)
