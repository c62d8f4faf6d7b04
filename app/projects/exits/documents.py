"""Cases of projects that may have to leave."""

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

from app.departments import registry
from app.foundation.changes import Tracked
from app.foundation.district import pack
from app.foundation.errors import Invalid
from app.projects.exits.states import PROPOSED, STATES

THING = "exit_case"


class ExitCase(Tracked):
    """A project that may have to leave, from the proposal to the end. One at most of a project is `live`.

    Proposed by a person (`by`), or by the machine (`by` null) from `warnings`, with `evidence` {level,
    since, code, params}. `shown_to` is the enterprise, once the notice is served; `departments` those that
    a measure may need. `notice`, `rectification`, `decision`, `ending` and each of `replies` are signed {by,
    by_name, role, at} and have a `text`; replies `photos`; a rectification `due_on` (local day), a decision
    its `measure` and the `basis` of that at the time. `outcome` is a measure, or `rectified`. The
    enterprise has until `reply_by` to reply. `version` guards each step.
    """

    project: ObjectId = ObjectIdField(required=True)
    state: str = StringField(required=True, choices=STATES, default=PROPOSED)
    live: bool = BooleanField(default=True)
    by: ObjectId | None = ObjectIdField(null=True, default=None)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    text: str = StringField(default="")
    warnings: list[ObjectId] = ListField(ObjectIdField())
    evidence: list[dict[str, Any]] = ListField(DictField())
    departments: list[ObjectId] = ListField(ObjectIdField())
    shown_to: ObjectId | None = ObjectIdField(null=True, default=None)
    notice: dict[str, Any] | None = DictField(null=True, default=None)
    reply_by: datetime | None = DateTimeField(null=True, default=None)
    replies: list[dict[str, Any]] = ListField(DictField())
    rectification: dict[str, Any] | None = DictField(null=True, default=None)
    decision: dict[str, Any] | None = DictField(null=True, default=None)
    outcome: str | None = StringField(null=True, default=None)
    ending: dict[str, Any] | None = DictField(null=True, default=None)
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "exit_cases"}


def deciding_departments() -> list[ObjectId]:
    """The departments, as they are today, without which some measures cannot be decided."""
    codes = {each.needs_department for each in pack().exits.measures} - {None}
    return [found for code in sorted(filter(None, codes)) if (found := department(code))]


def department(code: str) -> ObjectId | None:
    """The department of this code, or what took its place; None where there is none."""
    try:
        return registry.by_code(code).id
    except Invalid:
        return None
