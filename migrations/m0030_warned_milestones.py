"""A warning has one open milestone at most, and those that it had before."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

OLD = "warning_1"
ONE_OPEN = IndexModel(
    [("warning", ASCENDING)],
    name="one_open_of_a_warning",
    unique=True,
    partialFilterExpression={"warning": {"$type": "objectId"}, "state": "open"},
)


def apply(database: Database[Any]) -> None:
    """Put the new index in the place of the old one."""
    milestones = database["milestones"]
    milestones.create_indexes([ONE_OPEN])
    if OLD in milestones.index_information():
        milestones.drop_index(OLD)
