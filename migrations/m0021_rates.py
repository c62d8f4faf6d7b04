"""Standings of projects, the cells that sum them up; those of the projects there are, are owed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

from app.foundation import clock
from app.projects.ties import owe_standing

UP = ASCENDING
COHORTS = ("signed", "filed", "started", "production")

INDEXES: dict[str, list[IndexModel]] = {
    "standings": [
        IndexModel([("unit", UP)]),
        IndexModel([("commissioner", UP)]),
        *(IndexModel([(f"dates.{stage}", UP)], sparse=True) for stage in COHORTS),
    ],
    "standing_particulars": [
        IndexModel(
            [("project", UP)],
            name="one_current",
            unique=True,
            partialFilterExpression={"superseded_at": None},
        ),
        IndexModel([("project", UP), ("known_at", UP)]),
    ],
    "rate_cells": [IndexModel([("family", UP), ("kind", UP), ("span", UP)])],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing, and owe a standing to each project that has none."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(indexes)
    have = set(database["standings"].distinct("_id"))
    owe_standing(
        (key for key in database["projects"].distinct("_id") if key not in have), clock.now()
    )
