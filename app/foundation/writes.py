"""Many writes to one collection in one go to the database, tracked documents included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pymongo import InsertOne, UpdateOne

from app.foundation.changes import Tracked, stamped_insert, stamped_update
from app.foundation.db import Row, collection
from app.foundation.documents import Document
from app.foundation.errors import Stale


@dataclass(frozen=True, slots=True)
class Insert:
    """A new row; it has its `_id`."""

    row: Row

    @property
    def id(self) -> ObjectId:
        """The new thing's id."""
        return self.row["_id"]  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Change:
    """An update, by operators, of the one row that the filter finds; that one must be there."""

    filter: Mapping[str, Any]
    update: Mapping[str, Any]


Write = Insert | Change
ALL_AT_ONCE = 1000


def write_all(kind: type[Document], writes: Sequence[Write]) -> None:
    """Do them all, in order, a thousand to a message; joins the surrounding transaction.

    Raises Stale when a change found nothing: somebody was faster. Raises pymongo's BulkWriteError for what
    a unique index refuses.
    """
    rows = collection(kind._get_collection_name())
    for start in range(0, len(writes), ALL_AT_ONCE):
        some = writes[start : start + ALL_AT_ONCE]
        done = rows.bulk_write([_operation(kind, each) for each in some])
        if done.matched_count < sum(isinstance(each, Change) for each in some):
            raise Stale("changed_meanwhile")


def _operation(kind: type[Document], write: Write) -> InsertOne[Row] | UpdateOne:
    tracked = issubclass(kind, Tracked)
    if isinstance(write, Insert):
        return InsertOne(stamped_insert(write.row) if tracked else write.row)
    return UpdateOne(write.filter, stamped_update(write.update) if tracked else write.update)
