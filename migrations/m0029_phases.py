"""Standings that know what is not stated, and which of their phases came when: all are owed anew."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

from app.foundation import clock
from app.projects.ties import TIME, owe_standing

UP = ASCENDING
INDEXES = [
    IndexModel([("phased", UP)], partialFilterExpression={"phased": True}),
    IndexModel([("pledged.pledge", UP), ("pledged.since", UP)]),
]


def apply(database: Database[Any]) -> None:
    """Make what is missing, and owe it that every standing is made anew."""
    database["standings"].create_indexes(INDEXES)
    owe_standing(database["projects"].distinct("_id"), clock.now(), TIME)
