"""Orders of supervision over the wire."""

from __future__ import annotations

from marshmallow import fields

from app.issues.pressing.orders import STATES
from schemas.base import Base, Id, Length, Moment, OneOf, PageQuery, Text, View


class SuperviseIn(Base):
    """What is ordered, and by when it is answered."""

    text = Text(2000, least=1, required=True)
    due_at = Moment(load_default=None)


class SupervisionQuery(PageQuery):
    """Which orders; `overdue` are those that wait for a reply past their deadline."""

    state = fields.String(validate=OneOf(STATES))
    department_id = Id()
    overdue = fields.Boolean()


class SupervisionReplyIn(Base):
    """What the department did."""

    text = Text(5000, least=1, required=True)
    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))


class SupervisionCloseIn(Base):
    """Whether the reply will do; if not, it is due anew (by the district's days without a `due_at`)."""

    accepted = fields.Boolean(required=True)
    text = Text(2000, load_default="")
    due_at = Moment(load_default=None)


class SupervisionReplyView(View):
    """What the department said."""

    text = fields.String(required=True)
    photo_ids = fields.List(fields.String(), required=True)
    by = fields.String(required=True)
    at = Moment(required=True)


class VerdictView(View):
    """What was said to a reply."""

    accepted = fields.Boolean(required=True)
    text = fields.String(required=True)
    by = fields.String(required=True)
    at = Moment(required=True)


class SupervisionView(View):
    """An order of supervision. `by_ladder`: nobody's, but that of the missed promise."""

    id = Id(required=True)
    issue_id = Id(required=True)
    number = fields.String(required=True)
    department_id = Id(required=True)
    department = fields.String(required=True)
    by = fields.String(required=True)
    by_ladder = fields.Boolean(required=True)
    text = fields.String(required=True)
    due_at = Moment(required=True)
    overdue = fields.Boolean(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    replies = fields.List(fields.Nested(SupervisionReplyView), required=True)
    verdicts = fields.List(fields.Nested(VerdictView), required=True)
    actions = fields.List(fields.String(), required=True)
    created_at = Moment(required=True)
    closed_at = Moment(allow_none=True)
