"""Rechecking: originals against records, records against leaves, leaves against roots, roots against keys.

What differs is named one by one. The whole stock or one of so many equal slices of it is gone through in
steps, each small enough for a worker's lease and for memory. Nothing is written here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, ObjectIdField, StringField

from app.foundation.documents import Document
from app.foundation.errors import Missing
from app.foundation.reasons import Reason
from app.gateways.store import Store
from app.photos import ledger, ledger_roots
from app.photos.documents import Photo
from app.photos.ledger import Leaf

ADDED = "ledger.record_added"
STEP = 25
"""How many originals one step hashes."""
SCAN = 100
"""How many photos one step looks at for those that are in no tree, mostly none."""
LATEST = timedelta(days=1)
"""Whoever is sealed later than this after the day of receipt may have been made up afterwards."""
BLOCK = 1024 * 1024

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Slice:
    """`number` (from 0) of `of` equal parts of the stock, cut by hashes, which lie evenly."""

    number: int = 0
    of: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.number < self.of <= 10_000:
            raise ValueError(f"no slice {self.number} of {self.of}")

    def within(self, after: str) -> dict[str, str]:
        """The filter for a hex hash in this slice and behind `after`."""
        low, high = (f"{(n << 32) // self.of:08x}" for n in (self.number, self.number + 1))
        bounds = {"$gt": after} if after > low else {"$gte": low}
        return bounds if self.number + 1 == self.of else {**bounds, "$lt": high}

    def has(self, day: str) -> bool:
        """Whether the tree of this day is in the slice."""
        return date.fromisoformat(day).toordinal() % self.of == self.number


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was sealed: of a photo, or of a day."""

    reason: Reason
    photo: ObjectId | None = None
    day: str | None = None

    @property
    def key(self) -> str:
        """What it is the same by when it is found again."""
        return f"{self.reason.code}:{self.photo or self.day}"


class Finding(Document):
    """A difference that the daily check found: since when, and when it was last seen."""

    key: str = StringField(required=True)
    kind: str = StringField(required=True)
    photo: ObjectId | None = ObjectIdField()
    day: str | None = StringField()
    reason: dict[str, Any] = DictField()
    first_seen: datetime = DateTimeField(required=True)
    last_seen: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "findings"}


@dataclass(frozen=True, slots=True)
class Step:
    """What one step found, how many originals it hashed, and where to go on (None at the end)."""

    found: Sequence[Difference]
    hashed: int
    after: str | None


def step(store: Store, keys: Collection[str], part: Slice, after: str = "") -> Step:
    """Go on from `after`; the empty text begins. First the days, then what is sealed, then what is not.

    `keys` are the public keys (base64) whose signatures count. Raises Unavailable while the store is away.
    """
    phase, _, at = after.partition(":")
    if phase == "":
        days = [Difference(reason, day=day) for day, reason in ledger_roots.check(keys, part.has)]
        return Step(days, 0, "sealed:")
    if phase == "sealed":
        return _sealed(store, part, at)
    return _unsealed(store, part, at)


def _sealed(store: Store, part: Slice, at: str) -> Step:
    where = {"hash": part.within(at)}
    leaves = list(Leaf.rows().find(where).sort("hash", 1).limit(STEP))
    found = Photo.rows().find({"_id": {"$in": [leaf["_id"] for leaf in leaves]}})
    photos = {row["_id"]: row for row in found}
    first = ledger.Root.rows().find_one({}, {"day": 1}, sort=[("day", 1)])
    differences = [
        Difference(reason, photo=leaf["_id"], day=leaf["day"])
        for leaf in leaves
        for reason in _against_leaf(store, leaf, photos.get(leaf["_id"]), first)
    ]
    after = f"sealed:{leaves[-1]['hash']}" if len(leaves) == STEP else "unsealed:"
    return Step(differences, len(photos), after)


