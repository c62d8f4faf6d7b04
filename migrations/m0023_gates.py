"""The gates of projects: pre-reviews, parcels of land, commitments."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

from app.foundation.entries import indexes

UP, DOWN = ASCENDING, DESCENDING

INDEXES: dict[str, list[IndexModel]] = {
    "project_reviews": [
        IndexModel([("project", UP), ("round", UP)], name="rounds", unique=True),
        IndexModel(
            [("project", UP)],
            name="one_running",
            unique=True,
            partialFilterExpression={"state": "scoring"},
        ),
        IndexModel([("by", UP), ("client_id", UP)], name="client_id", unique=True),
        IndexModel([("reviewers.person", UP), ("opened_at", DOWN)]),
        IndexModel([("opened_at", DOWN)]),
    ],
    "parcels": [
        IndexModel([("code", UP)], name="code", unique=True),
        IndexModel([("unit", UP), ("state", UP)]),
        IndexModel([("project", UP)]),
        IndexModel([("changed", UP)], name="changed"),
        IndexModel(
            [("created_by", UP), ("client_id", UP)],
            name="client_id",
            unique=True,
            partialFilterExpression={"client_id": {"$type": "string"}},
        ),
    ],
    "commitments": [*indexes(), IndexModel([("project", UP), ("superseded_at", UP)])],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, made in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(made)
