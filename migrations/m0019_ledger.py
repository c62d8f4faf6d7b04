"""The ledger: entries of stages, figures, plans and scale; dictionaries; masters of fields."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

from app.foundation.entries import indexes

UP = ASCENDING
CLIENT_ID = IndexModel(
    [("created_by", UP), ("client_id", UP)],
    name="client_id",
    unique=True,
    partialFilterExpression={"client_id": {"$type": "string"}},
)
CHANGED = IndexModel([("changed", UP)], name="changed")

INDEXES: dict[str, list[IndexModel]] = {
    "projects": [CLIENT_ID, CHANGED],
    "enterprises": [IndexModel([("commissioner", UP)]), CLIENT_ID, CHANGED],
    "stage_entries": [*indexes(), IndexModel([("project", UP), ("superseded_at", UP)])],
    "figure_entries": [
        *indexes(),
        IndexModel([("subject", UP), ("month", UP)]),
        IndexModel([("month", UP), ("kind", UP)]),
    ],
    "plan_entries": [*indexes(), IndexModel([("project", UP), ("year", UP)])],
    "scale_entries": [*indexes(), IndexModel([("enterprise", UP), ("on", UP)])],
    "month_locks": [IndexModel([("month", UP)], unique=True)],
    "terms": [IndexModel([("dictionary", UP), ("code", UP)], unique=True)],
    "masters": [IndexModel([("register", UP), ("field", UP)], unique=True)],
}
UNSTAMPED = {"changed": {"$exists": False}}


def apply(database: Database[Any]) -> None:
    """Make what is missing; what is there already counts as changed now."""
    for name, made in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(made)
    for name in ("projects", "enterprises"):
        stamp = {"$currentDate": {"changed": {"$type": "timestamp"}}}
        database[name].update_many(UNSTAMPED, stamp)
