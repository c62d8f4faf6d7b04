"""What boards are read from; more kinds of records tell of their changes."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP = ASCENDING
FOREVER = {"until": datetime(9999, 12, 31, tzinfo=UTC)}
BY_CELL = IndexModel(
    [("cells", UP), ("rank", UP), ("_id", UP), ("until", UP), ("since", UP)], name="by_cell"
)
INDEXES: dict[str, list[IndexModel]] = {
    "board_facts": [
        BY_CELL,
        IndexModel([("gen", UP), ("key", UP)], unique=True, partialFilterExpression=FOREVER),
        IndexModel([("gen", UP), ("owner", UP)], partialFilterExpression=FOREVER),
        IndexModel([("gen", UP), ("turns_at", UP)], partialFilterExpression=FOREVER),
        IndexModel([("until", UP)]),
    ],
    "board_cells": [],
    "board_marker": [],
    **{
        name: [IndexModel([("changed", UP)], name="changed")]
        for name in (
            "standings",
            "warnings",
            "exit_cases",
            "calls",
            "supervisions",
            "visits",
            "orders",
            "claims",
        )
    },
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        if indexes:
            database[name].create_indexes(indexes)
