"""The cells from scratch: what they must come to, and putting that in the place of what is stored."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import bson
from bson import ObjectId

from app.foundation.db import Row, transaction
from app.projects.rates import restanding, rollups
from app.projects.rates.documents import Cell, StoredStanding
from app.projects.rates.rollups import Cells, Key, Side, Values
from app.projects.rates.standing import of_row


@dataclass(frozen=True, slots=True)
class _Counted:
    """A standing that was counted: its version, and all of it, packed."""

    version: int
    packed: bytes


def computed(rows: Iterable[Row] | None = None) -> Cells:
    """The cells that standings come to together: those of the stored rows, all there are by itself."""
    found: dict[tuple[str, tuple[Side, ...], str], Values] = {}
    for row in StoredStanding.rows().find({}) if rows is None else rows:
        standing = of_row(row)
        for family, fields in rollups.FAMILIES.items():
            sides = tuple(row[field] for field in fields)
            for span, values in rollups.spans_of(standing).items():
                held = found.setdefault((family, sides, span), {})
                for name, value in values.items():
                    held[name] = held.get(name, 0) + value
    return {Key(*key): values for key, values in found.items()}


def stored() -> Cells:
    """The cells as they are stored; what is 0 is left out."""
    found: Cells = {}
    for row in Cell.rows().find({}):
        sides = tuple(row[side] for side in rollups.FAMILIES[row["family"]])
        if values := rollups.numbers(row):
            found[Key(row["family"], sides, row["span"])] = values
    return found


def rebuild() -> None:
    """Make all cells anew from the standings, at once for all who read.

    They are counted beforehand, which takes its time; of what is made anew meanwhile the difference is
    added. What is made anew during the writing itself meets it in the cells, and one of both runs again.
    """
    counted: dict[ObjectId, _Counted] = {}

    def rows() -> Iterable[Row]:
        for row in StoredStanding.rows().find({}):
            counted[row["_id"]] = _Counted(row["version"], zlib.compress(bson.encode(row), 1))
            yield row

    cells = [
        {"_id": key.id, **key.fields(), **rollups.stored(values)}
        for key, values in computed(rows()).items()
    ]

    def work() -> None:
        Cell.rows().delete_many({})
        if cells:
            Cell.rows().insert_many(cells)
        restanding.write_cells(_since(counted))

    transaction(work)


def _since(counted: dict[ObjectId, _Counted]) -> Cells:
    """What has changed of standings since they were counted."""
    fresh = [
        row["_id"]
        for row in StoredStanding.rows().find({}, {"version": 1})
        if row["_id"] not in counted or counted[row["_id"]].version != row["version"]
    ]
    changes: Cells = {}
    for row in StoredStanding.rows().find({"_id": {"$in": fresh}}) if fresh else ():
        was = counted.get(row["_id"])
        before = of_row(bson.decode(zlib.decompress(was.packed))) if was else None
        rollups.add(changes, rollups.change(before, of_row(row)))
    return changes
