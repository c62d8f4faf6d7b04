"""Draws of spot checks, what they drew from, and the checks that came of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import (
    DateTimeField,
    DictField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.foundation.changes import Tracked
from app.foundation.documents import Document

DRAW, CHECK = "draw", "check"
TICKETS, VISITS = KINDS = ("tickets", "visits")
TICKET, VISIT = ITEMS = ("ticket", "visit")
BY_KIND, BY_UNIT, BY_DEPARTMENT, BY_CATEGORY = STRATA = ("kind", "unit", "department", "category")
PLANNED, DRAWN, CANCELLED = DRAW_STATES = ("planned", "drawn", "cancelled")
OPEN, RECORDED = CHECK_STATES = ("open", "recorded")
CONFIRMED, DOUBTFUL, FAKE = OUTCOMES = ("confirmed", "doubtful", "fake")


class Draw(Document):
    """A draw of closed tickets and ended visits of a period (local days, both included).

    Planned, `seed` is nobody's to see and `commitment` is its SHA-256. Drawn, `as_of` is the moment as of
    which the population was taken, of `count` items with `population_hash`; the items themselves are in
    `Population`. It takes `size` items or `percent` of them, shared by `strata` if set. `inspectors` look at
    what is drawn: all, where none is named. `ending` {by, by_name, at, text} is of who cancelled it.
    """

    name: str = StringField(required=True)
    kinds: list[str] = ListField(StringField(choices=KINDS))
    since: str = StringField(required=True)
    until: str = StringField(required=True)
    unit: str | None = StringField(null=True, default=None)
    department: ObjectId | None = ObjectIdField(null=True, default=None)
    category: str | None = StringField(null=True, default=None)
    size: int | None = IntField(null=True, default=None)
    percent: int | None = IntField(null=True, default=None)
    strata: str | None = StringField(null=True, default=None)
    inspectors: list[ObjectId] = ListField(ObjectIdField())
    algorithm: str = StringField(required=True)
    seed: str = StringField(required=True)
    commitment: str = StringField(required=True)
    state: str = StringField(required=True, choices=DRAW_STATES, default=PLANNED)
    as_of: datetime | None = DateTimeField(null=True, default=None)
    count: int | None = IntField(null=True, default=None)
    population_hash: str | None = StringField(null=True, default=None)
    drawn_by_name: str | None = StringField(null=True, default=None)
    ending: dict[str, Any] | None = DictField(null=True, default=None)
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    created_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "draws"}


class Population(Document):
    """What a draw (`id`) drew from: the items as lines, "id stratum", sorted. Never changed."""

    lines: list[str] = ListField(StringField())
    at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "draw_populations"}


class Check(Tracked):
    """A drawn ticket or visit that `inspector` looks at by `due_at`; `rank` is its lot.

    `department` is the ticket's, `unit` and `category` what they were when drawn. `owner` did the work:
    assignee or commissioner. Recorded, it has an `outcome`, `notes`, `photos` and `callback` {at, reached,
    solved, text}: what the enterprise said when called. What is recorded is seen by `shown_department` and
    `shown_unit` too. `version` guards its steps.
    """

    draw: ObjectId = ObjectIdField(required=True)
    item: str = StringField(required=True, choices=ITEMS)
    item_id: ObjectId = ObjectIdField(required=True)
    issue: ObjectId | None = ObjectIdField(null=True, default=None)
    name: str = StringField(required=True)
    stratum: str = StringField(default="")
    rank: str = StringField(required=True)
    department: ObjectId | None = ObjectIdField(null=True, default=None)
    unit: str | None = StringField(null=True, default=None)
    category: str | None = StringField(null=True, default=None)
    owner: ObjectId | None = ObjectIdField(null=True, default=None)
    inspector: ObjectId | None = ObjectIdField(null=True, default=None)
    due_at: datetime = DateTimeField(required=True)
    state: str = StringField(required=True, choices=CHECK_STATES, default=OPEN)
    outcome: str | None = StringField(choices=OUTCOMES, null=True, default=None)
    notes: str = StringField(default="")
    photos: list[ObjectId] = ListField(ObjectIdField())
    callback: dict[str, Any] | None = DictField(null=True, default=None)
    recorded_at: datetime | None = DateTimeField(null=True, default=None)
    recorded_by_name: str | None = StringField(null=True, default=None)
    shown_department: ObjectId | None = ObjectIdField(null=True, default=None)
    shown_unit: str | None = StringField(null=True, default=None)
    created_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "checks"}
