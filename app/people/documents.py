"""Persons and their sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.foundation.documents import Document


class Grant(EmbeddedDocument):
    """One role of a person, and where it holds: a department, a unit, an enterprise, or everywhere."""

    role: str = StringField(required=True)
    department: ObjectId | None = ObjectIdField()
    unit: str | None = StringField()
    enterprise: ObjectId | None = ObjectIdField()


class Person(Document):
    """Somebody who may come in. `active` off means out at once, on the next request.

    `leave_version` counts the leaves that name them: two at once meet in it, and one of them looks again.
    """

    account: str | None = StringField()
    password_hash: str | None = StringField()
    name: str = StringField(required=True, max_length=50)
    phone: str | None = StringField(max_length=20)
    wechat_openid: str | None = StringField()
    grants: list[Grant] = ListField(EmbeddedDocumentField(Grant))
    active: bool = BooleanField(default=True)
    leave_version: int = IntField(default=0)
    created_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "persons"}


class Session(Document):
    """One login on one device. Revoked, its access and refresh tokens are worth nothing."""

    person: ObjectId = ObjectIdField(required=True)
    channel: str = StringField(required=True, choices=("password", "wechat"))
    created_at: datetime = DateTimeField(required=True)
    expires_at: datetime = DateTimeField(required=True)
    revoked_at: datetime | None = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "sessions"}


class Leave(Document):
    """A leave of absence, from `since` to before `until`, or to `ended_at` when it was ended early.

    Appended; only `ended_at` is ever set afterwards, once. `by` is who entered it.
    """

    person: ObjectId = ObjectIdField(required=True)
    deputy: ObjectId = ObjectIdField(required=True)
    since: datetime = DateTimeField(required=True)
    until: datetime = DateTimeField(required=True)
    by: ObjectId = ObjectIdField(required=True)
    created_at: datetime = DateTimeField(required=True)
    ended_at: datetime | None = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "absences"}
