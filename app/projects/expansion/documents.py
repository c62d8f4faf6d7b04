"""Expansion intents (增资扩产意向): what an enterprise that is here already wants to add."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import Decimal128, ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    Decimal128Field,
    DictField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.foundation.changes import Tracked
from app.projects.expansion.states import CAUGHT, STATES

DIRECTIONS = (
    "market",
    "technology",
    "compliance",
    "headquarters",
    "listing",
    "foreign_capital",
)
"""What draws it: market demand, technical change, environment and safety, a headquarters' ecosystem, a
listing, further foreign capital (市场需求牵引型 … 外资追加投资型)."""


class Intent(Tracked):
    """`amount` (to be invested) and `funds_needed` are 万元, `land_needed_mu` mu; `text` is in own words.

    `owner` is the person who sees to it. `visit` is the visit on which it was caught on the day
    `caught_on`. `issues` coordinate it. `meetings` are appended: {on, attended, text, agreed: [{what, who,
    due}], by, by_name, at}. `project` is what became of it, `dropped` why nothing did.
    """

    code: str = StringField(required=True)
    enterprise: ObjectId = ObjectIdField(required=True)
    direction: str = StringField(required=True, choices=DIRECTIONS)
    text: str = StringField(default="")
    amount: Decimal128 | None = Decimal128Field(null=True, default=None)
    funds_needed: Decimal128 | None = Decimal128Field(null=True, default=None)
    land_needed_mu: Decimal128 | None = Decimal128Field(null=True, default=None)
    state: str = StringField(required=True, choices=STATES, default=CAUGHT)
    owner: ObjectId = ObjectIdField(required=True)
    caught_on: str = StringField(required=True)
    visit: ObjectId | None = ObjectIdField(null=True, default=None)
    issues: list[ObjectId] = ListField(ObjectIdField())
    meetings: list[dict[str, Any]] = ListField(DictField())
    project: ObjectId | None = ObjectIdField(null=True, default=None)
    dropped: str = StringField(default="")
    historic: bool = BooleanField(default=False)
    created_by: ObjectId | None = ObjectIdField()
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "expansion_intents"}
