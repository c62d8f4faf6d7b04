"""Contests: versions of templates, periods and frozen scores, exclusions, appeals, corrections, awards."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

from app.foundation.entries import indexes

UP, DOWN = ASCENDING, DESCENDING
CLIENT_ID = IndexModel(
    [("by", UP), ("client_id", UP)],
    name="client_id",
    unique=True,
    partialFilterExpression={"client_id": {"$type": "string"}},
)
OF_PERIOD = IndexModel([("board", UP), ("period", UP), ("subject", UP)])

INDEXES: dict[str, list[IndexModel]] = {
    "scoreboards": [
        IndexModel([("board", UP), ("number", UP)], name="number", unique=True),
        CLIENT_ID,
    ],
    "score_periods": [
        IndexModel([("board", UP), ("period", UP)], name="one_each", unique=True),
    ],
    "scores": [
        IndexModel([("board", UP), ("period", UP), ("subject", UP)], name="one_each", unique=True),
    ],
    "score_exclusions": [
        IndexModel(
            [("board", UP), ("period", UP), ("subject", UP)],
            name="one_standing",
            unique=True,
            partialFilterExpression={"lifted": None},
        ),
        CLIENT_ID,
    ],
    "score_appeals": [
        CLIENT_ID,
        OF_PERIOD,
        IndexModel([("state", UP), ("created_at", DOWN)]),
    ],
    "score_corrections": [OF_PERIOD],
    "awards": [
        CLIENT_ID,
        IndexModel(
            [("kind", UP), ("period", UP), ("subject", UP)],
            name="one_live",
            unique=True,
            partialFilterExpression={"live": True},
        ),
        IndexModel([("subject", UP), ("period", DOWN)]),
    ],
    "score_figures": [
        *indexes(),
        IndexModel([("board", UP), ("score_period", UP), ("score_item", UP)]),
    ],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, made in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(made)
