"""Policies, claims, objections, payouts, proposals to adjust."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

from app.foundation.entries import indexes

UP, DOWN = ASCENDING, DESCENDING
TEXT = {"$type": "string"}
NEWEST = [("created_at", DOWN), ("_id", DOWN)]


def _once(maker: str) -> IndexModel:
    return IndexModel(
        [(maker, UP), ("client_id", UP)],
        name="client_id",
        unique=True,
        partialFilterExpression={"client_id": TEXT},
    )


def _slot() -> IndexModel:
    return IndexModel(
        [("slot", UP)], name="slot", unique=True, partialFilterExpression={"slot": TEXT}
    )


INDEXES: dict[str, list[IndexModel]] = {
    "policies": [
        IndexModel([("code", UP), ("edition", DOWN)], unique=True),
        IndexModel(
            [("code", UP)],
            name="one_published",
            unique=True,
            partialFilterExpression={"state": "published"},
        ),
        IndexModel([("state", UP), ("code", UP)]),
        IndexModel([("department", UP), ("code", UP)]),
        _once("created_by"),
        IndexModel([("changed", UP)], name="changed"),
    ],
    "claims": [
        _slot(),
        _once("by"),
        IndexModel([("code", UP), ("window", UP), ("state", UP)]),
        IndexModel([("code", UP), *NEWEST]),
        IndexModel([("policy", UP), *NEWEST]),
        IndexModel([("enterprise", UP), *NEWEST]),
        IndexModel([("department", UP), *NEWEST]),
        IndexModel([("state", UP), *NEWEST]),
        IndexModel([("state", UP), ("notice.last", DOWN), ("_id", DOWN)]),
        IndexModel(NEWEST),
    ],
    "objections": [
        _once("by"),
        IndexModel([("claim", UP), ("state", UP)]),
        IndexModel([("code", UP), ("state", UP), ("created_at", UP)]),
    ],
    "payouts": [
        *indexes(),
        IndexModel([("enterprise", UP), ("on", DOWN)]),
        IndexModel([("claim", UP)]),
    ],
    "policy_proposals": [
        _slot(),
        _once("by"),
        IndexModel([("code", UP), ("state", UP)]),
        IndexModel([("department", UP), *NEWEST]),
        IndexModel([("followers", UP)]),
    ],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, found in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(found)
