"""Surveys, and what firms replied."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP, DOWN = ASCENDING, DESCENDING
BEGUN = {"client_id": {"$type": "string"}}

INDEXES: dict[str, list[IndexModel]] = {
    "surveys": [
        IndexModel([("by", UP), ("client_id", UP)], name="client_id", unique=True),
        IndexModel([("created_at", DOWN), ("_id", DOWN)]),
    ],
    "survey_replies": [
        IndexModel([("survey", UP), ("enterprise", UP)], name="one_each", unique=True),
        IndexModel(
            [("by", UP), ("client_id", UP)],
            name="client_id",
            unique=True,
            partialFilterExpression=BEGUN,
        ),
        IndexModel([("survey", UP), ("state", UP), ("enterprise", UP)]),
        IndexModel([("enterprise", UP), ("survey", UP)]),
    ],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, made in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(made)
