"""Visits: one commissioner at one enterprise or project, from arrival to leaving."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

from app.foundation.changes import Tracked

OPEN, ENDED = STATES = ("open", "ended")


class Visit(Tracked):
    """An `open` visit is a draft that its owner may change; ended, it stays as it is.

    `position` is where it began, `end_position` where it ended, `site` ({point, radius_m}) what both are
    measured to. `awaited` are client_ids of photos that may still be on the phone; they join when they
    arrive. `track` are points of the way, between start and end only. `version` counts the changes;
    `draft` is the fingerprint of the last whole change, by which its replay is known.
    """

    owner: ObjectId = ObjectIdField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    state: str = StringField(required=True, choices=STATES)
    enterprise: ObjectId | None = ObjectIdField()
    project: ObjectId | None = ObjectIdField()
    unit: str | None = StringField()
    site: dict[str, Any] | None = DictField(null=True, default=None)
    started_at: datetime = DateTimeField(required=True)
    ended_at: datetime | None = DateTimeField()
    position: dict[str, Any] | None = DictField(null=True, default=None)
    end_position: dict[str, Any] | None = DictField(null=True, default=None)
    track: list[dict[str, Any]] = ListField(DictField())
    note: str = StringField(default="")
    photos: list[ObjectId] = ListField(ObjectIdField())
    awaited: list[str] = ListField(StringField())
    expected_photos: int | None = IntField()
    checklist: dict[str, Any] = DictField()
    draft: str | None = StringField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "visits"}
