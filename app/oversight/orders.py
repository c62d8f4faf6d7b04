"""Orders that want a reply: instructions of leaders, orders of inspection, inquiries. One mechanism."""

from __future__ import annotations

from collections.abc import Mapping
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
from app.oversight.orders_states import ISSUED, STATES
from app.people.access import Columns, Ties

THING = "order"
INSTRUCTION, INSPECTION, INQUIRY = KINDS = ("instruction", "inspection", "inquiry")
PROJECT, ISSUE, ENTERPRISE, UNIT, DEPARTMENT, REPORT, NONE = SUBJECTS = (
    "project",
    "issue",
    "enterprise",
    "unit",
    "department",
    "report",
    "none",
)
EXCERPT = 60
"""So many characters of an order name it in a notice."""
COLUMNS = Columns(owner="owner", unit="unit", departments="department")


class Order(Tracked):
    """What `by` wants done, in their own words (`text`, never changed), answered by `due_at`.

    It is about a `subject` (an id; of a unit its code in `unit`; `subject_name` is what it was called), and
    `project` where it hangs on one. `owner` answers for it: a person, found for the `department` or
    the unit that it is addressed to (`addressed`: person, department, unit). `department` is the owner's,
    `unit` the addressee's or the subject's. One about an issue has no owner: its `supervision` is its
    execution, and says how it stands.

    `replies` are {text, photos, by, by_name, at}, `verdicts` the same with `accepted`; `extensions` {due_at,
    reason, by, by_name, at, granted (null: to be decided), text, decided_by, decided_at}. `rung` {code,
    due_at, key} is what it waits to climb, `climbed` are those behind it since it is due at this time.
    `ending` {by, by_name, at, text} is of who closed or withdrew it. `version` guards each step.
    """

    kind: str = StringField(required=True, choices=KINDS)
    text: str = StringField(required=True)
    subject_kind: str = StringField(required=True, choices=SUBJECTS)
    subject: ObjectId | None = ObjectIdField(null=True, default=None)
    subject_name: str = StringField(default="")
    project: ObjectId | None = ObjectIdField(null=True, default=None)
    supervision: ObjectId | None = ObjectIdField(null=True, default=None)
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    owner: ObjectId | None = ObjectIdField(null=True, default=None)
    addressed: str | None = StringField(null=True, default=None)
    department: ObjectId | None = ObjectIdField(null=True, default=None)
    unit: str | None = StringField(null=True, default=None)
    due_at: datetime = DateTimeField(required=True)
    state: str = StringField(required=True, choices=STATES, default=ISSUED)
    replies: list[dict[str, Any]] = ListField(DictField())
    verdicts: list[dict[str, Any]] = ListField(DictField())
    extensions: list[dict[str, Any]] = ListField(DictField())
    rung: dict[str, Any] = DictField()
    climbed: list[str] = ListField(StringField())
    ending: dict[str, Any] | None = DictField(null=True, default=None)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "orders"}


def seen_by(row: Mapping[str, Any]) -> Ties:
    """What binds a stored order to those who may see it."""
    return Ties(owner=row["owner"], departments=_department(row), unit=row["unit"])


def answered_by(row: Mapping[str, Any]) -> Ties:
    """What binds it to those who answer for it: its owner, and whom it is addressed to."""
    unit = row["unit"] if row["addressed"] == UNIT else None
    return Ties(owner=row["owner"], departments=_department(row), unit=unit)


def decided_by(row: Mapping[str, Any]) -> Ties:
    """What binds it to those who say whether the answer will do: whoever issued it."""
    return Ties(owner=row["by"])


def handed_over_by(row: Mapping[str, Any]) -> Ties:
    """What binds it to those who give it to another owner: who issued it, who is above its owner."""
    unit = row["unit"] if row["addressed"] == UNIT else None
    return Ties(owner=row["by"], departments=_department(row), unit=unit)


def family(row: Mapping[str, Any]) -> str:
    """What the events of an order begin with: `instruction`, or `order` for all others."""
    return INSTRUCTION if row["kind"] == INSTRUCTION else THING


def _department(row: Mapping[str, Any]) -> tuple[ObjectId, ...]:
    return (row["department"],) if row["department"] else ()
