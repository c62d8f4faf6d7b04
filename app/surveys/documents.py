"""Surveys of what firms need (资金需求、产业布局摸排), and what each firm replied."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

from app.foundation.documents import Document
from app.surveys.states import DRAFT, REPLY_STATES, STATES, WAITING

SURVEY, REPLY = "survey", "survey_reply"


class Survey(Document):
    """A survey of a `department`, a `unit`, or the district (neither). Replied to through the day `until`.

    `chosen` {tags, sectors, units, growth_classes, enterprises} says which firms; from its opening on those
    that have a reply are the set. `forms` are {version, questions, reason} signed, the last in use: one that
    anybody may have answered is never changed. `additions` are {enterprises, reason} signed.
    """

    title: str = StringField(required=True)
    text: str = StringField(default="")
    department: ObjectId | None = ObjectIdField(null=True, default=None)
    unit: str | None = StringField(null=True, default=None)
    chosen: dict[str, Any] = DictField(required=True)
    until: str = StringField(required=True)
    state: str = StringField(required=True, choices=STATES, default=DRAFT)
    forms: list[dict[str, Any]] = ListField(DictField())
    additions: list[dict[str, Any]] = ListField(DictField())
    opened_at: datetime | None = DateTimeField(null=True, default=None)
    closed_at: datetime | None = DateTimeField(null=True, default=None)
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "surveys"}


class Reply(Document):
    """The place of one firm in a survey, and its answers to the version `form` of the form.

    `unit`, `sector` and `growth_class` are the firm's when it came into the set; `added_at` is set where
    that was after the opening. `department` is the survey's. `by` began to answer, by `client_id`;
    `draft` is the fingerprint of the last whole change, by which its replay is known. `tries` are
    {outcome, text} signed: refused, or nobody was reached. `intents` were made from it.
    """

    survey: ObjectId = ObjectIdField(required=True)
    enterprise: ObjectId = ObjectIdField(required=True)
    department: ObjectId | None = ObjectIdField(null=True, default=None)
    unit: str | None = StringField(null=True, default=None)
    sector: str = StringField(default="")
    growth_class: str | None = StringField(null=True, default=None)
    added_at: datetime | None = DateTimeField(null=True, default=None)
    state: str = StringField(required=True, choices=REPLY_STATES, default=WAITING)
    form: int | None = IntField(null=True, default=None)
    answers: dict[str, Any] = DictField()
    visit: ObjectId | None = ObjectIdField(null=True, default=None)
    photos: list[ObjectId] = ListField(ObjectIdField())
    by: ObjectId | None = ObjectIdField()
    by_name: str | None = StringField()
    role: str | None = StringField()
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()
    draft: str | None = StringField()
    tries: list[dict[str, Any]] = ListField(DictField())
    submitted_at: datetime | None = DateTimeField(null=True, default=None)
    corrected_at: datetime | None = DateTimeField(null=True, default=None)
    intents: list[ObjectId] = ListField(ObjectIdField())
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "survey_replies"}
