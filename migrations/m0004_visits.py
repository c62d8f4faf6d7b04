"""Visits with a state, issues with a source, and enterprises that are not registered yet."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database

UP, DOWN = ASCENDING, DESCENDING

INDEXES: dict[str, list[IndexModel]] = {
    "enterprises": [
        IndexModel(
            [("created_by", UP), ("name", UP), ("unit", UP)],
            unique=True,
            partialFilterExpression={"provisional": True},
        ),
    ],
    "visits": [
        IndexModel([("project", UP), ("started_at", DOWN)]),
        IndexModel([("owner", UP), ("awaited", UP)]),
    ],
    "issues": [
        IndexModel([("owner", UP), ("awaited", UP)]),
        IndexModel([("owner", UP), ("awaited_visit", UP)], sparse=True),
        IndexModel([("visit", UP)]),
        IndexModel([("project", UP), ("state", UP)]),
        IndexModel([("source", UP), ("created_at", DOWN)]),
    ],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing; what was stored before gets the new fields."""
    _let_codes_be_missing(database)
    for name, indexes in INDEXES.items():
        database[name].create_indexes(indexes)
    visits, issues, enterprises = database["visits"], database["issues"], database["enterprises"]
    old = {"state": {"$exists": False}}
    visits.update_many({**old, "ended_at": {"$ne": None}}, {"$set": {"state": "ended"}})
    visits.update_many(old, {"$set": {"state": "open"}})
    visits.update_many({"version": {"$exists": False}}, {"$set": {"version": 1}})
    visits.update_many(
        {"updated_at": {"$exists": False}}, [{"$set": {"updated_at": "$created_at"}}]
    )
    unsourced = {"source": {"$exists": False}}
    issues.update_many({**unsourced, "visit": {"$ne": None}}, {"$set": {"source": "visit"}})
    issues.update_many(unsourced, {"$set": {"source": "wechat"}})
    issues.update_many({"anonymous": {"$exists": False}}, {"$set": {"anonymous": False}})
    enterprises.update_many({"provisional": {"$exists": False}}, {"$set": {"provisional": False}})


def _let_codes_be_missing(database: Database[Any]) -> None:
    """The credit code is unique where there is one; before, there was one everywhere."""
    enterprises = database["enterprises"]
    had = enterprises.index_information().get("credit_code_1")
    if had is not None and "partialFilterExpression" not in had:
        enterprises.drop_index("credit_code_1")
    known = {"credit_code": {"$type": "string"}}
    enterprises.create_index([("credit_code", UP)], unique=True, partialFilterExpression=known)
