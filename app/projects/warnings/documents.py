"""Warnings as they are kept."""

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
from app.foundation.documents import Document
from app.projects.warnings.facts import KINDS, LEVELS

OPEN, ACKNOWLEDGED, CLEARED = STATES = ("open", "acknowledged", "cleared")
THING = "warning"


class KeptWarning(Tracked):
    """A warning of a `project`, or of a `unit` as a whole (`project` null), from the day `since` (local) on.

    `level` is the present one, which the facts say, `red_at` when it last became red. `evidence` {level,
    since, code, params} are the facts. `plan` {text, by_on, by, by_name, role, at} is what was said when it
    was acknowledged; one that becomes red must be acknowledged anew. `silent` is a red one that came in as
    history: nobody was told, and it owes nothing until more is found. Cleared by facts alone. One at most of
    an `about` (`{project or unit}:{kind}`) is not cleared. `version` guards each step.
    """

    about: str = StringField(required=True)
    kind: str = StringField(required=True, choices=KINDS)
    level: str = StringField(required=True, choices=LEVELS)
    project: ObjectId | None = ObjectIdField(null=True, default=None)
    unit: str = StringField(required=True)
    state: str = StringField(required=True, choices=STATES, default=OPEN)
    since: str = StringField(required=True)
    evidence: list[dict[str, Any]] = ListField(DictField())
    plan: dict[str, Any] | None = DictField(null=True, default=None)
    silent: bool = BooleanField(default=False)
    opened_at: datetime = DateTimeField(required=True)
    red_at: datetime | None = DateTimeField(null=True, default=None)
    cleared_at: datetime | None = DateTimeField(null=True, default=None)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "warnings"}


class Falsification(Document):
    """Data of a project that were found, on the day `on`, to be falsified; `basis` names the document.

    `withdrawn` {by, by_name, at, reason}: found to be wrong.
    """

    project: ObjectId = ObjectIdField(required=True)
    on: str = StringField(required=True)
    text: str = StringField(required=True)
    basis: str = StringField(required=True)
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    at: datetime = DateTimeField(required=True)
    withdrawn: dict[str, Any] | None = DictField(null=True, default=None)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "falsifications"}
