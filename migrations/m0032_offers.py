"""Finance tools, introductions, opportunities, interests, leads, pools, events."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP, DOWN = ASCENDING, DESCENDING
TEXT = {"$type": "string"}
NEWEST = [("created_at", DOWN), ("_id", DOWN)]
CHANGED = IndexModel([("changed", UP)], name="changed")


def _once(maker: str) -> IndexModel:
    return IndexModel(
        [(maker, UP), ("client_id", UP)],
        name="client_id",
        unique=True,
        partialFilterExpression={"client_id": TEXT},
    )


INDEXES: dict[str, list[IndexModel]] = {
    "finance_tools": [IndexModel([("code", UP)], unique=True), _once("created_by"), CHANGED],
    "introductions": [
        _once("by"),
        IndexModel(
            [("slot", UP)], name="slot", unique=True, partialFilterExpression={"slot": TEXT}
        ),
        IndexModel([("enterprise", UP), *NEWEST]),
        IndexModel([("tool", UP), *NEWEST]),
        IndexModel([("department", UP), *NEWEST]),
        IndexModel([("owner", UP), *NEWEST]),
        IndexModel([("issue", UP)]),
        IndexModel(NEWEST),
    ],
    "opportunities": [
        _once("by"),
        IndexModel([("state", UP), *NEWEST]),
        IndexModel([("enterprise", UP), *NEWEST]),
        IndexModel([("department", UP), *NEWEST]),
        IndexModel([("place", UP), *NEWEST]),
        IndexModel([("staff", UP), *NEWEST]),
        IndexModel([("by", UP), *NEWEST]),
        IndexModel(NEWEST),
    ],
    "interests": [
        _once("by"),
        IndexModel([("opportunity", UP), ("enterprise", UP)], unique=True),
        IndexModel([("enterprise", UP), *NEWEST]),
        *(
            IndexModel([(side, UP), ("released", UP), *NEWEST])
            for side in ("of", "of_department", "of_unit")
        ),
        IndexModel([("owner", UP), *NEWEST]),
        IndexModel(NEWEST),
    ],
    "leads": [
        IndexModel([("code", UP)], unique=True),
        _once("created_by"),
        IndexModel([("enterprise", UP), ("found_on", DOWN)]),
        IndexModel([("department", UP), ("found_on", DOWN)]),
        IndexModel([("owner", UP), ("found_on", DOWN)]),
        IndexModel([("event", UP)]),
        IndexModel([("found_on", DOWN), ("_id", DOWN)]),
        CHANGED,
    ],
    "pool_members": [
        IndexModel(
            [("pool", UP), ("project", UP), ("enterprise", UP), ("lead", UP), ("since", UP)],
            name="one_of_a_day",
            unique=True,
        ),
        # Two who put the same in at once from different days meet here.
        IndexModel(
            [("pool", UP), ("project", UP), ("enterprise", UP), ("lead", UP)],
            name="still_in_once",
            unique=True,
            partialFilterExpression={"until": {"$type": "null"}},
        ),
        _once("created_by"),
        IndexModel([("pool", UP), ("since", DOWN), ("_id", DOWN)]),
        CHANGED,
    ],
    "event_templates": [IndexModel([("code", UP)], unique=True)],
    "events": [
        _once("by"),
        IndexModel([("on", DOWN), ("_id", DOWN)]),
        IndexModel([("units", UP), ("on", DOWN), ("_id", DOWN)]),
        *(
            IndexModel([(name, UP), ("on", DOWN), ("_id", DOWN)])
            for name in ("followers", "owner", "department")
        ),
    ],
    "event_items": [
        IndexModel([("event", UP), ("code", UP)], unique=True),
        IndexModel([("responsible", UP), ("state", UP), ("due_on", UP)]),
    ],
    "projects": [IndexModel([("pools", UP)]), IndexModel([("industry", UP), ("course", UP)])],
    "enterprises": [IndexModel([("sector", UP), ("unit", UP)])],
    "expansion_intents": [IndexModel([("issues", UP)])],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, found in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(found)
