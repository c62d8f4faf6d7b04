"""Visits: one commissioner at one enterprise or project, from arrival to leaving."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, ListField, ObjectIdField, StringField

from app.foundation.documents import Document


class Visit(Document):
    """`awaited` are client_ids of photos that may still be on the phone; they join when they arrive."""

    owner: ObjectId = ObjectIdField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    enterprise: ObjectId | None = ObjectIdField()
    project: ObjectId | None = ObjectIdField()
    unit: str | None = StringField()
    started_at: datetime = DateTimeField(required=True)
    ended_at: datetime | None = DateTimeField()
    position: dict[str, Any] | None = DictField(null=True, default=None)
    note: str = StringField(default="")
    photos: list[ObjectId] = ListField(ObjectIdField())
    awaited: list[str] = ListField(StringField())
    checklist: dict[str, Any] = DictField()
    created_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "visits"}
