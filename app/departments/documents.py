"""Departments: every body that can hold a ticket, units and the dispatch desk among them; their templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.foundation.documents import Document

RENAME, CLOSE = "rename", "close"


class Coming(EmbeddedDocument):
    """A change that is decided and not yet done. `row` is the history row of the decision.

    `effective_on` is the district's date, `at` the moment it begins. A rename has a `name`, a closing
    a `successor`.
    """

    row: ObjectId = ObjectIdField(required=True)
    kind: str = StringField(required=True, choices=(RENAME, CLOSE))
    effective_on: str = StringField(required=True)
    at: datetime = DateTimeField(required=True)
    reason: str = StringField(required=True)
    name: str | None = StringField()
    successor: ObjectId | None = ObjectIdField()


class Department(Document):
    """`code`, `kind` (bureau, company, unit, branch, desk) and, of units and branches, `unit` are the pack's.

    `ended_at` and `successor` are set when it was closed here, which the pack cannot undo. `renamed` holds
    the names it had before, each `{name, until}`. With `review_answers` an answer waits for its head.
    """

    code: str = StringField(required=True)
    name: str = StringField(required=True)
    kind: str = StringField(required=True)
    unit: str | None = StringField()
    active: bool = BooleanField(default=True)
    review_answers: bool = BooleanField(default=False)
    ended_at: datetime | None = DateTimeField()
    successor: ObjectId | None = ObjectIdField()
    renamed: list[dict[str, Any]] = ListField(DictField())
    coming: list[Coming] = ListField(EmbeddedDocumentField(Coming))
    version: int = IntField(default=0)

    meta: ClassVar[dict[str, Any]] = {"collection": "departments"}


class AnswerTemplate(Document):
    """Words a department answers with again and again. `result` and `category` are codes of the pack.

    `draft` is the fingerprint of the content as it is now, `fingerprint` of what it was made from.
    """

    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    department: ObjectId = ObjectIdField(required=True)
    title: str = StringField(required=True)
    text: str = StringField(required=True)
    result: str = StringField(required=True)
    basis: str = StringField(default="")
    category: str | None = StringField()
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    active: bool = BooleanField(default=True)
    draft: str = StringField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "answer_templates"}
