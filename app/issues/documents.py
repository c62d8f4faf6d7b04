"""Issues and their tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    FloatField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)
from mongoengine.base import BaseField

from app.foundation.changes import Tracked
from app.foundation.documents import Document

OUTCOMES = ("solved", "no_reply", "unsolved")
SOURCES = ("visit", "wechat", "phone", "hotline_12345", "leader", "import")


class TermsField(BaseField):
    """Terms of a search, by the hundred: taken as they are, never looked at one by one."""


class Issue(Tracked):
    """What somebody needs solved.

    `owner` opened it, `commissioner` serves it. `route` tells the last placing with its reasons,
    `promise` the times given to the enterprise; both are empty until it is placed. `version` counts the
    changes and guards each of them. `awaited` are client_ids of photos, `awaited_visit` that of a visit,
    that are still on their way. `on_behalf_of` and `contact` (on site) are {name, phone}; who may see them
    is said in `reporters`. `pairs` are {before, after}: photos that show a thing as found and as left.

    `demand` is the part of the text that this issue is about, once a dispatcher split it. `clock` is what
    the promise is computed from (see `sla.promise.course_row`). `outcome`, once ended: solved (says the
    enterprise), no_reply, or unsolved. `hops` counts returns and transfers, `redos` how often it was not
    solved. `rulings` are final: a department that was told "yours" neither returns nor transfers it.
    `followers` are told of every step. `plan` is a promise to a date that was given as the answer.
    `sought` and `grams` are what it is found by (see `search_terms`).

    `unit_from` tells how the unit was found (see `projects.places`), `site` is the firm's site it is about.
    `restricted` names why no machine may place it: few may see it then, `barred` departments never; with
    `units_barred` (one of them is a unit's) no unit. `released`: a person found no need to restrict it.
    `priority` is a rule's, 1 (first) to 9.
    """

    number: str = StringField(required=True)
    owner: ObjectId = ObjectIdField(required=True)
    owner_role: str = StringField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    kind: str = StringField(required=True, choices=("request", "problem"))
    state: str = StringField(required=True)
    text: str = StringField(required=True)
    category: str | None = StringField()
    chosen_category: str | None = StringField()
    urgent: bool = BooleanField(default=False)
    said_urgent: bool | None = BooleanField(null=True, default=None)
    enterprise: ObjectId | None = ObjectIdField()
    project: ObjectId | None = ObjectIdField()
    visit: ObjectId | None = ObjectIdField()
    awaited: list[str] = ListField(StringField())
    awaited_visit: str | None = StringField()
    source: str = StringField(required=True, choices=SOURCES, default="wechat")
    external_number: str | None = StringField()
    on_behalf_of: dict[str, Any] | None = DictField(null=True, default=None)
    anonymous: bool = BooleanField(default=False)
    contact: dict[str, Any] | None = DictField(null=True, default=None)
    site: ObjectId | None = ObjectIdField()
    unit: str | None = StringField()
    unit_from: str | None = StringField()
    unit_distance_m: float | None = FloatField()
    commissioner: ObjectId | None = ObjectIdField()
    position: dict[str, Any] | None = DictField(null=True, default=None)
    photos: list[ObjectId] = ListField(ObjectIdField())
    pairs: list[dict[str, Any]] = ListField(DictField())
    departments: list[ObjectId] = ListField(ObjectIdField())
    restricted: str | None = StringField()
    barred: list[ObjectId] = ListField(ObjectIdField())
    units_barred: bool = BooleanField(default=False)
    released: bool = BooleanField(default=False)
    priority: int | None = IntField()
    route: dict[str, Any] = DictField()
    promise: dict[str, Any] = DictField()
    clock: dict[str, Any] = DictField()
    confirmation: dict[str, Any] = DictField()
    confirm_by: datetime | None = DateTimeField()
    outcome: str | None = StringField(choices=OUTCOMES)
    ended_at: datetime | None = DateTimeField()
    demand: str | None = StringField()
    hops: int = IntField(default=0)
    returns: int = IntField(default=0)
    redos: int = IntField(default=0)
    unreachable: int = IntField(default=0)
    reminders: int = IntField(default=0)
    reminded_at: datetime | None = DateTimeField()
    rulings: list[dict[str, Any]] = ListField(DictField())
    final: dict[str, Any] = DictField()
    plan: dict[str, Any] = DictField()
    followers: list[ObjectId] = ListField(ObjectIdField())
    split_from: ObjectId | None = ObjectIdField()
    merged_into: ObjectId | None = ObjectIdField()
    master: ObjectId | None = ObjectIdField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)
    sought: str | None = StringField()
    grams: list[str] | None = TermsField()

    meta: ClassVar[dict[str, Any]] = {"collection": "issues"}


class Ticket(Document):
    """The part of an issue that one department must do.

    `live` while it is somebody's work; a unique index allows one live lead ticket an issue. `level` is 0
    for clerks, 1 for the head, 2 under the inspector's eye. `due_at` is the next promise to keep.

    `clock` is what the times are computed from, `why` explains them; `promise_no` counts the promises this
    ticket was given, `climbed` are the rungs of the present one and `rung` is the next: {code, due_at, key};
    `held` {code, until} is one that an acknowledgement holds.
    `origin` tells where it came from: {how, ticket, department}. `question` waits for the enterprise,
    `extension` for a decision, `draft` (an answer) for the head. `rounds` are the times of answers that did
    not solve it. `final`: a ruling said "yours". `priority`, `restricted`, `barred` and `units_barred` are
    its issue's; `withheld`: its department was barred since, and sees it no more. `sought` and `grams` are
    what it is found by.
    """

    issue: ObjectId = ObjectIdField(required=True)
    number: str = StringField(required=True)
    role: str = StringField(required=True, choices=("lead", "assist"))
    state: str = StringField(required=True)
    live: bool = BooleanField(default=True)
    department: ObjectId = ObjectIdField(required=True)
    assignee: ObjectId | None = ObjectIdField()
    level: int = IntField(default=0)
    excerpt: str = StringField(required=True)
    category: str | None = StringField()
    unit: str | None = StringField()
    urgent: bool = BooleanField(default=False)
    priority: int | None = IntField()
    restricted: str | None = StringField()
    barred: list[ObjectId] = ListField(ObjectIdField())
    units_barred: bool = BooleanField(default=False)
    withheld: bool = BooleanField(default=False)
    origin: dict[str, Any] = DictField()
    final: bool = BooleanField(default=False)
    dispatched_at: datetime = DateTimeField(required=True)
    accept_by: datetime = DateTimeField(required=True)
    reply_by: datetime = DateTimeField(required=True)
    resolve_by: datetime = DateTimeField(required=True)
    due_at: datetime = DateTimeField(required=True)
    provisional: bool = BooleanField(default=False)
    clock: dict[str, Any] = DictField()
    why: list[dict[str, Any]] = ListField(DictField())
    promise_no: int = IntField(default=1)
    climbed: list[str] = ListField(StringField())
    held: dict[str, Any] = DictField()
    rung: dict[str, Any] = DictField()
    accepted_at: datetime | None = DateTimeField()
    replied_at: datetime | None = DateTimeField()
    answered_at: datetime | None = DateTimeField()
    ended_at: datetime | None = DateTimeField()
    question: dict[str, Any] = DictField()
    extension: dict[str, Any] = DictField()
    extensions: int = IntField(default=0)
    draft: dict[str, Any] = DictField()
    answer: dict[str, Any] = DictField()
    rounds: list[dict[str, Any]] = ListField(DictField())
    version: int = IntField(default=1)
    sought: str | None = StringField()
    grams: list[str] | None = TermsField()

    meta: ClassVar[dict[str, Any]] = {"collection": "tickets"}
