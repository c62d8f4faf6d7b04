"""Emptying the database that tests share, at the price of what was written since the last time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bson import Timestamp
from pymongo import WriteConcern
from pymongo.database import Database

from app.foundation import db

Entry = dict[str, Any]
_CHANGES = {"op": {"$in": ["i", "u", "c"]}}
_NAMED = {"ts": 1, "ns": 1, "op": 1, "o.applyOps.ns": 1}


@dataclass
class _Seen:
    """How far the server's log of operations was read, and which collections may have rows."""

    until: Timestamp | None = None
    rows: set[str] = field(default_factory=set)


_seen: dict[tuple[Any, str], _Seen] = {}


def empty(keep: Collection[str]) -> None:
    """Remove all rows of all collections but those of `keep`, whoever wrote them."""
    # Nothing of this need outlive a crash, so nothing waits for the journal.
    database = db.database().with_options(write_concern=WriteConcern(w=1, j=False))
    seen = _seen.setdefault((database.client.address, database.name), _Seen())
    _read_on(database, seen)
    for name in seen.rows - {*keep}:
        database[name].delete_many({})
    seen.rows &= {*keep}


def _read_on(database: Database[Entry], seen: _Seen) -> None:
    log = database.client.local["oplog.rs"]
    if seen.until is None:
        seen.until = log.find_one(sort=[("$natural", -1)])["ts"]
        seen.rows = set(_with_rows(database))
        return
    entries = list(log.find({"ts": {"$gt": seen.until}, **_CHANGES}, _NAMED))
    if entries:
        seen.until = entries[-1]["ts"]
    written = _written(database.name, entries)
    # After anything but plain writes, such as a renaming, the collections themselves are asked.
    seen.rows |= set(_with_rows(database)) if written is None else written


def _written(database: str, entries: Iterable[Entry]) -> set[str] | None:
    """Which collections were written to; None when that is not all that was done."""
    namespaces: set[str] = set()
    for entry in entries:
        if entry["op"] != "c":
            namespaces.add(entry["ns"])
        elif "applyOps" in entry["o"]:
            namespaces |= {each["ns"] for each in entry["o"]["applyOps"]}
        elif entry["ns"].startswith(f"{database}."):
            return None
    return set(_inside(database, namespaces))


def _inside(database: str, namespaces: Iterable[str]) -> Iterator[str]:
    for namespace in namespaces:
        name, _, collection = namespace.partition(".")
        if name == database and not collection.startswith(("system.", "$cmd")):
            yield collection


def _with_rows(database: Database[Entry]) -> list[str]:
    """The collections that have any row: one question, where deleting from all is one each."""
    names = database.list_collection_names()
    if not names:
        return []
    first, *others = names
    each = [{"$unionWith": {"coll": name, "pipeline": _named(name)}} for name in others]
    found = database[first].aggregate([*_named(first), *each])
    return [row["name"] for row in found]


def _named(name: str) -> list[Entry]:
    return [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}]
