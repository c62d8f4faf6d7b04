"""Policies in favour of enterprises (惠企政策)."""

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
from app.foundation.db import Row
from app.policies.rules import language
from app.policies.rules.amounts import Rule
from app.policies.rules.conditions import Condition

DRAFT, PUBLISHED, CLOSED = STATES = ("draft", "published", "closed")
THING = "policy"


class Policy(Tracked):
    """One edition of a policy, published by a `department`; `code` names all its editions.

    `conditions` and `amount_rule` are data, see `rules.language`. It may be claimed from the local day
    `since` to `until`, both included, None is open; once by a firm, unless `several` are allowed. `papers`
    are the names of documents that a claim needs, each with a photo. A public notice of a claim lasts
    `notice_wd` working days (None: the district's), and shows the amount if `shows_amount`. What is
    published is changed by another edition only, which takes its place: `replaced_by`.
    """

    code: str = StringField(required=True)
    edition: int = IntField(required=True, default=1)
    state: str = StringField(required=True, choices=STATES, default=DRAFT)
    title: str = StringField(required=True)
    department: ObjectId = ObjectIdField(required=True)
    text: str = StringField(required=True)
    conditions: dict[str, Any] = DictField(required=True)
    amount_rule: dict[str, Any] = DictField(required=True)
    since: str | None = StringField(null=True, default=None)
    until: str | None = StringField(null=True, default=None)
    several: bool = BooleanField(default=False)
    papers: list[str] = ListField(StringField())
    notice_wd: int | None = IntField(null=True, default=None)
    shows_amount: bool = BooleanField(default=True)
    published_at: datetime | None = DateTimeField(null=True, default=None)
    closed_at: datetime | None = DateTimeField(null=True, default=None)
    replaced_by: ObjectId | None = ObjectIdField(null=True, default=None)
    historic: bool = BooleanField(default=False)
    created_by: ObjectId | None = ObjectIdField()
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime | None = DateTimeField()
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "policies"}


def conditions_of(policy: Row) -> Condition:
    """The conditions of a stored policy."""
    return language.condition(policy["conditions"])


def rule_of(policy: Row) -> Rule:
    """The amount rule of a stored policy."""
    return language.amount_rule(policy["amount_rule"])


def is_open(policy: Row, day: str) -> bool:
    """Whether a stored policy may be claimed on a local day."""
    begun = policy["since"] is None or policy["since"] <= day
    ended = policy["until"] is not None and policy["until"] < day
    return policy["state"] == PUBLISHED and begun and not ended
