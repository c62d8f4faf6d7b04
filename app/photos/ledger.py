"""The ledger: what was fixed about a photo at its receipt, and the daily roots over it, append-only.

A leaf is the canonical JSON of a photo's facts; the leaves of a district day make a tree (`merkle`) whose
root is stated, signed, and chained to the root of the day before. `docs/evidence.md` says byte for byte
how anybody checks it. Nothing here is ever changed or deleted; `sealing` writes, `ledger_check` rechecks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    IntField,
    StringField,
)

from app.foundation.district import local, pack
from app.foundation.documents import Document
from app.foundation.errors import Conflict
from app.foundation.signing import Signer, canonical
from app.photos import merkle
from app.photos.documents import EVIDENCE, Photo

VERSION = 1
MARGIN = timedelta(minutes=30)
"""How long after the end of a day it is sealed, so that whatever was received in it is committed."""

Row = Mapping[str, Any]


class Leaf(Document):
    """A sealed photo, under the photo's own id: its facts as text, the text's hash, its place in a tree.

    `late` says that it was received before the day of the tree that holds it.
    """

    day: str = StringField(required=True)
    index: int = IntField(required=True)
    hash: str = StringField(required=True)
    text: str = StringField(required=True)
    late: bool = BooleanField(required=True, default=False)
    received_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "leaves"}


class Root(Document):
    """A sealed day. `statement` is the text that is hashed and signed; the other fields repeat it."""

    day: str = StringField(required=True)
    count: int = IntField(required=True)
    late: int = IntField(required=True)
    root: str = StringField(required=True)
    previous: str = StringField(required=True)
    hash: str = StringField(required=True)
    statement: str = StringField(required=True)
    signature: dict[str, str] = DictField(required=True)
    public_key: str = StringField(required=True)
    made_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "roots"}


def text_of(content: Mapping[str, Any]) -> str:
    """The canonical JSON: what is hashed and signed is its UTF-8."""
    return canonical(content).decode()


def iso(moment: datetime) -> str:
    """UTC to the millisecond, as statements and leaves have it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


FACTS: Mapping[str, Callable[[Row], Any]] = {
    "id": lambda photo: str(photo["_id"]),
    "owner": lambda photo: str(photo["owner"]),
    "client_id": lambda photo: photo["client_id"],
    "sha256": lambda photo: photo["sha256"],
    "size": lambda photo: photo["size"],
    "media_type": lambda photo: photo["media_type"],
    "received_at": lambda photo: iso(photo["received_at"]),
    "device": lambda photo: dict(photo["device"]["raw"]) if photo.get("device") else None,
    "device_taken_at": lambda photo: _iso_or_none(photo.get("device_taken_at")),
    "heading": lambda photo: photo.get("heading"),
    "mock_location": lambda photo: photo.get("mock_location"),
    "role": lambda photo: photo.get("role") or EVIDENCE,
    "replaces": lambda photo: photo.get("replaces"),
    "short_code": lambda photo: photo.get("short_code"),
}
"""How each fact is read from a stored row. Only what is fixed at receipt and never changes."""


def facts(photo: Row) -> dict[str, Any]:
    """The facts of a stored row; `v` is their version."""
    return {"v": VERSION, **{name: read(photo) for name, read in FACTS.items()}}


