"""Events for investment (招商活动): templates, events, and what is to be done for each."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

from app.foundation.changes import Tracked
from config.offer_terms import PHASES

EVENT, ITEM, TEMPLATE = "event", "event_item", "event_template"
PLANNED, CLOSED, CANCELLED = STATES = ("planned", "closed", "cancelled")
OPEN, DONE, SKIPPED = ITEM_STATES = ("open", "done", "skipped")


class EventTemplate(Tracked):
    """The checklist of events of a kind: `items` {code, phase, name, role, days}; see `offer_terms`."""

    code: str = StringField(required=True)
    name: str = StringField(required=True)
    items: list[dict[str, Any]] = ListField(DictField())
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "event_templates"}


class Event(Tracked):
    """An event of the kind of `template`, on a local day. `owner` of staff leads it, for a `department`.

    `units` take part, and as guests `enterprises` of the district and others by name (`guests`). `followers`
    are responsible for something of it, and so may see it.
    """

    template: str = StringField(required=True)
    kind_name: str = StringField(required=True)
    title: str = StringField(required=True)
    on: str = StringField(required=True)
    place: str = StringField(default="")
    units: list[str] = ListField(StringField())
    enterprises: list[ObjectId] = ListField(ObjectIdField())
    guests: list[str] = ListField(StringField())
    department: ObjectId | None = ObjectIdField(null=True, default=None)
    owner: ObjectId = ObjectIdField(required=True)
    followers: list[ObjectId] = ListField(ObjectIdField())
    state: str = StringField(required=True, choices=STATES, default=PLANNED)
    result: str = StringField(default="")
    ended_at: datetime | None = DateTimeField(null=True, default=None)
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "events"}


class EventItem(Tracked):
    """What a `responsible` person has to do for an event by the end of the local day `due_on`."""

    event: ObjectId = ObjectIdField(required=True)
    code: str = StringField(required=True)
    phase: str = StringField(required=True, choices=PHASES)
    name: str = StringField(required=True)
    days: int = IntField(required=True)
    responsible: ObjectId = ObjectIdField(required=True)
    due_on: str = StringField(required=True)
    state: str = StringField(required=True, choices=ITEM_STATES, default=OPEN)
    note: str = StringField(default="")
    done_at: datetime | None = DateTimeField(null=True, default=None)
    done_by_name: str = StringField(default="")
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "event_items"}