def _against_leaf(
    store: Store, leaf: Row, photo: Row | None, first: Row | None
) -> Iterator[Reason]:
    if ledger.leaf_of(leaf["text"]) != leaf["hash"]:
        yield Reason("ledger.leaf_altered")
    sealed = _parsed(leaf["text"])
    if sealed is None:
        return
    # The first tree takes in whatever was there before it.
    if first and first["day"] != leaf["day"] and _too_late(sealed, leaf["day"]):
        yield Reason("ledger.record_late", {"received": sealed["received_at"], "day": leaf["day"]})
    if photo is None:
        yield Reason("ledger.record_removed")
        return
    altered = [name for name in sealed if name not in ("v", *_same(sealed, photo))]
    if altered:
        yield Reason("ledger.record_altered", {"fields": ", ".join(altered)})
    yield from _original(store, photo.get("key"), sealed["sha256"], sealed["size"])


def _parsed(text: str) -> Row | None:
    """The sealed facts; None for a text that is none any more."""
    try:
        facts = json.loads(text)
        return facts if ledger.FACTS.keys() <= facts.keys() else None
    except (ValueError, AttributeError):
        return None


def _too_late(sealed: Row, day: str) -> bool:
    received = datetime.fromisoformat(sealed["received_at"])
    return received < ledger.start_of(date.fromisoformat(day)) - LATEST


def _same(sealed: Row, photo: Row) -> Iterator[str]:
    """The facts that the record still says as they were sealed."""
    for name, read in ledger.FACTS.items():
        try:
            same = ledger.text_of({name: read(photo)}) == ledger.text_of({name: sealed[name]})
        except (KeyError, AttributeError, TypeError, ValueError):
            same = False
        if same:
            yield name


def _original(store: Store, key: object, sha256: str, size: int) -> Iterator[Reason]:
    """The object that the record names, against the hash and size it should have."""
    try:
        with store.local(str(key)) as path:
            digest, found = hashlib.sha256(), 0
            with path.open("rb") as file:
                while block := file.read(BLOCK):
                    digest.update(block)
                    found += len(block)
    except (Missing, ValueError):
        yield Reason("ledger.original_missing", {"sha256": sha256})
    except OSError as error:
        yield Reason("ledger.original_unreadable", {"error": str(error.strerror)})
    else:
        if (digest.hexdigest(), found) != (sha256, size):
            names = {"sha256": sha256, "size": size, "found": digest.hexdigest(), "bytes": found}
            yield Reason("ledger.original_altered", names)


def _unsealed(store: Store, part: Slice, at: str) -> Step:
    """Photos outside of every tree: those of a sealed day were added to it afterwards."""
    last = ledger.last_root()
    until = ledger.end_of(date.fromisoformat(last.day)) if last else None
    order = [("sha256", 1), ("_id", 1)]
    photos = list(Photo.rows().find(_behind(part, at)).sort(order).limit(SCAN))
    found = Leaf.rows().find({"_id": {"$in": [row["_id"] for row in photos]}}, {"_id": 1})
    sealed = {row["_id"] for row in found}
    loose = [row for row in photos if row["_id"] not in sealed]
    differences = [
        Difference(reason, photo=row["_id"])
        for row in loose
        for reason in _without_leaf(store, row, until)
    ]
    end = photos[-1] if len(photos) == SCAN else None
    after = f"unsealed:{end['sha256']}:{end['_id']}" if end else None
    return Step(differences, len(loose), after)


def _behind(part: Slice, at: str) -> dict[str, Any]:
    if not at:
        return {"sha256": part.within("")}
    sha256, _, key = at.partition(":")
    here = {"sha256": sha256, "_id": {"$gt": ObjectId(key)}}
    return {"$or": [here, {"sha256": part.within(sha256)}]}


def _without_leaf(store: Store, photo: Row, until: datetime | None) -> Iterator[Reason]:
    if until and photo["received_at"] < until:
        yield Reason(ADDED, {"received": ledger.iso(photo["received_at"])})
    yield from _original(store, photo.get("key"), photo["sha256"], photo.get("size", 0))
