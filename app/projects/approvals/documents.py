"""Approvals of projects: what a department grants, by a statutory clock."""

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
from app.projects.approvals.states import NOT_STARTED, STATES


class Approval(Tracked):
    """An `item` of `approvals.yaml` that a project needs, with what the pack said of it when it was opened.

    `after` are the items that come before it, `since` the stage that must have come, `leads_to` the stage
    it is on the way to. `clock` {days, kind, source}. It was submitted last on `submitted_on`, and granted
    on `granted_on` (local days); `due_on` is when its statutory clock ends, while it runs. `rounds` are
    {submitted_on, ended_on, how} of submissions that were returned or refused. `documents` are {name, got}.
    `reason` is what the department said last. `historic`: brought in as history.
    """

    project: ObjectId = ObjectIdField(required=True)
    item: str = StringField(required=True)
    name: str = StringField(required=True)
    department: ObjectId = ObjectIdField(required=True)
    leads_to: str = StringField(required=True)
    since: str | None = StringField(null=True, default=None)
    after: list[str] = ListField(StringField())
    clock: dict[str, Any] = DictField(required=True)
    documents: list[dict[str, Any]] = ListField(DictField())
    state: str = StringField(default=NOT_STARTED, choices=STATES)
    submitted_on: str | None = StringField(null=True, default=None)
    due_on: str | None = StringField(null=True, default=None)
    granted_on: str | None = StringField(null=True, default=None)
    rounds: list[dict[str, Any]] = ListField(DictField())
    reason: str = StringField(default="")
    historic: bool = BooleanField(default=False)
    created_by: ObjectId | None = ObjectIdField()
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime | None = DateTimeField()
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "approvals"}
