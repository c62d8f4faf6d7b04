"""Milestones of projects: what somebody owes by a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.foundation.changes import Tracked
from app.projects.documents import STAGES

OPEN, DONE, CANCELLED = STATES = ("open", "done", "cancelled")


class Milestone(Tracked):
    """A `responsible` person owes it by the end of the day `due_on` (`2026-11-24`, local).

    `code` names it within its project, `depends_on` are the codes of what must be done before; `stage` is
    the stage of the project that it belongs to. It was done `on` a day, with `photos` as evidence, or
    `evidence_missing`. `warning` is the one that made it. `rung` {code, due_at, key} is what it waits to
    climb next, `climbed` are the rungs behind it since it is due on this day. A `historic` one climbs none.
    Of the day `stood` days are what the project stood still since the day `given_on`, on which somebody set
    it (null: when it was made).
    """

    project: ObjectId = ObjectIdField(required=True)
    code: str = StringField(required=True)
    name: str = StringField(required=True)
    due_on: str = StringField(required=True)
    responsible: ObjectId = ObjectIdField(required=True)
    depends_on: list[str] = ListField(StringField())
    stage: str | None = StringField(null=True, default=None, choices=STAGES)
    state: str = StringField(default=OPEN, choices=STATES)
    done_on: str | None = StringField(null=True, default=None)
    photos: list[ObjectId] = ListField(ObjectIdField())
    evidence_missing: bool = BooleanField(default=False)
    note: str = StringField(default="")
    warning: ObjectId | None = ObjectIdField()
    rung: dict[str, Any] = DictField()
    climbed: list[str] = ListField(StringField())
    historic: bool = BooleanField(default=False)
    stood: int = IntField(default=0)
    given_on: str | None = StringField(null=True, default=None)
    created_by: ObjectId | None = ObjectIdField()
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime | None = DateTimeField()
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "milestones"}
