"""Who serves whom: assignments of commissioners to enterprises and projects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import ObjectIdField, StringField

from app.foundation.entries import Entry

ENTERPRISE, PROJECT = KINDS = ("enterprise", "project")


class Assignment(Entry):
    """From the day `since` on, `person` serves the enterprise or project `subject`.

    It ends before the day `until`, where that is known, and in any case when the next one of the same
    subject begins: two never overlap. `about` is `{kind}:{subject}:{since}`. Days are local.
    """

    kind: str = StringField(required=True, choices=KINDS)
    subject: ObjectId = ObjectIdField(required=True)
    person: ObjectId = ObjectIdField(required=True)
    since: str = StringField(required=True)
    until: str | None = StringField(null=True, default=None)

    meta: ClassVar[dict[str, Any]] = {"collection": "assignments"}


def about(row: Mapping[str, Any]) -> str:
    """Of what an assignment is."""
    return f"{row['kind']}:{row['subject']}:{row['since']}"


def serving(entries: Iterable[Mapping[str, Any]], day: str) -> Mapping[str, Any] | None:
    """Of the standing assignments of one subject the one in force on a day: the last begun, if not ended."""
    begun = [each for each in entries if each["since"] <= day]
    if not begun:
        return None
    last = max(begun, key=lambda each: str(each["since"]))
    return last if last["until"] is None or last["until"] > day else None


def end_of(entry: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> str | None:
    """The day before which an assignment of a subject ends, by its own word or by the next one; or None."""
    later = (each["since"] for each in others if each["since"] > entry["since"])
    ends = [day for day in (entry["until"], min(later, default=None)) if day is not None]
    return min(ends, default=None)
