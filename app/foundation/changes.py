"""Knowing what changed: every write to a tracked document gives it a new stamp of the database's own clock.

The stamp is MongoDB's cluster time, ticked once for each document: unique, never running back, and none
of our clocks is asked. mongod sets it while it writes, so a change becomes visible, if at all, before its
transaction is too old to live (`LATEST_COMMIT`): whoever reads up to that long ago misses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from bson import Timestamp
from mongoengine.base import BaseField
from pymongo.collection import Collection
from pymongo.results import InsertManyResult, InsertOneResult, UpdateResult

from app.foundation import db
from app.foundation.db import Row
from app.foundation.documents import Document

STAMP = "changed"
LATEST_COMMIT = 120
"""Seconds. mongod ends a transaction after 60 (`transactionLifetimeLimitSeconds`), looking every 30; the
rest is for clocks of its members that differ."""

_NEW = Timestamp(0, 0)  # mongod puts its time in the place of an empty one
_SET = {STAMP: {"$type": "timestamp"}}


class Stamping(Collection[Row]):
    """A collection whose rows are stamped with each insert and update. Other kinds of writes are refused."""

    def insert_one(self, document: Any, *args: Any, **options: Any) -> InsertOneResult:
        """As always, stamped."""
        return super().insert_one(stamped_insert(document), *args, **options)

    def insert_many(self, documents: Any, *args: Any, **options: Any) -> InsertManyResult:
        """As always, stamped."""
        stamped = [stamped_insert(document) for document in documents]
        return super().insert_many(stamped, *args, **options)

    def update_one(self, filter: Any, update: Any, *args: Any, **options: Any) -> UpdateResult:
        """As always, stamped."""
        return super().update_one(filter, stamped_update(update), *args, **options)

    def update_many(self, filter: Any, update: Any, *args: Any, **options: Any) -> UpdateResult:
        """As always, each stamped."""
        return super().update_many(filter, stamped_update(update), *args, **options)

    def find_one_and_update(self, filter: Any, update: Any, *args: Any, **options: Any) -> Any:
        """As always, stamped."""
        return super().find_one_and_update(filter, stamped_update(update), *args, **options)

    def replace_one(self, *args: Any, **options: Any) -> Any:
        """Refused."""
        raise NotImplementedError("would lose the stamp: update instead")

    find_one_and_replace = bulk_write = replace_one


class StampField(BaseField):
    """A BSON timestamp that only the database sets."""


class Tracked(Document):
    """A document that knows when it last changed, as others can see it."""

    changed: Timestamp | None = StampField()

    meta: ClassVar[dict[str, Any]] = {"abstract": True, "auto_create_index": False}

    @classmethod
    def rows(cls) -> Collection[Row]:
        """The collection, stamping what is written."""
        return db.collection(cls._get_collection_name(), Stamping)


def cluster_time() -> Timestamp:
    """The database's present time: no stamp that is visible by now is later."""
    with db.client().start_session() as session:
        db.database().command("ping", session=session)
        told = session.cluster_time
    if told is None:
        raise RuntimeError("MongoDB runs without a replica set")
    return told["clusterTime"]  # type: ignore[no-any-return]


def settled(now: Timestamp) -> Timestamp:
    """Up to where all there will ever be is visible, if it is `now`."""
    return Timestamp(max(now.time - LATEST_COMMIT, 0), 0)


def stamped_insert(document: Row) -> Row:
    """The row itself, to be stamped when it is inserted."""
    document[STAMP] = _NEW
    return document


def stamped_update(update: Any) -> dict[str, Any]:
    """The update, stamping what it changes. Raises NotImplementedError for a pipeline."""
    if not isinstance(update, Mapping):
        raise NotImplementedError("a pipeline cannot tick the clock: use operators")
    return {**update, "$currentDate": {**update.get("$currentDate", {}), **_SET}}
