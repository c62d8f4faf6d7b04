"""What is in the district's pools (四库), from when to when."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import BooleanField, DateTimeField, IntField, ObjectIdField, StringField

from app.foundation.changes import Tracked

MEMBER = "pool_member"
PROJECT, ENTERPRISE, LEAD = KINDS = ("project", "enterprise", "lead")


class PoolMember(Tracked):
    """A project, an enterprise or a lead (one of them) is in a `pool` from a local day to before another.

    `kind` says which, `unit` where it was accounted to when it was put in.
    """

    pool: str = StringField(required=True)
    kind: str = StringField(required=True, choices=KINDS)
    project: ObjectId | None = ObjectIdField(null=True, default=None)
    enterprise: ObjectId | None = ObjectIdField(null=True, default=None)
    lead: ObjectId | None = ObjectIdField(null=True, default=None)
    since: str = StringField(required=True)
    until: str | None = StringField(null=True, default=None)
    unit: str | None = StringField(null=True, default=None)
    note: str = StringField(default="")
    historic: bool = BooleanField(default=False)
    created_by: ObjectId | None = ObjectIdField()
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime | None = DateTimeField()
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "pool_members"}
