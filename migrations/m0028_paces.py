"""How long projects take from stage to stage."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

BY_LIKENESS = IndexModel([("kind", ASCENDING), ("size_class", ASCENDING)])


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    with suppress(CollectionInvalid):
        database.create_collection("paces")
    database["paces"].create_indexes([BY_LIKENESS])