def _iso_or_none(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


def leaf_of(text: str) -> str:
    """The leaf hash of a photo's facts."""
    return merkle.leaf(text.encode())


def day_of(moment: datetime) -> date:
    """The district day in which the moment lies."""
    return local(moment).date()


def start_of(day: date) -> datetime:
    """The first moment of a district day."""
    return datetime.combine(day, time(), pack().zone)


def end_of(day: date) -> datetime:
    """The first moment after a district day."""
    return start_of(day + timedelta(days=1))


def seal_due(day: date) -> datetime:
    """When a district day is sealed."""
    return end_of(day) + MARGIN


def make_root(
    key: ObjectId, day: date, tree: tuple[str, int, int], signer: Signer, now: datetime
) -> Root:
    """The root of a day, not yet stored; `tree` is (root hash, photos, those among them that came late)."""
    root, count, late = tree
    last = last_root()
    content = {
        "v": VERSION,
        "day": day.isoformat(),
        "zone": str(pack().zone),
        "count": count,
        "late": late,
        "root": root,
        "previous": last.hash if last else merkle.EMPTY,
        "made_at": iso(now),
    }
    text = text_of(content)
    return Root(
        id=key,
        day=content["day"],
        count=count,
        late=late,
        root=root,
        previous=content["previous"],
        hash=statement_hash(text),
        statement=text,
        signature=signer.sign(content),
        public_key=signer.public_key,
        made_at=now,
    )


def statement_hash(text: str) -> str:
    """What the next day's statement carries as `previous`: the SHA-256 of this one's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def last_root() -> Root | None:
    """The latest sealed day."""
    return Root.objects.order_by("-day").first()  # type: ignore[no-any-return]


def roots(
    first: date = date.min, last: date = date.max, *, page: int, page_size: int
) -> tuple[list[Root], int]:
    """A page of the sealed days from `first` to `last`, both included, oldest first, and how many."""
    found = Root.objects(day__gte=first.isoformat(), day__lte=last.isoformat()).order_by("day")
    return list(found.skip((page - 1) * page_size).limit(page_size)), found.count()


def hashes_of(day: str) -> Iterator[str]:
    """The leaf hashes of a day, in order."""
    for row in Leaf.rows().find({"day": day}, {"hash": 1, "_id": 0}).sort("index", 1):
        yield row["hash"]


@dataclass(frozen=True, slots=True)
class Proof:
    """That a photo's facts are in the tree of a day: `path` leads from the leaf to the root."""

    leaf: Leaf
    path: Sequence[str]
    root: Root


def prove(photo: Photo, now: datetime) -> Proof:
    """The proof of a photo.

    Raises Conflict before its day is sealed, saying when it will be; and when what is stored of the day
    does not lead to its root any more.
    """
    leaf = Leaf.objects(id=photo.id).first()
    root = Root.objects(day=leaf.day).first() if leaf else None
    if leaf is None or root is None:
        due = _next_seal(photo.received_at, now)
        raise Conflict(
            "evidence.not_sealed",
            fields={"sealed_after": [due.isoformat(timespec="seconds")]},
            when=f"{due:%Y-%m-%d %H:%M}",
        )
    hashes = list(hashes_of(leaf.day))
    if root.count != len(hashes) or hashes[leaf.index : leaf.index + 1] != [leaf.hash]:
        raise Conflict("evidence.broken", day=leaf.day)
    return Proof(leaf, merkle.path(hashes, leaf.index), root)


def _next_seal(received_at: datetime, now: datetime) -> datetime:
    """When a photo that is not sealed will be, in the district's time."""
    last = last_root()
    day = day_of(received_at)
    if last is not None:
        day = max(day, date.fromisoformat(last.day) + timedelta(days=1))
    return local(max(seal_due(day), now))


@dataclass(frozen=True, slots=True)
class Link:
    """A photo in a visit's chain; `link` covers it and all before it. `day` is where it is sealed."""

    photo: ObjectId
    text: str
    leaf: str
    link: str
    day: str | None


def visit_chain(photos: Sequence[ObjectId]) -> list[Link]:
    """The photos of a visit as a hash chain, in the order in which they were received.

    The facts of a sealed photo are those that were sealed. One that arrives later is a link at the end,
    so an earlier head stays a link of the longer chain.
    """
    rows = list(Photo.rows().find({"_id": {"$in": list(photos)}}))
    rows.sort(key=lambda row: (row["received_at"], row["_id"]))
    sealed = {leaf["_id"]: leaf for leaf in Leaf.rows().find({"_id": {"$in": list(photos)}})}
    texts = [
        sealed[row["_id"]]["text"] if row["_id"] in sealed else text_of(facts(row)) for row in rows
    ]
    leaves = [leaf_of(text) for text in texts]
    links = merkle.chain(leaves)
    return [
        Link(row["_id"], text, leaf, link, sealed.get(row["_id"], {}).get("day"))
        for row, text, leaf, link in zip(rows, texts, leaves, links, strict=True)
    ]


def visit_statement(visit: ObjectId, links: Sequence[Link]) -> dict[str, Any]:
    """What is signed of a visit's chain: how many photos, and the link that covers them all.

    It says nothing of when, so that the same chain always has the same statement and signature.
    """
    head = links[-1].link if links else merkle.EMPTY
    return {"v": VERSION, "visit": str(visit), "count": len(links), "head": head}
