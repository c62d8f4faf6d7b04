"""Draws, spot checks, findings on closures, cases; and finding answered tickets by their day."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

UP, DOWN = ASCENDING, DESCENDING
NEWEST = [("created_at", DOWN), ("_id", DOWN)]
CLIENT_ID = IndexModel([("by", UP), ("client_id", UP)], name="client_id", unique=True)
LEADS = {"role": "lead"}
REDONE = {"rounds.0": {"$exists": True}}

INDEXES: dict[str, list[IndexModel]] = {
    "draws": [CLIENT_ID, IndexModel(NEWEST)],
    "draw_populations": [],
    "checks": [
        IndexModel([("draw", UP), ("item_id", UP)], name="drawn_once", unique=True),
        IndexModel([("inspector", UP), ("state", UP), ("due_at", UP)]),
        IndexModel([("shown_department", UP), ("recorded_at", DOWN)]),
        IndexModel([("shown_unit", UP), ("recorded_at", DOWN)]),
        IndexModel([("item_id", UP)]),
        IndexModel([("due_at", UP), ("_id", UP)], name="due"),
    ],
    "closure_findings": [
        IndexModel([("ticket", UP), ("answered_at", UP)], name="one_each", unique=True),
        IndexModel([("state", UP), ("answered_at", DOWN)]),
    ],
    "cases": [
        CLIENT_ID,
        IndexModel([("by", UP), *NEWEST]),
        IndexModel([("known_to", UP), *NEWEST]),
        IndexModel([("open_to_staff", UP), *NEWEST]),
        IndexModel([("state", UP), *NEWEST]),
        IndexModel(NEWEST),
    ],
    "tickets": [
        IndexModel([("answered_at", UP)], name="leads_answered", partialFilterExpression=LEADS),
        IndexModel(
            [("rounds.answered_at", UP)], name="redone_answered", partialFilterExpression=REDONE
        ),
        IndexModel([("state", UP), ("ended_at", UP)], name="state_ended"),
    ],
    "visits": [IndexModel([("ended_at", UP)], name="ended")],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, made in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        if made:
            database[name].create_indexes(made)
