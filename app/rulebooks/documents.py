"""Versions of the rules, and models, that decide where issues go."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ObjectIdField, StringField

from app.foundation.documents import Document

DRAFT, PUBLISHED = RULEBOOK_STATES = ("draft", "published")
PROPOSED, IN_USE, REFUSED = MODEL_STATES = ("proposed", "published", "refused")


class RulebookVersion(Document):
    """`content` has the form of `routing.yaml`. A draft may change; what was published once never does.

    `number` names it for good (`v7`); `based_on` is the number it was made from, 0 the pack's.
    """

    number: int = IntField(required=True)
    state: str = StringField(required=True, choices=RULEBOOK_STATES)
    content: dict[str, Any] = DictField(required=True)
    note: str = StringField(default="")
    based_on: int = IntField(default=0)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    published_at: datetime | None = DateTimeField()
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "rulebooks"}


class TrainedModel(Document):
    """A model file in the object store under `key`. `report` is what its training measured, beside the old.

    `number` names it for good (`m3`).
    """

    number: int = IntField(required=True)
    state: str = StringField(required=True, choices=MODEL_STATES)
    key: str = StringField(required=True)
    sha256: str = StringField(required=True)
    size: int = IntField(required=True)
    report: dict[str, Any] = DictField()
    trained_at: datetime = DateTimeField(required=True)
    published_at: datetime | None = DateTimeField()
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "routing_models"}
