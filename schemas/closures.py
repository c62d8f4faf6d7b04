"""Doubtful closures over the wire."""

from __future__ import annotations

from marshmallow import fields

from app.oversight.closures import SIGNALS
from app.oversight.closures_documents import STATES
from schemas.base import Base, Id, Moment, OneOf, PageQuery, ReasonView, Text, View
from schemas.warnings import of_our_times


class ClosuresQuery(PageQuery):
    """Which closures: answered from one local day to another, the last 30 without."""

    since = fields.Date(validate=of_our_times)
    until = fields.Date(validate=of_our_times)
    unit = Text(20, least=1)
    department_id = Id()
    category = Text(40, least=1)
    signal = fields.String(validate=OneOf(SIGNALS))
    state = fields.String(validate=OneOf(STATES))


class ClosureConfirmIn(Base):
    """Why it was no solution; `reopen` takes the issue up again."""

    text = Text(2000, least=1, required=True)
    reopen = fields.Boolean(load_default=False)
    new_facts = Text(2000, load_default="")


class ClosureClearIn(Base):
    """Why it stands."""

    text = Text(2000, least=1, required=True)


class ClosureRowView(View):
    """A row behind a signal."""

    thing = fields.String(required=True)
    id = Id(required=True)


class ClosureSignalView(View):
    """One thing that speaks against a closure, why, and the rows behind it."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    reason = fields.Nested(ReasonView, required=True)
    rows = fields.List(fields.Nested(ClosureRowView), required=True)


class ClosureDecisionView(View):
    """What an inspector found."""

    state = fields.String(required=True)
    text = fields.String(required=True)
    by = fields.String(required=True)
    at = Moment(required=True)
    reopened = fields.Boolean(required=True)


class ClosureView(View):
    """A closure that something speaks against; `id` is its ticket's."""

    id = Id(required=True)
    issue_id = fields.String(required=True)
    number = fields.String(required=True)
    excerpt = fields.String(required=True)
    department_id = fields.String(required=True)
    department = fields.String(required=True)
    unit = fields.String(allow_none=True)
    category = fields.String(allow_none=True)
    ticket_state = fields.String(required=True)
    answered_at = Moment(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    signals = fields.List(fields.Nested(ClosureSignalView), required=True)
    decisions = fields.List(fields.Nested(ClosureDecisionView), required=True)
    may_decide = fields.Boolean(required=True)
