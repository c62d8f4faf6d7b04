"""All facts and cells from nothing: the first time, and when they are to be made by other rules.

A building has a number of its own: until it is done, boards are read from the one before. It takes as long
as it takes, some records at a time; what changes meanwhile is folded by its last step. A worker that is
killed in it loses what it built, and the next begins again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from pymongo.write_concern import WriteConcern

from app.boards import cells, changes, moving
from app.boards.cells import Counts
from app.boards.changes import Changes
from app.boards.documents import FOREVER, ONE, BoardCell, Fact, Marker
from app.boards.sources.base import At
from app.boards.sources.table import SOURCES
from app.foundation import clock, duties
from app.foundation.changes import cluster_time
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.duties import Duty
from app.foundation.ids import fingerprint

T = TypeVar("T")
RULES = 4
"""Counted up with each change of what facts and cells are: all of them are built anew then."""
LEASE = timedelta(seconds=60)
BATCH = 1000


def shape() -> str:
    """What facts are made by: the rules here, and what of the district's pack is in them."""
    of_pack = {"visits": dict(pack().serving.visits), "zone": str(pack().zone)}
    return f"{RULES}:{fingerprint(of_pack)}"


def is_built() -> bool:
    """Whether facts are there, made by the present rules."""
    marker = Marker.rows().find_one({"_id": ONE}, {"shape": 1})
    return marker is not None and marker["shape"] == shape()


def is_of_newer_rules() -> bool:
    """Whether a newer version of the house has built what is there: it is left alone by this one."""
    marker = Marker.rows().find_one({"_id": ONE}, {"shape": 1})
    return marker is not None and int(marker["shape"].partition(":")[0]) > RULES


def build(duty: Duty, now: datetime) -> None:
    """Make all facts and cells anew and put them in the place of what was there. Raises LostClaim."""
    before = Marker.rows().find_one({"_id": ONE}) or {"gen": 0, "version": 0, "as_of": now}
    gen = before["gen"] + 1
    _clear(gen)
    moment = cluster_time()
    bases, at, counts = changes.settled_bases(moment), At.of(now), Counts()
    for name, source in SOURCES.items():
        for keys in _some(row["_id"] for row in source.document.rows().find({}, {"_id": 1})):
            _insert([moving.row_of(gen, name, *each, at) for each in source.make(keys, at)], counts)
            duties.renew(duty, now=clock.now(), lease=LEASE)
    for some in _some(sorted(cells.changed(counts))):
        BoardCell.rows().insert_many([_cell(key, counts[key]) for key in some], ordered=False)
        duties.renew(duty, now=clock.now(), lease=LEASE)
    moment = cluster_time()

    def work() -> None:
        # Who took it over meanwhile has thrown away what is built here.
        duties.renew(duty, now=clock.now(), lease=LEASE)
        then = At.of(max(clock.now(), at.now, before["as_of"]) + timedelta(milliseconds=1))
        found = changes.since(bases, {}, moment)
        moving.write(gen, found.owners, then)
        made = {"gen": gen, "shape": shape(), "kept_from": then.now, **says(found, then)}
        update = {"$set": made, "$inc": {"version": 1}}
        Marker.rows().update_one({"_id": ONE}, update, upsert=True)
        BoardCell.rows().delete_many(_cells_of(before["gen"]))

    transaction(work)


def says(found: Changes, at: At) -> Row:
    """What a marker says after a turn."""
    return {
        "as_of": at.now,
        "bases": found.bases,
        "told": found.told,
        "pending": found.pending,
    }


def computed(gen: int) -> Counts:
    """The cells that the facts of a building come to, those that hold now."""
    found: Counts = {}
    for row in Fact.rows().find({"gen": gen, "until": FOREVER}):
        cells.count(found, row)
    return cells.changed(found)


def stored(gen: int) -> Counts:
    """The cells of a building as they are stored."""
    rows = BoardCell.rows().find(_cells_of(gen))
    found = {row["_id"]: {"n": row["n"], **row.get("sums", {})} for row in rows}
    return cells.changed(found)


def _insert(rows: list[Row], counts: Counts) -> None:
    for row in rows:
        cells.count(counts, row)
    if rows:
        # The last step is durable, and all before it with it.
        Fact.rows().with_options(write_concern=WriteConcern(1)).insert_many(rows, ordered=False)


def _cell(key: str, values: Mapping[str, int]) -> Row:
    sums = {name: value for name, value in values.items() if name != "n" and value}
    return {"_id": key, "n": values["n"], **({"sums": sums} if sums else {})}


def _clear(gen: int) -> None:
    """What a building left that did not come to its end."""
    Fact.rows().delete_many({"gen": gen})
    BoardCell.rows().delete_many(_cells_of(gen))


def _cells_of(gen: int) -> Row:
    first, behind = cells.cell(gen, "", ""), cells.cell(gen, cells.LAST, "")
    return {"_id": {"$gte": first[:-1], "$lt": behind}}


def _some(keys: Iterable[T]) -> Iterator[list[T]]:
    left = iter(keys)
    while some := list(islice(left, BATCH)):
        yield some
