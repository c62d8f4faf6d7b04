"""What changed in the registers since another platform last asked, in the order it happened.

Nothing is ever deleted: what was an error is superseded by an entry that is void.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bson import Timestamp

from app.exchange import catalog
from app.foundation.changes import STAMP
from app.foundation.db import Row
from app.people.access import require
from app.people.who import Who
from app.registers.register import Register
from app.registers.showing import shown
from app.sync.feed import Change, Position, paged

OF_ENTRIES = ("about", "void", "supersedes", "known_at", "superseded_at", "reason")


@dataclass(frozen=True, slots=True)
class Told:
    """Some changes, each the row as it is now; then `position` to go on from."""

    changes: Sequence[Row]
    position: Position
    has_more: bool


def changes_since(who: Who, names: Sequence[str], position: Position, most: int) -> Told:
    """At most `most` changes of these registers behind `position`; none that commits late is missed.

    Raises Forbidden, NotFound for an unknown register.
    """
    require(who, "exchange.changes")
    registers = [catalog.of(name) for name in names]
    queries = {each.name: catalog.rows_of(who, each) for each in registers}

    def read(after: Timestamp, limit: int) -> Iterator[list[Change]]:
        for register in registers:
            query = {"$and": [queries[register.name], {STAMP: {"$gt": after}}]}
            rows = register.document.rows().find(query).sort(STAMP, 1).limit(limit)
            yield [(register.name, row) for row in rows]

    page = paged(read, position, most)
    return Told(_described(page.changes), page.position, page.has_more)


def _described(changes: Sequence[Change]) -> list[Row]:
    """Each by the names of its register's fields, in the same order."""
    by_register: dict[str, list[Row]] = {}
    for name, row in changes:
        by_register.setdefault(name, []).append(row)
    values = {name: iter(shown(catalog.of(name), rows)) for name, rows in by_register.items()}
    return [_one(catalog.of(name), row, next(values[name])) for name, row in changes]


def _one(register: Register, row: Row, values: Row) -> Row:
    told: dict[str, Any] = dict.fromkeys(OF_ENTRIES)
    if register.entries:
        told |= {name: row.get(name) for name in OF_ENTRIES}
    return {
        "register": register.name,
        "id": row["_id"],
        "values": values,
        "entry": told if register.entries else None,
        "version": row.get("version"),
        "source": row.get("source"),
        "historic": row.get("historic", False),
    }
