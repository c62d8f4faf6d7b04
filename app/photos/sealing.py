"""Sealing the district's days, one after the other: each duty adds the next day's, so none is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from bson import ObjectId

from app.foundation import duties
from app.foundation.db import transaction
from app.foundation.duties import Duty
from app.foundation.signing import Signer
from app.photos import ledger, merkle
from app.photos.documents import Photo
from app.photos.ledger import Leaf, Root
from app.photos.ledger_check import ADDED, Finding

KIND = "evidence.seal_day"
CHECK = "evidence.check"
LEASE = timedelta(seconds=60)
BATCH = 500
LOOK_BACK = timedelta(days=7)
"""How far before its day a tree looks for photos that came late. Older ones are found by `ledger_check`,
whose findings the next tree takes in, so that nothing stays unsealed for ever."""
OLDEST = timedelta(days=366)
"""A first sealing makes no more days than this; what is older goes into the first of them."""


def begin(now: datetime) -> None:
    """See to it that the next day to seal is due. Does nothing where it is already."""
    last = ledger.last_root()
    if last is not None:
        _add(date.fromisoformat(last.day) + timedelta(days=1), now)
    elif not duties.rows().find_one({"kind": KIND}):
        _add(_first_day(now), now)


def _first_day(now: datetime) -> date:
    today = ledger.day_of(now)
    oldest = Photo.rows().find_one({}, {"received_at": 1}, sort=[("received_at", 1)])
    first = ledger.day_of(oldest["received_at"]) if oldest else today
    return min(today, max(first, today - OLDEST))


def _add(day: date, now: datetime) -> None:
    """The duty's subject is the id that the day's root will have."""
    name = day.isoformat()
    due_at, payload = ledger.seal_due(day), {"day": name}
    duties.add(KIND, ObjectId(), now=now, due_at=due_at, key=f"{KIND}:{name}", payload=payload)


def seal_day(duty: Duty, signer: Signer, now: datetime) -> None:
    """Seal a day: its photos and those that came late become leaves, the tree a signed root.

    Leaves are written some at a time; a worker that dies leaves them for the next one to go on from.
    """
    day = date.fromisoformat(duty.payload["day"])
    name = day.isoformat()
    if Root.rows().find_one({"day": name}):
        duties.finish(duty, now)
        return
    first = Leaf.rows().find_one({"day": {"$lt": name}}) is None
    unsealed = _unsealed(day, first)
    while batch := list(islice(unsealed, BATCH)):
        _keep(duty, day, batch, first, now)
    root = merkle.root(ledger.hashes_of(name))
    count = Leaf.rows().count_documents({"day": name})
    late = Leaf.rows().count_documents({"day": name, "late": True})

    def work() -> None:
        ledger.make_root(duty.subject, day, (root, count, late), signer, now).insert()
        _add(day + timedelta(days=1), now)
        duties.add(CHECK, ObjectId(), now=now, key=f"{CHECK}:{name}:", payload={"day": name})
        duties.finish(duty, now)

    transaction(work)


def _keep(duty: Duty, day: date, batch: list[dict[str, Any]], first: bool, now: datetime) -> None:
    """Add leaves behind those the day has."""

    def work() -> None:
        duties.renew(duty, now=now, lease=LEASE)
        start = Leaf.rows().count_documents({"day": day.isoformat()})
        rows = [_leaf(photo, day, start + n, first) for n, photo in enumerate(batch)]
        Leaf.rows().insert_many(rows)

    transaction(work)


def _leaf(photo: dict[str, Any], day: date, index: int, first: bool) -> dict[str, Any]:
    text = ledger.text_of(ledger.facts(photo))
    return {
        "_id": photo["_id"],
        "day": day.isoformat(),
        "index": index,
        "hash": ledger.leaf_of(text),
        "text": text,
        "late": not first and photo["received_at"] < ledger.start_of(day),
        "received_at": photo["received_at"],
    }


def _unsealed(day: date, first: bool) -> Iterator[dict[str, Any]]:
    """What goes into the day's tree and is not in any yet, in order of receipt; all there is if `first`."""
    received: dict[str, Any] = {"$lt": ledger.end_of(day)}
    stragglers: list[ObjectId] = []
    if not first:
        received["$gte"] = ledger.start_of(day) - LOOK_BACK
        stragglers = _stragglers()
        yield from _without_leaf(Photo.rows().find({"_id": {"$in": stragglers}}))
    others = {"received_at": received, "_id": {"$nin": stragglers}}
    order = [("received_at", 1), ("_id", 1)]
    yield from _without_leaf(Photo.rows().find(others).sort(order))


def _stragglers() -> list[ObjectId]:
    """Photos that a check found outside of every tree."""
    return [row["photo"] for row in Finding.rows().find({"kind": ADDED}, {"photo": 1})]


def _without_leaf(photos: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    photos = iter(photos)
    while some := list(islice(photos, BATCH)):
        found = Leaf.rows().find({"_id": {"$in": [row["_id"] for row in some]}}, {"_id": 1})
        sealed = {row["_id"] for row in found}
        yield from (row for row in some if row["_id"] not in sealed)
