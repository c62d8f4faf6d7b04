"""What maps and the public page are read from."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP = ASCENDING
ON_MAPS = {"kind": {"$in": ["at.issues", "at.projects", "at.visits"]}}
FACTS = [
    IndexModel(
        [("kind", UP), ("gen", UP), ("since", UP)],
        name="began_on_map",
        partialFilterExpression=ON_MAPS,
    ),
    IndexModel(
        [("kind", UP), ("gen", UP), ("until", UP)],
        name="ended_on_map",
        partialFilterExpression=ON_MAPS,
    ),
]


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name in ("board_facts", "public_figures"):
        with suppress(CollectionInvalid):
            database.create_collection(name)
    database["board_facts"].create_indexes(FACTS)
