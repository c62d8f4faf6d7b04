"""Many writes to one collection in one go to the database, tracked documents included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pymongo import InsertOne, UpdateOne
from pymongo.collection import Collection

from app.foundation.changes import Tracked, stamped_insert, stamped_update
from app.foundation.db import Row, collection, within_transaction
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
WORTH_A_LOOK = 100


def write_all(kind: type[Document], writes: Sequence[Write]) -> None:
    """Do them all, in order, a thousand to a message; joins the surrounding transaction.

    Raises Stale when a change found nothing: somebody was faster. Raises pymongo's BulkWriteError for what
    a unique index refuses.
    """
    rows = collection(kind._get_collection_name())
    wanted = _looked_up(rows, writes) if within_transaction() else writes
    for start in range(0, len(wanted), ALL_AT_ONCE):
        some = wanted[start : start + ALL_AT_ONCE]
        done = rows.bulk_write([_operation(kind, each) for each in some])
        if done.matched_count < sum(isinstance(each, Change) for each in some):
            raise Stale("changed_meanwhile")


def take_turns(kind: type[Document], rows: Iterable[Mapping[str, Any]]) -> None:
    """Give each row, as it was read, its next version: what people do by what they read of it, or of what
    hangs on it, comes one after the other.

    Joins the surrounding transaction. The rows must have been read before whatever else is judged. Raises
    Stale when one was changed since.
    """
    next_one = {"$inc": {"version": 1}}
    writes = [
        Change({"_id": row["_id"], "version": row.get("version")}, next_one)
        for row in {row["_id"]: row for row in rows}.values()
    ]
    if writes:
        write_all(kind, writes)


def _looked_up(rows: Collection[Row], writes: Sequence[Write]) -> Sequence[Write]:
    """The same writes, with changes by their `_id` alone once all of them are seen to fit: twice as fast.

    The transaction sees one state of things throughout. Whoever changes a row after this look makes its
    write conflict, the whole of it run again, and the next look find what they did. Raises Stale.
    """
    changes = [each for each in writes if isinstance(each, Change)]
    keys = {each.filter.get("_id") for each in changes} - {None}
    if len(changes) < WORTH_A_LOOK or len(keys) < len(changes):
        return writes
    by_guard: dict[str, tuple[Row, list[Any]]] = {}
    for each in changes:
        guard = {name: value for name, value in each.filter.items() if name != "_id"}
        by_guard.setdefault(repr(guard), (guard, []))[1].append(each.filter["_id"])
    for guard, some in by_guard.values():
        if rows.count_documents({"_id": {"$in": some}, **guard}) < len(some):
            raise Stale("changed_meanwhile")
    return [
        Change({"_id": each.filter["_id"]}, each.update) if isinstance(each, Change) else each
        for each in writes
    ]


def _operation(kind: type[Document], write: Write) -> InsertOne[Row] | UpdateOne:
    tracked = issubclass(kind, Tracked)
    if isinstance(write, Insert):
        return InsertOne(stamped_insert(write.row) if tracked else write.row)
    return UpdateOne(write.filter, stamped_update(write.update) if tracked else write.update)
