"""Tickets over the wire: boxes, steps, and how a ticket looks."""

from __future__ import annotations

from marshmallow import fields

from app.issues.work.passing import RULINGS
from schemas.base import (
    Base,
    ErrorView,
    Id,
    Length,
    Moment,
    OneOf,
    PageQuery,
    Range,
    ReasonView,
    Text,
    View,
)
from schemas.filters import TicketFilter
from schemas.intake import PairIn


class TicketQuery(PageQuery, TicketFilter):
    """Which tickets, and which page of them."""


class BulkAssignIn(Base):
    """Who gets these tickets."""

    ticket_ids = fields.List(Id(), required=True, validate=Length(1, 100))
    person_id = Id(required=True)


class AssignedView(View):
    """What became of one ticket: assigned, unchanged (was theirs already), conflict (409) or rejected."""

    ticket_id = Id(required=True)
    outcome = fields.String(required=True)
    error = fields.Nested(ErrorView, allow_none=True)


class BulkAssignView(View):
    """What became of the tickets, in the order they were sent."""

    results = fields.List(fields.Nested(AssignedView), required=True)


def _photos() -> fields.List[str]:
    return fields.List(Id(), load_default=list, validate=Length(max=50))


class WordsIn(Base):
    """Words on an issue or a ticket; internal ones never leave the departments."""

    text = Text(5000, least=1, required=True)
    internal = fields.Boolean(load_default=False)
    photo_ids = _photos()
    mentions = fields.List(Id(), load_default=list, validate=Length(max=200))


class AskIn(Base):
    """A question to the enterprise."""

    text = Text(2000, least=1, required=True)
    photo_ids = _photos()


class ReplyIn(Base):
    """The answer to a department's question; `ticket_id` where several asked."""

    text = Text(5000, least=1, required=True)
    photo_ids = _photos()
    ticket_id = Id(load_default=None)


class AnswerIn(Base):
    """An answer. Some results need a basis, some a date: see the result codes.

    `without_assisting` says why the lead does not wait for departments that assist.
    """

    text = Text(5000, least=1, required=True)
    result = Text(40, least=1, required=True)
    basis = Text(2000, load_default="")
    planned_for = fields.Date(load_default=None)
    photo_ids = _photos()
    pairs = fields.List(fields.Nested(PairIn), load_default=list, validate=Length(max=50))
    without_assisting = Text(2000, load_default="")


class AnswerReviewIn(Base):
    """The head's word on a draft."""

    approved = fields.Boolean(required=True)
    text = Text(2000, load_default="")


class ReturnIn(Base):
    """Why a ticket goes back to the dispatcher."""

    reason_code = Text(40, least=1, required=True)
    reason = Text(2000, least=1, required=True)


class ReasonIn(Base):
    """Why."""

    reason = Text(2000, least=1, required=True)


class RuleIn(ReasonIn):
    """What becomes of a return; final."""

    ruling = fields.String(required=True, validate=OneOf(RULINGS))


class TransferIn(ReasonIn):
    """To whom a ticket is handed on, and why."""

    department_id = Id(required=True)


class ReleaseIn(ReasonIn):
    """Why an issue need not be restricted. `only_named`: the departments barred are not complained of."""

    only_named = fields.Boolean(load_default=False)


class InviteIn(Base):
    """Who is asked to assist, and with what."""

    department_id = Id(required=True)
    text = Text(2000, least=1, required=True)


class AssignIn(Base):
    """Who gets the ticket."""

    person_id = Id(required=True)


class ExtendIn(ReasonIn):
    """How many working days more, and why."""

    days = fields.Integer(strict=True, required=True, validate=Range(1, 250))


class DecideIn(ReasonIn):
    """Whether what was asked is granted, in words."""

    granted = fields.Boolean(required=True)


class AcknowledgeIn(Base):
    """What the head or the inspector does about a rung."""

    text = Text(2000, least=1, required=True)


class AnswerView(View):
    """What a department answered."""

    text = fields.String(required=True)
    result = fields.String(required=True)
    result_name = fields.String(required=True)
    basis = fields.String(required=True)
    way = fields.String(
        allow_none=True,
        metadata={"description": "the lawful way on, where it is not dealt with here"},
    )
    planned_for = fields.String(allow_none=True)
    without_assisting = fields.String(required=True)
    photo_ids = fields.List(fields.String(), required=True)
    by = fields.String(required=True)
    approved_by = fields.String(allow_none=True)
    at = Moment(required=True)


class PauseView(View):
    """A line of the pause ledger; `until` is null while the clock stands still."""

    since = Moment(required=True)
    until = Moment(allow_none=True)
    text = fields.String(required=True)
    by = fields.String(required=True)


class QuestionView(View):
    """What the enterprise is asked, and until when the clock waits for it."""

    text = fields.String(required=True)
    by = fields.String(required=True)
    at = Moment(required=True)
    until = Moment(required=True)


class ExtensionView(View):
    """An extension that waits for a decision of the head or the inspector."""

    days = fields.Integer(required=True)
    reason = fields.String(required=True)
    level = fields.String(required=True)
    by = fields.String(required=True)
    at = Moment(required=True)


class RungView(View):
    """The rung of the ladder that comes next."""

    code = fields.String(required=True)
    due_at = Moment(required=True)


class TicketView(View):
    """A ticket. What is only for departments is null for others: draft, extension, rung."""

    id = Id(required=True)
    issue_id = Id(required=True)
    number = fields.String(required=True)
    role = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    department_id = Id(required=True)
    department = fields.String(required=True)
    assignee_id = fields.String(allow_none=True)
    assignee = fields.String(allow_none=True)
    level = fields.Integer(required=True)
    how = fields.String(required=True)
    final = fields.Boolean(required=True)
    excerpt = fields.String(required=True)
    category = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    urgent = fields.Boolean(required=True)
    priority = fields.Integer(allow_none=True, metadata={"description": "a rule's, 1 (first) to 9"})
    dispatched_at = Moment(required=True)
    accept_by = Moment(required=True)
    reply_by = Moment(required=True)
    resolve_by = Moment(required=True)
    due_at = Moment(required=True)
    provisional = fields.Boolean(required=True)
    why = fields.List(fields.Nested(ReasonView), required=True)
    overdue = fields.Boolean(required=True)
    paused = fields.Boolean(required=True)
    pauses = fields.List(fields.Nested(PauseView), required=True)
    question = fields.Nested(QuestionView, allow_none=True)
    extension = fields.Nested(ExtensionView, allow_none=True)
    extensions = fields.Integer(required=True)
    rung = fields.Nested(RungView, allow_none=True)
    climbed = fields.List(fields.String(), required=True)
    accepted_at = Moment(allow_none=True)
    replied_at = Moment(allow_none=True)
    answered_at = Moment(allow_none=True)
    ended_at = Moment(allow_none=True)
    draft = fields.Nested(AnswerView, allow_none=True)
    answer = fields.Nested(AnswerView, allow_none=True)
    actions = fields.List(fields.String(), required=True)
