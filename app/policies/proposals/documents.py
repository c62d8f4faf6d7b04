"""Proposals to adjust a policy (调整优化)."""

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

from app.foundation.db import Row
from app.foundation.documents import Document

OPEN, ADOPTED, DECLINED = STATES = ("open", "adopted", "declined")
REFUSAL, OBJECTION, COMPLAINT = KINDS = ("refusal", "objection", "complaint")


class Proposal(Document):
    """A proposal to adjust the policy `code`; `policy` is the edition at the time.

    Opened by a person, or by the machine (`by` null) from what was alike: `group` is then the refusal's code,
    `objection` or `complaint`, and one at most of a group is open (`slot`). `evidence` is {kind, id, at,
    text}, of KINDS. `followers` are those who raised it, and hear what became of it. `decision` is signed
    {by, by_name, role, at, text} and names the `edition` that followed, if any.
    """

    code: str = StringField(required=True)
    policy: ObjectId = ObjectIdField(required=True)
    title: str = StringField(required=True)
    department: ObjectId = ObjectIdField(required=True)
    state: str = StringField(required=True, choices=STATES, default=OPEN)
    group: str | None = StringField(null=True, default=None)
    slot: str | None = StringField(null=True, default=None)
    text: str = StringField(default="")
    by: ObjectId | None = ObjectIdField(null=True, default=None)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    evidence: list[dict[str, Any]] = ListField(DictField())
    followers: list[ObjectId] = ListField(ObjectIdField())
    decision: dict[str, Any] | None = DictField(null=True, default=None)
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "policy_proposals"}


def evidence(kind: str, thing: Row, at: datetime, text: str) -> Row:
    """A row of evidence: what of which kind was raised when, in which words."""
    return {"kind": kind, "id": thing["_id"], "at": at, "text": text[:500]}
