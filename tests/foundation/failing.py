"""A database that fails on command: mongod's own failpoint, after a number of writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.foundation import db

WRITES = ["insert", "update", "delete", "findAndModify", "commitTransaction"]
UNKNOWN_ERROR = 8  # not among those that the driver tries again
PASSING = ("counters",)  # numbers come in blocks from outside the transaction, gaps allowed


@contextmanager
def failing_after(writes: int, commands: list[str] | None = None) -> Iterator[None]:
    """Every write (commits are writes) past the first `writes` fails."""
    data = {"failCommands": commands or WRITES, "errorCode": UNKNOWN_ERROR}
    with failpoint({"skip": writes}, data):
        yield


@contextmanager
def failpoint(mode: Any, data: dict[str, Any]) -> Iterator[None]:
    admin = db.client().admin
    admin.command({"configureFailPoint": "failCommand", "mode": mode, "data": data})
    try:
        yield
    finally:
        admin.command({"configureFailPoint": "failCommand", "mode": "off"})
        # A commit that was answered with an error leaves its transaction open, and its locks held.
        admin.command({"killAllSessions": []})


def dump() -> dict[str, list[dict[str, Any]]]:
    """Everything in the database, by collection, by id."""
    names = [name for name in db.database().list_collection_names() if name not in PASSING]
    return {name: list(db.database()[name].find().sort("_id", 1)) for name in sorted(names)}
