"""Papers: what people had rendered, how far it is, and where the file lies."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

from app.foundation.documents import Document

WAITING, MAKING, READY, FAILED, GONE = STATES = ("waiting", "making", "ready", "failed", "gone")
UNDER_WAY = (WAITING, MAKING)
DOCX, PDF, XLSX = FORMATS = ("docx", "pdf", "xlsx")
INSIDE, OUTSIDE = AUDIENCES = ("inside", "outside")
THING = "paper"


class Paper(Document):
    """A paper of a `kind`, made from `params` for an `audience`, with what its asker may see.

    Whoever may do all of `needs` to a thing of its `unit` and `department` (of the whole district where
    both are null) may see all of its content. `percent` (0 to 100) and `step` (a code) say how far it is.
    `awaiting` are photos that were left out because nobody has checked that they may leave staff.
    `pictures` {photo, key} are the redacted ones in a paper for outside.
    `held` are the roles of its asker by which it was made. `laid` are the keys of all files that were begun.
    `as_of` is the moment of its numbers; `definitions` {name, formula, source, notes} say what they mean.
    The file lies under `key` until `keep_until`; then the paper is `gone`. `problem` {code, params} is why
    it failed.
    """

    number: str = StringField(required=True)
    kind: str = StringField(required=True)
    params: dict[str, Any] = DictField()
    format: str = StringField(required=True, choices=FORMATS)
    audience: str = StringField(required=True, choices=AUDIENCES)
    unit: str | None = StringField(null=True, default=None)
    department: ObjectId | None = ObjectIdField(null=True, default=None)
    needs: list[str] = ListField(StringField())
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    state: str = StringField(default=WAITING, choices=STATES)
    percent: int = IntField(default=0)
    step: str = StringField(default="paper.step.waiting")
    title: str = StringField(default="")
    held: list[str] = ListField(StringField())
    laid: list[str] = ListField(StringField())
    definitions: list[dict[str, Any]] = ListField(DictField())
    awaiting: list[ObjectId] = ListField(ObjectIdField())
    pictures: list[dict[str, Any]] = ListField(DictField())
    key: str | None = StringField(null=True, default=None)
    sha256: str | None = StringField(null=True, default=None)
    size: int | None = IntField(null=True, default=None)
    problem: dict[str, Any] | None = DictField(null=True, default=None)
    created_at: datetime = DateTimeField(required=True)
    as_of: datetime | None = DateTimeField(null=True, default=None)
    made_at: datetime | None = DateTimeField(null=True, default=None)
    keep_until: datetime | None = DateTimeField(null=True, default=None)

    meta: ClassVar[dict[str, Any]] = {"collection": "papers"}
