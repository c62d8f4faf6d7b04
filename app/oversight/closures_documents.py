"""What inspectors found of closures that signals spoke against."""

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

from app.foundation.documents import Document

THING = "closure"
OPEN, CONFIRMED, CLEARED = STATES = ("open", "confirmed", "cleared")


class ClosureFinding(Document):
    """The finding on the closure of a lead ticket that was answered at `answered_at`; one of each.

    `state` is confirmed (it was no real solution) or cleared; `signals` are those it was made from. An
    inspector may change it, which adds to `decisions` {state, text, by, by_name, role, at, reopened,
    codes}. `reopened`: the issue was taken up again with it. `version` guards each change.
    """

    ticket: ObjectId = ObjectIdField(required=True)
    issue: ObjectId = ObjectIdField(required=True)
    number: str = StringField(required=True)
    department: ObjectId = ObjectIdField(required=True)
    unit: str | None = StringField(null=True, default=None)
    answered_at: datetime = DateTimeField(required=True)
    state: str = StringField(required=True, choices=(CONFIRMED, CLEARED))
    signals: list[dict[str, Any]] = ListField(DictField())
    decisions: list[dict[str, Any]] = ListField(DictField())
    reopened: bool = BooleanField(default=False)
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "closure_findings"}
