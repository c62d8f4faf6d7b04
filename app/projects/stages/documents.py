"""The stages of projects, as entries: when each is planned, when it came, who says so and who looked."""

from __future__ import annotations

from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import BooleanField, DictField, IntField, ListField, ObjectIdField, StringField

from app.foundation.entries import Entry

PLANNED, ACTUAL, RECOGNISED = KINDS = ("planned", "actual", "recognised")
SUSPENDED, RESUMED, EXITED = TURNS = ("suspended", "resumed", "exited")
"""Beside the stages: a project may be suspended and resumed several times, and leave once."""


class StageEntry(Entry):
    """On the day `on` (`2026-11-24`, local) a project, or its `phase` (0 is the whole), came to `stage`.

    `stage` is one of `projects.documents.STAGES` or of TURNS. `kind`: planned, actual, or recognised, by
    the authority, which only a start has beside the reported one. `turn` counts suspensions and resumptions
    from 1, else 0. `photos` are evidence; `evidence_missing` marks what came without. `verified` is
    {by, name, at} of somebody else who looked. `about` is `{project}:{phase}:{stage}:{kind}:{turn}`.
    """

    project: ObjectId = ObjectIdField(required=True)
    phase: int = IntField(default=0)
    stage: str = StringField(required=True)
    kind: str = StringField(required=True, choices=KINDS)
    turn: int = IntField(default=0)
    on: str = StringField(required=True)
    photos: list[ObjectId] = ListField(ObjectIdField())
    evidence_missing: bool = BooleanField(default=False)
    verified: dict[str, Any] | None = DictField(null=True, default=None)
    note: str = StringField(default="")

    meta: ClassVar[dict[str, Any]] = {"collection": "stage_entries"}


def about(project: ObjectId, phase: int, stage: str, kind: str, turn: int = 0) -> str:
    """Of what an entry is."""
    return f"{project}:{phase}:{stage}:{kind}:{turn}"
