"""Notices and what carries them out of the app: messages to send, calls to make."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    IntField,
    ObjectIdField,
    StringField,
)

from app.foundation.changes import Tracked
from app.foundation.documents import Document

DUE, SENT, FAILED, SKIPPED = "due", "sent", "failed", "skipped"
OPEN, DONE, DROPPED = "open", "done", "dropped"


class Notice(Tracked):
    """One person told of one event. `row` is the history row that caused it; the three are unique together.

    It is of an issue, a visit, a photo or a project, of another `thing` with its id, or of none. The
    words are made on reading, from the catalogue, with `params` (see `words`). A digest's `row`
    is the id of its day.
    """

    person: ObjectId = ObjectIdField(required=True)
    event: str = StringField(required=True)
    row: ObjectId = ObjectIdField(required=True)
    issue: ObjectId | None = ObjectIdField()
    visit: ObjectId | None = ObjectIdField()
    photo: ObjectId | None = ObjectIdField()
    project: ObjectId | None = ObjectIdField()
    thing: str | None = StringField()
    thing_id: ObjectId | None = ObjectIdField()
    params: dict[str, Any] = DictField()
    created_at: datetime = DateTimeField(required=True)
    read_at: datetime | None = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "notices"}


class Message(Document):
    """A notice on its way out by one channel; unique by row, event, person and channel.

    `begun_at` is set while a try is under way: one that is found set was never finished, and `lost`
    counts those. `attempts` counts all tries.
    """

    notice: ObjectId = ObjectIdField(required=True)
    person: ObjectId = ObjectIdField(required=True)
    channel: str = StringField(required=True)
    event: str = StringField(required=True)
    row: ObjectId = ObjectIdField(required=True)
    urgent: bool = BooleanField(default=False)
    state: str = StringField(required=True, choices=(DUE, SENT, FAILED, SKIPPED), default=DUE)
    not_before: datetime = DateTimeField(required=True)
    attempts: int = IntField(default=0)
    lost: int = IntField(default=0)
    begun_at: datetime | None = DateTimeField()
    error: str | None = StringField()
    created_at: datetime = DateTimeField(required=True)
    ended_at: datetime | None = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "outbox"}


class Call(Tracked):
    """A person of an enterprise who is to be told by phone; unique by row, event and that person.

    `contact` is {person, name, phone}: `person` None where the enterprise has nobody registered.
    `commissioner` serves the issue and makes the call. Dropped: the matter ended before. `restricted`: the
    issue became so since.
    """

    issue: ObjectId = ObjectIdField(required=True)
    number: str = StringField(required=True)
    enterprise: ObjectId | None = ObjectIdField()
    contact: dict[str, Any] = DictField(required=True)
    commissioner: ObjectId | None = ObjectIdField()
    restricted: str | None = StringField()
    event: str = StringField(required=True)
    row: ObjectId = ObjectIdField(required=True)
    params: dict[str, Any] = DictField()
    due_at: datetime = DateTimeField(required=True)
    state: str = StringField(required=True, choices=(OPEN, DONE, DROPPED), default=OPEN)
    outcome: str | None = StringField(choices=("reached", "unreachable"))
    note: str = StringField(default="")
    done_by: ObjectId | None = ObjectIdField()
    done_at: datetime | None = DateTimeField()
    created_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "calls"}
