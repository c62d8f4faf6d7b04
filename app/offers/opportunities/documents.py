"""The list of opportunities (机会清单), and who is interested."""

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
from app.offers.opportunities.states import DRAFT, EXPRESSED, INTEREST_STATES, KINDS, STATES

OPPORTUNITY, INTEREST = "opportunity", "interest"


class Opportunity(Tracked):
    """What an `enterprise`, a `department` or a `unit` (one of them) offers or looks for.

    `place` is the unit that it lies in. `contact` is who of the owner knows more: people reach them through
    the app. `staff` answers for what follows from it, since it was published. Firms may express interest
    until the end of the local day `until`.
    """

    kind: str = StringField(required=True, choices=KINDS)
    title: str = StringField(required=True)
    text: str = StringField(required=True)
    enterprise: ObjectId | None = ObjectIdField(null=True, default=None)
    department: ObjectId | None = ObjectIdField(null=True, default=None)
    unit: str | None = StringField(null=True, default=None)
    place: str | None = StringField(null=True, default=None)
    contact: ObjectId | None = ObjectIdField(null=True, default=None)
    industry: str | None = StringField(null=True, default=None)
    until: str | None = StringField(null=True, default=None)
    state: str = StringField(required=True, choices=STATES, default=DRAFT)
    staff: ObjectId | None = ObjectIdField(null=True, default=None)
    published_at: datetime | None = DateTimeField(null=True, default=None)
    ended_at: datetime | None = DateTimeField(null=True, default=None)
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "opportunities"}


class Interest(Tracked):
    """That a firm is interested in an opportunity; once each. `owner` of staff follows it up.

    `of`, `of_department`, `of_unit` is whose opportunity it is: they learn who is interested once it is
    `released`. `notes` {text, at, by, by_name, role} are what was heard.
    """

    opportunity: ObjectId = ObjectIdField(required=True)
    of: ObjectId | None = ObjectIdField(null=True, default=None)
    of_department: ObjectId | None = ObjectIdField(null=True, default=None)
    of_unit: str | None = StringField(null=True, default=None)
    enterprise: ObjectId = ObjectIdField(required=True)
    state: str = StringField(required=True, choices=INTEREST_STATES, default=EXPRESSED)
    text: str = StringField(default="")
    owner: ObjectId = ObjectIdField(required=True)
    released: bool = BooleanField(default=False)
    notes: list[dict[str, Any]] = ListField(DictField())
    follow_up_on: str | None = StringField(null=True, default=None)
    outcome: str = StringField(default="")
    ended_at: datetime | None = DateTimeField(null=True, default=None)
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "interests"}
