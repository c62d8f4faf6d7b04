"""Leaves of absence, answer templates, and departments that are renamed and closed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP, DOWN = ASCENDING, DESCENDING

INDEXES: dict[str, list[IndexModel]] = {
    "absences": [
        IndexModel([("deputy", UP), ("until", UP)]),
        IndexModel([("person", UP), ("until", UP)]),
        IndexModel([("since", DOWN)]),
    ],
    "answer_templates": [
        IndexModel([("by", UP), ("client_id", UP)], unique=True),
        IndexModel([("department", UP), ("active", UP)]),
    ],
    "persons": [IndexModel([("grants.department", UP)])],
}

_NEW: dict[str, Any] = {"review_answers": False, "renamed": [], "coming": [], "version": 0}


def apply(database: Database[Any]) -> None:
    """Make what is missing; departments stored before get the new fields."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(indexes)
    for field, value in _NEW.items():
        database["departments"].update_many({field: {"$exists": False}}, {"$set": {field: value}})
