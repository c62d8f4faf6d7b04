"""Cases (正面典型, 负面典型) of departments, units and officials."""

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
from app.oversight.cases_states import PROPOSED, STATES

THING = "case"
POSITIVE, NEGATIVE = KINDS = ("positive", "negative")
DEPARTMENT, UNIT, PERSON = SUBJECTS = ("department", "unit", "person")
STAFF, LIST = AUDIENCES = ("staff", "list")


class Case(Tracked):
    """An example of a department, a unit or an official; never of an enterprise.

    `subject` is an id, of a unit its code; `subject_name` what it was called; `department` and `unit` are
    the subject's. `evidence` are {kind, id, issue, name, text}. `served`, `decision`, `circulation`,
    `publication`, `withdrawal` and each of `replies` and `appeals` are signed {by, by_name, role, at, text};
    replies have `photos`, a circulation its `audience`, `departments` and `told`, a publication the
    authority's approval {authority, document_no, approved_on, approved_by, photos} and the `title` and
    `public_text` that may leave the house, an appeal its `answer` (signed, with `upheld`) once there is one.

    `served_to` may reply, until `reply_by`. `known_to` are all who may see it by name; whoever is on the
    staff may while it is `open_to_staff`. Withdrawn, it stays with those who had it. `version` guards each
    step.
    """

    kind: str = StringField(required=True, choices=KINDS)
    subject_kind: str = StringField(required=True, choices=SUBJECTS)
    subject: str = StringField(required=True)
    subject_name: str = StringField(required=True)
    department: ObjectId | None = ObjectIdField(null=True, default=None)
    unit: str | None = StringField(null=True, default=None)
    title: str = StringField(required=True)
    text: str = StringField(required=True)
    evidence: list[dict[str, Any]] = ListField(DictField())
    state: str = StringField(required=True, choices=STATES, default=PROPOSED)
    served: dict[str, Any] | None = DictField(null=True, default=None)
    served_to: list[ObjectId] = ListField(ObjectIdField())
    reply_by: datetime | None = DateTimeField(null=True, default=None)
    replies: list[dict[str, Any]] = ListField(DictField())
    decision: dict[str, Any] | None = DictField(null=True, default=None)
    appeal_by: datetime | None = DateTimeField(null=True, default=None)
    appeals: list[dict[str, Any]] = ListField(DictField())
    circulation: dict[str, Any] | None = DictField(null=True, default=None)
    publication: dict[str, Any] | None = DictField(null=True, default=None)
    withdrawal: dict[str, Any] | None = DictField(null=True, default=None)
    known_to: list[ObjectId] = ListField(ObjectIdField())
    open_to_staff: bool = BooleanField(default=False)
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "cases"}
