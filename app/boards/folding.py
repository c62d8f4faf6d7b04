"""Folding what changed into facts and cells: the duty `boards.fold`, one at a time, every few seconds.

In one transaction it reads the changes by their stamps, makes the facts of what they belong to anew, ends
those that are so no more, begins others, and moves the cells by the difference. So cells and facts are
always those of one moment, which the marker names: all that was to be seen when the transaction began.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId, Timestamp

from app.boards import building, changes, moving
from app.boards.documents import FOREVER, ONE, Fact, Marker
from app.boards.sources.base import At, Owner
from app.foundation import duties
from app.foundation.changes import cluster_time
from app.foundation.db import Row, transaction
from app.foundation.duties import Duty
from app.foundation.errors import Stale

FOLD = "boards.fold"
EVERY = timedelta(seconds=4)
KEPT = timedelta(days=3)
"""How long a list can be opened as of a moment that is past."""
MOST_PRUNED = 2000
LEAST = timedelta(milliseconds=1)


def begin(now: datetime) -> None:
    """See to it that the boards are folded. Does nothing where that is so."""
    duties.add(FOLD, ObjectId(), now=now, key=FOLD)


def waiting(now: datetime) -> list[str]:
    """The id of the duty, where it is due."""
    due = {"key": FOLD, "state": "due", "next_at": {"$lte": now}}
    return [str(row["_id"]) for row in duties.rows().find(due, {"_id": 1})]


def fold(duty: Duty, now: datetime) -> None:
    """Fold what changed since the last turn; all there is, where nothing is built by the present rules."""
    if building.is_of_newer_rules():
        transaction(lambda: duties.again(duty, now + EVERY))
        return
    if not building.is_built():
        building.build(duty, now)
    moment = cluster_time()

    def work() -> None:
        pending = _turn(moment, now)
        duties.again(duty, now if pending else now + EVERY)

    transaction(work)
    _prune()


def _turn(moment: Timestamp, now: datetime) -> int:
    marker = Marker.rows().find_one({"_id": ONE})
    if marker is None:
        raise Stale("changed_meanwhile")
    at = At.of(max(now, marker["as_of"] + LEAST))
    found = changes.since(marker["bases"], marker["told"], moment)
    turned, left = _turned(marker["gen"], at)
    found.owners |= dict.fromkeys(turned)
    found.pending += left
    moving.write(marker["gen"], found.owners, at)
    says = building.says(found, at) | {"kept_from": max(marker["kept_from"], at.now - KEPT)}
    Marker.rows().update_one({"_id": ONE}, {"$set": says, "$inc": {"version": 1}})
    return found.pending


def _turned(gen: int, at: At) -> tuple[list[Owner], int]:
    """Whose facts are others by the mere time, and how many are left for the next turn.

    Whole offices are late at the same minute.
    """
    due: Row = {"gen": gen, "until": FOREVER, "turns_at": {"$lte": at.now}}
    rows = list(Fact.rows().find(due, {"owner": 1}).sort("turns_at", 1).limit(changes.MOST))
    left = Fact.rows().count_documents(due) - len(rows) if len(rows) == changes.MOST else 0
    return [_owner(row) for row in rows], left


def _owner(row: Mapping[str, Any]) -> Owner:
    name, _, key = row["owner"].partition(":")
    return name, ObjectId(key)


def _prune() -> None:
    """Some of the facts that no list can be opened to any more: those long past, of an earlier building."""
    marker = Marker.rows().find_one({"_id": ONE})
    if marker is None:
        return
    for gone in ({"until": {"$lt": marker["kept_from"]}}, {"gen": {"$lt": marker["gen"]}}):
        keys = [row["_id"] for row in Fact.rows().find(gone, {"_id": 1}).limit(MOST_PRUNED)]
        if keys:
            Fact.rows().delete_many({"_id": {"$in": keys}})
