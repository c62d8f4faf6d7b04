"""Emptying the database that tests share, at the price of what is in it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pymongo import WriteConcern
from pymongo.database import Database

from app.foundation import db


def empty(keep: Collection[str]) -> None:
    """Remove all rows of all collections but those of `keep`."""
    # Nothing of this need outlive a crash, so nothing waits for the journal.
    database = db.database().with_options(write_concern=WriteConcern(w=1, j=False))
    names = [name for name in database.list_collection_names() if name not in keep]
    for name in _with_rows(database, names):
        database[name].delete_many({})


def _with_rows(database: Database[dict[str, Any]], names: list[str]) -> list[str]:
    """Those of the collections that have any row: one question, where deleting from all is one each."""
    if not names:
        return []
    first, *others = names
    each = [{"$unionWith": {"coll": name, "pipeline": _named(name)}} for name in others]
    found = database[first].aggregate([*_named(first), *each])
    return [row["name"] for row in found]


def _named(name: str) -> list[dict[str, Any]]:
    return [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}]
