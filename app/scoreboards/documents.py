"""What is stored of contests."""

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

from app.foundation.documents import Document
from app.scoreboards.catalogue import KINDS

DRAFT, PUBLISHED = BOARD_STATES = ("draft", "published")
OPEN, FROZEN = PERIOD_STATES = ("open", "frozen")
WAITING, UPHELD, REJECTED = APPEAL_STATES = ("open", "upheld", "rejected")
PROPOSED, GRANTED, REFUSED, WITHDRAWN = AWARD_STATES = (
    "proposed",
    "granted",
    "refused",
    "withdrawn",
)
BOARD, EXCLUSION, APPEAL, AWARD = "scoreboard", "score_exclusion", "score_appeal", "award"


class Signed(Document):
    """What one person made under one client_id. The machine has no id and no client_id."""

    by: ObjectId | None = ObjectIdField(null=True, default=None)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()
    created_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"abstract": True, "auto_create_index": False}


class Scoreboard(Signed):
    """A version of the template of a contest `board`. A draft may change; what was published never does.

    `content` has the form of `template.content_of`.
    """

    board: str = StringField(required=True)
    number: int = IntField(required=True)
    state: str = StringField(required=True, choices=BOARD_STATES)
    content: dict[str, Any] = DictField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    published_at: datetime | None = DateTimeField(null=True, default=None)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "scoreboards"}


class ScorePeriod(Document):
    """A period of a contest. Frozen it keeps the template's `content` and `number`, and who froze it when.

    `version` counts what was done to it while it was open; freezing and all else meet in it. `least` was
    the district's smallest sample then.
    """

    board: str = StringField(required=True)
    period: str = StringField(required=True)
    state: str = StringField(required=True, choices=PERIOD_STATES)
    version: int = IntField(required=True)
    number: int | None = IntField(null=True, default=None)
    content: dict[str, Any] | None = DictField(null=True, default=None)
    least: int | None = IntField(null=True, default=None)
    as_of: str | None = StringField(null=True, default=None)
    frozen_at: datetime | None = DateTimeField(null=True, default=None)
    frozen_by: str | None = StringField(null=True, default=None)
    appeals_until: datetime | None = DateTimeField(null=True, default=None)

    meta: ClassVar[dict[str, Any]] = {"collection": "score_periods"}


class FrozenScore(Document):
    """The score of a subject as it was frozen, with all that explains it. Never changed: see `stored`."""

    board: str = StringField(required=True)
    period: str = StringField(required=True)
    subject: str = StringField(required=True)
    name: str = StringField(required=True)
    total: Decimal128 | None = Decimal128Field(null=True, default=None)
    rank: int | None = IntField(null=True, default=None)
    excluded: str | None = StringField(null=True, default=None)
    why: list[dict[str, Any]] = ListField(DictField())
    items: list[dict[str, Any]] = ListField(DictField())

    meta: ClassVar[dict[str, Any]] = {"collection": "scores"}


class Exclusion(Signed):
    """A subject is out of a period, for a reason, until it is `lifted` {by, by_name, role, at, text}."""

    board: str = StringField(required=True)
    period: str = StringField(required=True)
    subject: str = StringField(required=True)
    reason: str = StringField(required=True)
    lifted: dict[str, Any] | None = DictField(null=True, default=None)

    meta: ClassVar[dict[str, Any]] = {"collection": "score_exclusions"}


class Appeal(Signed):
    """What a subject says against its frozen score, or against one `item` of it.

    `decision` is {by, by_name, role, at, text}; `due_by` says until when there is to be one.
    """

    board: str = StringField(required=True)
    period: str = StringField(required=True)
    of: str = StringField(required=True, choices=KINDS)
    subject: str = StringField(required=True)
    name: str = StringField(required=True)
    item: str | None = StringField(null=True, default=None)
    text: str = StringField(required=True)
    state: str = StringField(required=True, choices=APPEAL_STATES, default=WAITING)
    due_by: datetime = DateTimeField(required=True)
    decision: dict[str, Any] | None = DictField(null=True, default=None)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "score_appeals"}


class Correction(Signed):
    """What stands beside a frozen score since an appeal was upheld. Appended, never changed.

    The `value` of an `item` as it should have been; or, without an item, that the subject is in again.
    """

    board: str = StringField(required=True)
    period: str = StringField(required=True)
    subject: str = StringField(required=True)
    item: str | None = StringField(null=True, default=None)
    value: Decimal128 | None = Decimal128Field(null=True, default=None)
    appeal: ObjectId = ObjectIdField(required=True)
    text: str = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "score_corrections"}


class Award(Signed):
    """An honour for a subject in a period, proposed from its frozen score. One of a kind each is `live`.

    `rank` and `total` are what it was proposed on. `decision` and `withdrawal` are signed like those of
    appeals.
    """

    kind: str = StringField(required=True)
    board: str = StringField(required=True)
    period: str = StringField(required=True)
    of: str = StringField(required=True, choices=KINDS)
    subject: str = StringField(required=True)
    name: str = StringField(required=True)
    text: str = StringField(default="")
    rank: int = IntField(required=True)
    total: Decimal128 = Decimal128Field(required=True)
    state: str = StringField(required=True, choices=AWARD_STATES, default=PROPOSED)
    live: bool = BooleanField(default=True)
    decision: dict[str, Any] | None = DictField(null=True, default=None)
    withdrawal: dict[str, Any] | None = DictField(null=True, default=None)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "awards"}


def signed(by: Any, now: datetime, **said: Any) -> dict[str, Any]:
    """Who makes it, and when."""
    return {"by": by.id, "by_name": by.name, "role": by.role, "created_at": now, **said}


def word(by: Any, text: str, now: datetime) -> dict[str, Any]:
    """What somebody says with a step."""
    return {"by": by.id, "by_name": by.name, "role": by.role, "at": now, "text": text}
