"""Photos: one original, never altered, with what the device, the EXIF and the server each say of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import (
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    LongField,
    ObjectIdField,
    StringField,
)

from app.foundation.documents import Document

STATES = ("stored", "ready", "quarantined", "failed")


class Link(EmbeddedDocument):
    """What the photo was attached to: an issue, a visit or a ticket."""

    thing: str = StringField(required=True, choices=("issue", "visit", "ticket"))
    thing_id: ObjectId = ObjectIdField(required=True)


class Photo(Document):
    """One person's photo. Positions and times are kept side by side, never merged.

    `device` is `Position.stored()` as the phone sent it; `exif` what the file says (WGS-84 degrees).
    """

    owner: ObjectId = ObjectIdField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    state: str = StringField(required=True, choices=STATES, default="stored")
    sha256: str = StringField(required=True)
    key: str = StringField(required=True)
    size: int = LongField(required=True)
    media_type: str = StringField(required=True)
    width: int = IntField(required=True)
    height: int = IntField(required=True)
    device: dict[str, Any] | None = DictField(null=True, default=None)
    device_taken_at: datetime | None = DateTimeField()
    exif: dict[str, Any] | None = DictField(null=True, default=None)
    site: dict[str, Any] | None = DictField(null=True, default=None)
    renditions: dict[str, str] = DictField()
    problem: str | None = StringField()
    links: list[Link] = ListField(EmbeddedDocumentField(Link))
    received_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "photos"}
