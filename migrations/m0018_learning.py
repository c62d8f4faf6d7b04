"""Indexes of learning: the steps that the courses of issues are read from, by issue."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

UP = ASCENDING

# As in `app.learning.courses`; a database keeps what it was once made with.
STEPS = [
    "route",
    "refer",
    "place",
    "dispatch",
    "return",
    "object",
    "transfer",
    "rule",
    "rule_out",
    "rule_stay",
    "rule_away",
    "answer",
    "restrict",
    "release",
]

INDEXES: dict[str, list[IndexModel]] = {
    "history": [
        IndexModel(
            [("thing_id", UP), ("action", UP)],
            name="learning_steps",
            partialFilterExpression={"action": {"$in": STEPS}},
        )
    ],
    "issues": [IndexModel([("created_at", UP), ("unit", UP)], name="filed_by_unit")],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing."""
    for name, indexes in INDEXES.items():
        database[name].create_indexes(indexes)
