"""What all registers share: the words that admins define, and which platform is master of what."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ObjectIdField, StringField

from app.foundation.documents import Document

INDUSTRY, TAG, POOL, FUNDING = "industry", "tag", "pool", "funding"
MECHANISM_531 = "mechanism_531"


class Term(Document):
    """An entry of a dictionary (`dictionary`: industry, tag, pool, …), valid from a day to before another.

    `attributes` is what the dictionary knows of it besides: of an industry {scale_sales}, from how much a
    year (万元, as text) an enterprise is entered into the statistics of those above scale.
    """

    dictionary: str = StringField(required=True)
    code: str = StringField(required=True)
    name: str = StringField(required=True)
    since: str | None = StringField(null=True, default=None)
    until: str | None = StringField(null=True, default=None)
    attributes: dict[str, Any] = DictField()
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "terms"}


class Master(Document):
    """Another platform is master of a `field` of a register (`*`: of all): only its `platform` may write it.

    `platform` is the person of its service account, `name` what people call it.
    """

    register: str = StringField(required=True)
    field: str = StringField(required=True)
    platform: ObjectId = ObjectIdField(required=True)
    name: str = StringField(required=True)
    by: ObjectId = ObjectIdField(required=True)
    at: datetime = DateTimeField(required=True)
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()

    meta: ClassVar[dict[str, Any]] = {"collection": "masters"}
