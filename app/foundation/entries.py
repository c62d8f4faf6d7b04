"""What a ledger holds: entries, each superseded by a later one about the same, none ever edited.

Two times belong to an entry: the day or month that it is about, which its own fields say, and from when to
when the house held it true: from `known_at` to before `superseded_at`. So any day can be asked for in two
ways: as it was known then, and as it truly was by what is known now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import BooleanField, DateTimeField, ObjectIdField, StringField
from pymongo import ASCENDING, IndexModel

from app.foundation.changes import Tracked
from app.foundation.db import Row
from app.foundation.history import Actor
from app.foundation.writes import Change, Insert, Write

TICK = timedelta(milliseconds=1)
"""The least that MongoDB tells apart."""
PHONE = "phone"
"""The source of what a person entered; else `import`, or the name of another platform."""


class Entry(Tracked):
    """`about` says of what it is, within its collection: one entry at most is current for each.

    `void` says that there never was such a thing: what it supersedes was an error. `reason` is why it
    supersedes another. A `historic` one was brought in as history, and sets nothing in motion.
    """

    about: str = StringField(required=True)
    known_at: datetime = DateTimeField(required=True)
    superseded_at: datetime | None = DateTimeField(null=True, default=None)
    supersedes: ObjectId | None = ObjectIdField(null=True, default=None)
    void: bool = BooleanField(default=False)
    by: ObjectId | None = ObjectIdField(null=True, default=None)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    reason: str = StringField(default="")
    source: str = StringField(required=True)
    historic: bool = BooleanField(default=False)
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()

    meta: ClassVar[dict[str, Any]] = {"abstract": True, "auto_create_index": False}


CURRENT: Row = {"superseded_at": None}
"""What finds the entries that nothing supersedes."""
STANDING: Row = {"superseded_at": None, "void": False}
"""What finds what is true by what is known now."""


def known(at: datetime) -> Row:
    """What finds the entries that were held true at a moment."""
    later = {"superseded_at": {"$gt": at}}
    return {"known_at": {"$lte": at}, "void": False, "$or": [{"superseded_at": None}, later]}


def signed(by: Actor, now: datetime) -> Row:
    """Who enters it, and since when it is known."""
    return {"by": by.id, "by_name": by.name, "role": by.role, "known_at": now}


def known_from(now: datetime, before: Mapping[str, Any] | None) -> datetime:
    """Since when what takes the place of `before` is known: now, but in any case later than that one.

    So no life is empty or turned round, however much the clocks of those who enter differ.
    """
    return now if before is None else max(now, before["known_at"] + TICK)


def superseding(
    values: Mapping[str, Any], before: Mapping[str, Any] | None, by: Actor, now: datetime
) -> tuple[Row, list[Write]]:
    """A new entry of these values in the place of `before`, the current one about the same, with its writes.

    `now` is to be asked for inside the transaction that writes, each time it runs: what is entered by it is
    known to others from its commit on, not from when somebody began to think of it.
    """
    at = known_from(now, before)
    row = {
        **values,
        **signed(by, at),
        "_id": ObjectId(),
        "supersedes": before["_id"] if before else None,
        "superseded_at": None,
    }
    if before is None:
        return row, [Insert(row)]
    ended = Change({"_id": before["_id"], **CURRENT}, {"$set": {"superseded_at": at}})
    return row, [ended, Insert(row)]


def indexes() -> list[IndexModel]:
    """What every collection of entries needs; with more in the migration that makes it."""
    only_current = {"superseded_at": None}
    return [
        IndexModel(
            [("about", ASCENDING)],
            name="one_current",
            unique=True,
            partialFilterExpression=only_current,
        ),
        IndexModel([("about", ASCENDING), ("known_at", ASCENDING)], name="about_known"),
        IndexModel(
            [("by", ASCENDING), ("client_id", ASCENDING)],
            name="client_id",
            unique=True,
            partialFilterExpression={"client_id": {"$type": "string"}},
        ),
        IndexModel([("changed", ASCENDING)], name="changed"),
    ]
