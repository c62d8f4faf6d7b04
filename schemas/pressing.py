"""Reminders, joint meetings, promised dates and filled answer templates over the wire."""

from __future__ import annotations

from datetime import date
from typing import Any

from bson import ObjectId
from marshmallow import ValidationError, fields, post_load

from app.foundation.reasons import Reason
from app.issues.pressing.agreeing import Task
from app.issues.pressing.meeting import Minutes, Ruling
from app.issues.work.passing import RULINGS
from schemas.base import Base, Id, Length, Moment, OneOf, Text, View


class RemindIn(Base):
    """A nudge, with words or without."""

    text = Text(2000, load_default="")


class PlanIn(Base):
    """Whether a promised date was kept."""

    kept = fields.Boolean(required=True)
    text = Text(2000, load_default="")
    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))


class PlanView(View):
    """A promise to a date: running, due (was it kept?), kept or broken."""

    day = fields.String(required=True, metadata={"format": "date"})
    state = fields.String(required=True)


def _of_our_times(day: date) -> None:
    if not 2000 <= day.year <= 2100:
        raise ValidationError([Reason("request.time")])


class TaskIn(Base):
    """What somebody is to do by a day."""

    text = Text(1000, least=1, required=True)
    owner_id = Id(required=True)
    due_on = fields.Date(required=True, validate=_of_our_times)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Task:
        """It as a value."""
        return Task(**data)


class MeetingRulingIn(Base):
    """Whether the issue is this department's; final."""

    department_id = Id(required=True)
    ruling = fields.String(required=True, validate=OneOf(RULINGS))
    reason = Text(2000, least=1, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Ruling:
        """It as a value."""
        return Ruling(ObjectId(data["department_id"]), data["ruling"], data["reason"])


class MeetingIn(Base):
    """A meeting that was held; attendees are names."""

    held_at = Moment(required=True)
    place = Text(200, load_default="")
    attendees = fields.List(Text(100, least=1), required=True, validate=Length(min=1, max=100))
    agreed = Text(5000, least=1, required=True)
    duties = fields.List(fields.Nested(TaskIn), load_default=list, validate=Length(max=50))
    ruling = fields.Nested(MeetingRulingIn, load_default=None)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Minutes:
        """It as a value."""
        return Minutes(tasks=data.pop("duties"), **data)


class DoneIn(Base):
    """How it was done."""

    text = Text(2000, least=1, required=True)
    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))


class DoneView(View):
    """How it was done."""

    text = fields.String(required=True)
    photo_ids = fields.List(fields.String(), required=True)
    by = fields.String(required=True)
    at = Moment(required=True)


class AgreedView(View):
    """What was agreed at a meeting to be done; `n` is its place there, from 1."""

    meeting_id = Id(required=True)
    n = fields.Integer(required=True)
    issue_id = Id(required=True)
    number = fields.String(required=True)
    text = fields.String(required=True)
    owner_id = fields.String(allow_none=True)
    owner = fields.String(required=True)
    due_on = fields.String(required=True, metadata={"format": "date"})
    overdue = fields.Boolean(required=True)
    state = fields.String(required=True)
    done = fields.Nested(DoneView, allow_none=True)


class MeetingRulingView(View):
    """What was settled between departments."""

    department_id = Id(required=True)
    department = fields.String(allow_none=True)
    ruling = fields.String(required=True)
    reason = fields.String(required=True)


class MeetingView(View):
    """A joint meeting on an issue."""

    id = Id(required=True)
    held_at = Moment(required=True)
    place = fields.String(required=True)
    attendees = fields.List(fields.String(), required=True)
    agreed = fields.String(required=True)
    duties = fields.List(fields.Nested(AgreedView), required=True)
    ruling = fields.Nested(MeetingRulingView, allow_none=True)
    by = fields.String(required=True)
    created_at = Moment(required=True)


class FilledTemplateView(View):
    """An answer template of the ticket's department, and its text filled for this ticket."""

    id = Id(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    filled = fields.String(required=True)
    result = fields.String(required=True)
    basis = fields.String(required=True)
    category = fields.String(allow_none=True)
