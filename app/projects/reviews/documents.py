"""Pre-reviews of projects: each round of scores, red lines and decision is a review of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import Decimal128, ObjectId
from mongoengine import (
    DateTimeField,
    Decimal128Field,
    DictField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.foundation.documents import Document
from app.projects.reviews.states import STATES


class Review(Document):
    """The `round`-th review of a project, counted from 1. Days are local (`2026-11-24`).

    `reviewers` are {person, name}. `scores` are {person, name, marks: {criterion: 0..100}, comment, by, at},
    the newest of each reviewer; earlier ones stand in the history. `red_lines` say of a code
    {hit, note, by, at}. Decided, `total` is the mark out of 100 with two places, where there was one,
    `decision` {reason, by, name, at}, `decided_on` its day; what is passed holds through `valid_until`.
    """

    project: ObjectId = ObjectIdField(required=True)
    round: int = IntField(required=True, min_value=1)
    state: str = StringField(required=True, choices=STATES)
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    note: str = StringField(default="")
    reviewers: list[dict[str, Any]] = ListField(DictField())
    photos: list[ObjectId] = ListField(ObjectIdField())
    scores: list[dict[str, Any]] = ListField(DictField())
    red_lines: dict[str, Any] = DictField()
    total: Decimal128 | None = Decimal128Field(null=True, default=None)
    decision: dict[str, Any] | None = DictField(null=True, default=None)
    decided_on: str | None = StringField(null=True, default=None)
    valid_until: str | None = StringField(null=True, default=None)
    opened_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "project_reviews"}
