"""Leads for investment that firms bring (以商引商)."""

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
from app.offers.leads.states import NEW, STATES

LEAD = "lead"


class Lead(Tracked):
    """A `company` from elsewhere that an `enterprise` of the district brings.

    The three parties (龙头企业+堰才公司+产业部门) are the enterprise, a `partner` company and a `department`.
    `unit` is the enterprise's when it was entered. `owner` of staff sees to it, next on `follow_up_on`.
    `contact_phone` is for those who work on it. `event` is where it was met, `project` what it became,
    `dropped` why it did not. `notes` {text, state, at, by, by_name, role} are what was heard.
    """

    code: str = StringField(required=True)
    enterprise: ObjectId = ObjectIdField(required=True)
    company: str = StringField(required=True)
    company_place: str = StringField(default="")
    company_industry: str | None = StringField(null=True, default=None)
    partner: str = StringField(default="")
    department: ObjectId = ObjectIdField(required=True)
    unit: str | None = StringField(null=True, default=None)
    contact_name: str = StringField(default="")
    contact_phone: str = StringField(default="")
    text: str = StringField(default="")
    found_on: str = StringField(required=True)
    owner: ObjectId = ObjectIdField(required=True)
    state: str = StringField(required=True, choices=STATES, default=NEW)
    follow_up_on: str | None = StringField(null=True, default=None)
    notes: list[dict[str, Any]] = ListField(DictField())
    event: ObjectId | None = ObjectIdField(null=True, default=None)
    project: ObjectId | None = ObjectIdField(null=True, default=None)
    dropped: str = StringField(default="")
    ended_at: datetime | None = DateTimeField(null=True, default=None)
    historic: bool = BooleanField(default=False)
    created_by: ObjectId | None = ObjectIdField()
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime | None = DateTimeField()
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "leads"}
