"""What the database really did: its own record of each query, with the plan that it ran by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.foundation import db

BYTES = 256 * 2**20


class Watched:
    """The queries since the watch began."""

    def __init__(self, collections: tuple[str, ...]) -> None:
        name = db.database().name
        self._of = {"ns": {"$in": [f"{name}.{each}" for each in collections]}}

    def seen(self) -> int:
        """How many there were."""
        return db.database()["system.profile"].count_documents(self._of)

    def without_index(self) -> list[Any]:
        """Those that looked through a whole collection, or sorted in memory."""
        bad = {"$or": [{"planSummary": {"$regex": "COLLSCAN"}}, {"hasSortStage": True}]}
        found = db.database()["system.profile"].find({**self._of, **bad})
        return [(row["planSummary"], row["command"]) for row in found]


@contextmanager
def watching(*collections: str) -> Iterator[Watched]:
    """Have the database write down every query on these collections."""
    database = db.database()
    _off()
    database.create_collection("system.profile", capped=True, size=BYTES)
    database.command("profile", 2)
    try:
        yield Watched(collections)
    finally:
        _off()


def _off() -> None:
    database = db.database()
    database.command("profile", 0)
    database.drop_collection("system.profile")
