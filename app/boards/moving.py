"""Writing facts and cells: what ends, what begins, and the difference that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from app.boards import cells
from app.boards.cells import Counts, Made
from app.boards.documents import FOREVER, BoardCell, Fact
from app.boards.sources.base import At, Owner
from app.boards.sources.table import SOURCES
from app.foundation.db import Row

BATCH = 1000
_UNTIED: Row = {"ties": []}
_CONTENT = ("kind", "subject", "cells", "sums", "ties", "rank", "turns_at")


def write(gen: int, owners: Iterable[Owner], at: At) -> None:
    """Let the facts of these owners be what their records make of them at a moment.

    Inside the caller's transaction. Where the ties of one change, so do the facts of what hangs on it.
    """
    todo: dict[str, dict[ObjectId, None]] = {name: {} for name in SOURCES}
    for name, key in owners:
        todo[name][key] = None
    counts: Counts = {}
    for name, source in SOURCES.items():
        for some in _some(todo[name]):
            tied = _replace(gen, name, some, at, counts)
            for other, key in source.hang(tied) if source.hang and tied else ():
                todo[other][key] = None
    add(counts)


def add(counts: Counts) -> None:
    """Add numbers to stored cells; those that come to nothing go. Joins the surrounding transaction."""
    moved = cells.changed(counts)
    for some in _some(sorted(moved)):
        writes = [
            UpdateOne({"_id": key}, {"$inc": _increments(moved[key])}, upsert=True) for key in some
        ]
        BoardCell.rows().bulk_write(writes, ordered=False)
        BoardCell.rows().delete_many({"_id": {"$in": list(some)}, "n": 0})


def row_of(gen: int, name: str, owner: ObjectId, made: Made, at: At) -> Row:
    """A fact as it is stored when it begins."""
    told = {"_id": ObjectId(), "gen": gen, "key": made.key, "owner": f"{name}:{owner}"}
    return {**told, **made.content(gen), "since": at.now, "until": FOREVER}


def _replace(
    gen: int, name: str, keys: Sequence[ObjectId], at: At, counts: Counts
) -> list[ObjectId]:
    """Of these owners: end the facts that are so no more, begin what is; those whose ties changed."""
    theirs = {"gen": gen, "owner": {"$in": [f"{name}:{key}" for key in keys]}, "until": FOREVER}
    before = {row["key"]: row for row in Fact.rows().find(theirs)}
    made = {
        each.key: row_of(gen, name, key, each, at) for key, each in SOURCES[name].make(keys, at)
    }
    ended = [row for row in before.values() if not _same(row, made.get(row["key"]))]
    begun = [row for row in made.values() if not _same(row, before.get(row["key"]))]
    for row in ended:
        cells.count(counts, row, -1)
    for row in begun:
        cells.count(counts, row)
    if ended:
        gone = {"_id": {"$in": [row["_id"] for row in ended]}}
        Fact.rows().update_many(gone, {"$set": {"until": at.now}})
    if begun:
        Fact.rows().insert_many(begun)
    return [_owner(row) for row in begun if row["ties"] != before.get(row["key"], _UNTIED)["ties"]]


def _same(row: Row, other: Row | None) -> bool:
    return other is not None and all(row[each] == other[each] for each in _CONTENT)


def _owner(row: Row) -> ObjectId:
    return ObjectId(row["owner"].partition(":")[2])


def _increments(values: Mapping[str, int]) -> Row:
    return {name if name == "n" else f"sums.{name}": value for name, value in values.items()}


def _some(keys: Iterable[Any]) -> Iterator[list[Any]]:
    found = list(keys)
    for start in range(0, len(found), BATCH):
        yield found[start : start + BATCH]
