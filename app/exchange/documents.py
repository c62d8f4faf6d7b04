"""Imports: files and pushes that were taken in, and what became of them."""

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

from app.foundation.documents import Document

WAITING, CHECKING, WRITING, DONE, REFUSED, FAILED = STATES = (
    "waiting",
    "checking",
    "writing",
    "done",
    "refused",
    "failed",
)
PUSH = "push"


class Import(Document):
    """Lines of a `register` that somebody brought, all of which are written, or none.

    `form` is xlsx, csv, or `push` for what another platform sent as JSON; `key` is the file's in the object
    store. `counts` are {new, changed, same}, `outcomes` of a push what became of each line. `problems` are
    the first ones, {line, field, heading, cell, code, params}, of `problem_count`. `why` is the reason
    {code, params} of an end that no line is to blame for. `progress` goes from 0 to 100.
    """

    register: str = StringField(required=True)
    form: str = StringField(required=True)
    file_name: str = StringField(default="")
    key: str | None = StringField(null=True, default=None)
    dry_run: bool = BooleanField(default=False)
    historic: bool = BooleanField(default=False)
    reason: str = StringField(default="")
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    state: str = StringField(default=WAITING, choices=STATES)
    progress: int = IntField(default=0)
    row_count: int = IntField(default=0)
    counts: dict[str, int] = DictField()
    outcomes: list[dict[str, Any]] = ListField(DictField())
    problems: list[dict[str, Any]] = ListField(DictField())
    problem_count: int = IntField(default=0)
    why: dict[str, Any] | None = DictField(null=True, default=None)
    created_at: datetime = DateTimeField(required=True)
    ended_at: datetime | None = DateTimeField(null=True, default=None)

    meta: ClassVar[dict[str, Any]] = {"collection": "imports"}
