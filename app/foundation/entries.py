"""What a ledger holds: entries, each superseded by a later one about the same, none ever edited.

Two times belong to an entry: the day or month that it is about, which its own fields say, and from when to
when the house held it true: from `known_at` to before `superseded_at`. So any day can be asked for in two
ways: as it was known then, and as it truly was by what is known now.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import BooleanField, DateTimeField, ObjectIdField, StringField
from pymongo import ASCENDING, IndexModel

from app.foundation.changes import Tracked
from app.foundation.db import Row
from app.foundation.history import Actor

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
