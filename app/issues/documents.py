"""Issues and their tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.foundation.changes import Tracked
from app.foundation.documents import Document

SOURCES = ("visit", "wechat", "phone", "hotline_12345", "leader", "import")


class Issue(Tracked):
    """What somebody needs solved.

    `owner` opened it, `commissioner` serves it. `route` tells the last placing with its reasons,
    `promise` the times given to the enterprise; both are empty until it is placed. `version` counts the
    changes and guards each of them. `awaited` are client_ids of photos, `awaited_visit` that of a visit,
    that are still on their way. `on_behalf_of` and `contact` (on site) are {name, phone}; who may see them
    is said in `reporters`. `pairs` are {before, after}: photos that show a thing as found and as left.
    """

    number: str = StringField(required=True)
    owner: ObjectId = ObjectIdField(required=True)
    owner_role: str = StringField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    kind: str = StringField(required=True, choices=("request", "problem"))
    state: str = StringField(required=True)
    text: str = StringField(required=True)
    category: str | None = StringField()
    chosen_category: str | None = StringField()
    urgent: bool = BooleanField(default=False)
    said_urgent: bool | None = BooleanField(null=True, default=None)
    enterprise: ObjectId | None = ObjectIdField()
    project: ObjectId | None = ObjectIdField()
    visit: ObjectId | None = ObjectIdField()
    awaited: list[str] = ListField(StringField())
    awaited_visit: str | None = StringField()
    source: str = StringField(required=True, choices=SOURCES, default="wechat")
    external_number: str | None = StringField()
    on_behalf_of: dict[str, Any] | None = DictField(null=True, default=None)
    anonymous: bool = BooleanField(default=False)
    contact: dict[str, Any] | None = DictField(null=True, default=None)
    unit: str | None = StringField()
    commissioner: ObjectId | None = ObjectIdField()
    position: dict[str, Any] | None = DictField(null=True, default=None)
    photos: list[ObjectId] = ListField(ObjectIdField())
    pairs: list[dict[str, Any]] = ListField(DictField())
    departments: list[ObjectId] = ListField(ObjectIdField())
    route: dict[str, Any] = DictField()
    promise: dict[str, Any] = DictField()
    confirmation: dict[str, Any] = DictField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "issues"}


class Ticket(Document):
    """The part of an issue that one department must do.

    `live` while it is somebody's work; a unique index allows one live lead ticket an issue. `level` is 0
    for clerks, 1 for the head, 2 under the inspector's eye. `due_at` is the next promise to keep.
    """

    issue: ObjectId = ObjectIdField(required=True)
    number: str = StringField(required=True)
    role: str = StringField(required=True, choices=("lead", "assist"))
    state: str = StringField(required=True)
    live: bool = BooleanField(default=True)
    department: ObjectId = ObjectIdField(required=True)
    assignee: ObjectId | None = ObjectIdField()
    level: int = IntField(default=0)
    excerpt: str = StringField(required=True)
    category: str | None = StringField()
    unit: str | None = StringField()
    urgent: bool = BooleanField(default=False)
    dispatched_at: datetime = DateTimeField(required=True)
    accept_by: datetime = DateTimeField(required=True)
    reply_by: datetime = DateTimeField(required=True)
    resolve_by: datetime = DateTimeField(required=True)
    due_at: datetime = DateTimeField(required=True)
    accepted_at: datetime | None = DateTimeField()
    replied_at: datetime | None = DateTimeField()
    answered_at: datetime | None = DateTimeField()
    ended_at: datetime | None = DateTimeField()
    answer: dict[str, Any] = DictField()
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "tickets"}
