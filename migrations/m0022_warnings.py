"""Warnings of projects and units, delays, falsified data, exit cases; notices of projects."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP, DOWN = ASCENDING, DESCENDING
CLIENT_ID = IndexModel(
    [("by", UP), ("client_id", UP)],
    name="client_id",
    unique=True,
    partialFilterExpression={"client_id": {"$type": "string"}},
)

INDEXES: dict[str, list[IndexModel]] = {
    "warnings": [
        IndexModel(
            [("about", UP)],
            name="one_open",
            unique=True,
            partialFilterExpression={"cleared_at": None},
        ),
        IndexModel([("project", UP), ("cleared_at", UP)]),
        IndexModel([("state", UP), ("opened_at", DOWN)]),
        IndexModel([("opened_at", DOWN)]),
    ],
    "delays": [
        CLIENT_ID,
        IndexModel([("project", UP), ("since", DOWN)]),
        IndexModel([("changed", UP)], name="changed"),
    ],
    "falsifications": [CLIENT_ID, IndexModel([("project", UP), ("on", UP)])],
    "exit_cases": [
        CLIENT_ID,
        IndexModel(
            [("project", UP)],
            name="one_live",
            unique=True,
            partialFilterExpression={"live": True},
        ),
        IndexModel([("project", UP), ("created_at", DOWN)]),
        IndexModel([("shown_to", UP)]),
        IndexModel([("departments", UP)]),
        IndexModel([("state", UP), ("created_at", DOWN)]),
    ],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, made in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(made)
