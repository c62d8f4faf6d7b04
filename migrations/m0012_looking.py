"""Indexes of lists and reports, what things are found by, kept filters and frozen figures.

The names of the indexes are those that `app.issues.looking` asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne
from pymongo.database import Database
from pymongo.errors import CollectionInvalid, OperationFailure

from app.issues import search_terms

UP, DOWN = ASCENDING, DESCENDING
Keys = list[tuple[str, int]]
Row = dict[str, Any]
BATCH = 500
_NOT_FOUND = 27

UNTAKEN = {"state": "dispatched", "assignee": None}
BY_DUE: Keys = [("urgent", DOWN), ("due_at", UP), ("_id", UP)]
BY_DISPATCHED: Keys = [("dispatched_at", DOWN), ("_id", DOWN)]
NEWEST: Keys = [("created_at", DOWN), ("_id", DOWN)]
TIMES = ("dispatched_at", "accept_by", "resolve_by", "answered_at")
# The steps that figures are made of.
STEPS = [
    "dispatch",
    "return",
    "object",
    "transfer",
    "answer",
    "resolve",
    "lapse",
    "reopen",
    "conclude",
]


def _tickets() -> Iterator[IndexModel]:
    for tail, order in (("due", BY_DUE), ("dispatched", BY_DISPATCHED)):
        for first in ("assignee", "department", "unit", "category"):
            yield IndexModel([(first, UP), ("state", UP), *order], name=f"{first}_by_{tail}")
        yield IndexModel([("state", UP), *order], name=f"all_by_{tail}")
        to_take = [("department", UP), ("level", UP), *order]
        yield IndexModel(to_take, name=f"to_take_by_{tail}", partialFilterExpression=UNTAKEN)
    yield IndexModel([("grams", UP)], name="by_grams")
    live = {"partialFilterExpression": {"live": True}}
    yield IndexModel([("department", UP), ("level", UP)], name="live_by_department", **live)
    yield IndexModel([("level", UP)], name="live_by_level", **live)
    redone = {"partialFilterExpression": {"rounds.0": {"$exists": True}}}
    for time in TIMES:
        yield IndexModel([("department", UP), (time, UP)])
        yield IndexModel([("department", UP), (f"rounds.{time}", UP)], **redone)


def _issues() -> Iterator[IndexModel]:
    for first in (
        "followers",
        "owner",
        "commissioner",
        "project",
        "enterprise",
        "departments",
        "unit",
        "category",
        "source",
    ):
        yield IndexModel([(first, UP), ("state", UP), *NEWEST], name=f"{first}_newest")
    ended = {"partialFilterExpression": {"outcome": {"$exists": True}}}
    yield IndexModel([("outcome", UP), ("state", UP), *NEWEST], name="outcome_newest", **ended)
    yield IndexModel([("state", UP), *NEWEST], name="all_newest")
    yield IndexModel([("grams", UP)], name="by_grams")


INDEXES: dict[str, list[IndexModel]] = {
    "tickets": list(_tickets()),
    "issues": list(_issues()),
    "history": [
        IndexModel([("action", UP), ("at", UP)], partialFilterExpression={"action": {"$in": STEPS}})
    ],
    "saved_filters": [IndexModel([("person", UP), ("client_id", UP)], unique=True)],
    "frozen_figures": [
        IndexModel([("month", UP), ("department", UP), ("person", UP)], unique=True)
    ],
}
# What the new ones do as well, by the names that MongoDB gave them.
REPLACED = {
    "tickets": [
        "department_1_live_1_due_at_1",
        "department_1_state_1_due_at_1",
        "assignee_1_live_1_due_at_1",
        "state_1_due_at_1",
        "unit_1_live_1_due_at_1",
    ],
    "issues": [
        "owner_1_created_at_-1",
        "commissioner_1_created_at_-1",
        "enterprise_1_created_at_-1",
        "departments_1_created_at_-1",
        "unit_1_created_at_-1",
        "state_1_created_at_-1",
        "source_1_created_at_-1",
        "followers_1_created_at_-1",
        "project_1_state_1",
    ],
}


def apply(database: Database[Any]) -> None:
    """Make what is missing; what was stored before is found by its words too."""
    for name, indexes in INDEXES.items():
        with suppress(CollectionInvalid):
            database.create_collection(name)
        database[name].create_indexes(indexes)
    for name, old in REPLACED.items():
        for index in old:
            _drop(database, name, index)
    _fill(database, "issues", _of_issues)
    _fill(database, "tickets", _of_tickets)


def _drop(database: Database[Any], collection: str, index: str) -> None:
    try:
        database[collection].drop_index(index)
    except OperationFailure as error:
        if error.code != _NOT_FOUND:
            raise


def _fill(database: Database[Any], name: str, found_by: Any) -> None:
    """Some at a time; not through `rows()`, since nothing changes that a phone would want to know."""
    rows = iter(database[name].find({"grams": {"$exists": False}}))
    while some := list(islice(rows, BATCH)):
        changes = [
            UpdateOne({"_id": key, "grams": {"$exists": False}}, {"$set": found})
            for key, found in found_by(database, some)
        ]
        database[name].bulk_write(changes, ordered=False)


def _of_issues(_: Database[Any], rows: Iterable[Row]) -> Iterator[tuple[Any, Row]]:
    for row in rows:
        external = row.get("external_number")
        yield row["_id"], search_terms.of_issue(row["number"], row["text"], external)


def _of_tickets(database: Database[Any], rows: list[Row]) -> Iterator[tuple[Any, Row]]:
    issues = _named(database, "issues", "enterprise", {row["issue"] for row in rows})
    firms = _named(database, "enterprises", "name", set(issues.values()))
    for row in rows:
        firm = firms.get(issues.get(row["issue"]))
        yield row["_id"], search_terms.of_ticket(row["number"], row["excerpt"], firm)


def _named(database: Database[Any], collection: str, field: str, keys: set[Any]) -> dict[Any, Any]:
    found = database[collection].find({"_id": {"$in": list(keys)}}, {field: 1})
    return {row["_id"]: row.get(field) for row in found}
