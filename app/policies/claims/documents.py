"""Claims of enterprises under policies, and objections to them."""

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
from app.foundation.db import Row
from app.foundation.documents import Document
from app.policies.claims.states import FOUND, STATES

CLAIM, OBJECTION = "claim", "objection"
OPEN, UPHELD, DISMISSED, LAPSED = OBJECTION_STATES = ("open", "upheld", "dismissed", "lapsed")


class Claim(Tracked):
    """What an enterprise claims under an edition (`policy`) of the policy `code`, in the `window` of that.

    `slot` is taken by the one standing claim that a firm may have in a window, null where several are
    allowed or it is gone. Money is 万元: `asked`, `reviewed`, `approved`, and `paid` so far. `quantity` is
    what a rule per unit counts, `papers` are {name, photos}, `account` {holder, bank, number} is where to
    pay. `verdict` {verdict, at, unclear} is what matching found. `steps` are the spans of states: {state,
    since, until, days, by_name, side}; `days` working days, counted when the span ends. `notice` {first,
    last, amount, at} is the public notice of round `round`, both its days included; `objections` are those
    that are undecided, `upheld` how many of the round were. `refusal` {codes, text}. Its present step is
    `due_at`, and climbs the ladder by `rung` and `climbed`. `clerk` took it up in the department, `reviewer`
    is who reviewed it. `on_behalf` says that its commissioner submitted it.
    """

    policy: ObjectId = ObjectIdField(required=True)
    code: str = StringField(required=True)
    title: str = StringField(required=True)
    window: str = StringField(required=True)
    slot: str | None = StringField(null=True, default=None)
    department: ObjectId = ObjectIdField(required=True)
    enterprise: ObjectId = ObjectIdField(required=True)
    project: ObjectId | None = ObjectIdField(null=True, default=None)
    issue: ObjectId | None = ObjectIdField(null=True, default=None)
    state: str = StringField(required=True, choices=STATES, default=FOUND)
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    on_behalf: bool = BooleanField(default=False)
    clerk: ObjectId | None = ObjectIdField(null=True, default=None)
    reviewer: ObjectId | None = ObjectIdField(null=True, default=None)
    text: str = StringField(default="")
    quantity: int | None = IntField(null=True, default=None)
    asked: Decimal128 | None = Decimal128Field(null=True, default=None)
    reviewed: Decimal128 | None = Decimal128Field(null=True, default=None)
    approved: Decimal128 | None = Decimal128Field(null=True, default=None)
    paid: Decimal128 = Decimal128Field(required=True)
    papers: list[dict[str, Any]] = ListField(DictField())
    account: dict[str, Any] | None = DictField(null=True, default=None)
    verdict: dict[str, Any] | None = DictField(null=True, default=None)
    refusal: dict[str, Any] | None = DictField(null=True, default=None)
    notice: dict[str, Any] | None = DictField(null=True, default=None)
    round: int = IntField(default=0)
    objections: int = IntField(default=0)
    upheld: int = IntField(default=0)
    steps: list[dict[str, Any]] = ListField(DictField())
    due_at: datetime | None = DateTimeField(null=True, default=None)
    climbed: list[str] = ListField(StringField())
    rung: dict[str, Any] = DictField()
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    ended_at: datetime | None = DateTimeField(null=True, default=None)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "claims"}


class Objection(Document):
    """What somebody says against a claim during its public notice (`round`).

    `anonymous`: to all but those who decide. `decision` is signed {by, by_name, role, at, text}.
    """

    claim: ObjectId = ObjectIdField(required=True)
    policy: ObjectId = ObjectIdField(required=True)
    code: str = StringField(required=True)
    department: ObjectId = ObjectIdField(required=True)
    round: int = IntField(required=True)
    state: str = StringField(required=True, choices=OBJECTION_STATES, default=OPEN)
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    anonymous: bool = BooleanField(default=False)
    text: str = StringField(required=True)
    photos: list[ObjectId] = ListField(ObjectIdField())
    decision: dict[str, Any] | None = DictField(null=True, default=None)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    created_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "objections"}


def window_of(policy: Row) -> str:
    """The window in which a stored policy is claimed: an edition that only ends later is of the same one."""
    return policy["since"] or ""


def slot_of(policy: Row, enterprise: ObjectId) -> str | None:
    """What the one standing claim of an enterprise takes; None where a policy allows several."""
    if policy["several"]:
        return None
    return f"{enterprise}:{policy['code']}:{window_of(policy)}"
