"""Issues and tickets over the wire."""

from __future__ import annotations

from marshmallow import fields

from app.issues.documents import SOURCES
from app.issues.queries import BOXES
from schemas.base import (
    Base,
    ClientId,
    Id,
    Length,
    Moment,
    OneOf,
    PageQuery,
    PositionIn,
    PositionView,
    Range,
    ReasonView,
    Text,
    View,
)
from schemas.intake import AwaitedView, PairIn, PairView, PersonIn, PersonLine

KINDS = ("request", "problem")


class IssueOpen(Base):
    """An issue as a person raises it.

    `enterprise_name` (and `enterprise_unit`, if known) is for a firm that is not registered yet.
    """

    client_id = ClientId(required=True)
    kind = fields.String(required=True, validate=OneOf(KINDS))
    text = Text(5000, least=1, required=True)
    category = Text(40, least=1, load_default=None)
    enterprise_id = Id(load_default=None)
    project_id = Id(load_default=None)
    enterprise_name = Text(100, least=1, load_default=None)
    enterprise_unit = Text(40, least=1, load_default=None)
    visit_id = Id(load_default=None)
    visit_client_id = ClientId(load_default=None)
    position = fields.Nested(PositionIn, load_default=None)
    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))
    photo_client_ids = fields.List(ClientId(), load_default=list, validate=Length(max=50))
    urgent = fields.Boolean(load_default=None)
    source = fields.String(load_default=None, validate=OneOf(SOURCES))
    external_number = Text(60, least=1, load_default=None)
    on_behalf_of = fields.Nested(PersonIn, load_default=None)
    anonymous = fields.Boolean(load_default=False)
    contact = fields.Nested(PersonIn, load_default=None)


class IssueQuery(PageQuery):
    """Which issues."""

    state = Text(40, least=1)
    kind = fields.String(validate=OneOf(KINDS))
    category = Text(40, least=1)
    unit = Text(40, least=1)
    enterprise_id = Id()
    source = fields.String(validate=OneOf(SOURCES))
    q = Text(100, least=1)


class TicketQuery(PageQuery):
    """Which tickets."""

    box = fields.String(load_default="todo", validate=OneOf(BOXES))
    state = Text(40, least=1)
    category = Text(40, least=1)
    unit = Text(40, least=1)
    q = Text(100, least=1)
    sort = fields.String(load_default="due", validate=OneOf(("due", "dispatched")))


class Confirm(Base):
    """The enterprise's word."""

    solved = fields.String(required=True, validate=OneOf(("yes", "partly", "no")))
    satisfaction = fields.Integer(strict=True, validate=Range(1, 5), load_default=None)
    comment = Text(2000, load_default="")


class Withdraw(Base):
    """Why it is taken back."""

    reason = Text(2000, load_default="")


class Place(Base):
    """Where the dispatcher puts it; without a department the category's owner gets it."""

    category = Text(40, least=1, required=True)
    department_id = Id(load_default=None)
    reason = Text(2000, load_default="")


class NoteIn(Base):
    """A note on a ticket; internal ones never leave the departments."""

    text = Text(5000, least=1, required=True)
    internal = fields.Boolean(load_default=False)
    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))


class AnswerIn(Base):
    """An answer to the enterprise. Some results need a basis, some a date: see the result codes."""

    text = Text(5000, least=1, required=True)
    result = Text(40, least=1, required=True)
    basis = Text(2000, load_default="")
    planned_for = fields.Date(load_default=None)
    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))
    pairs = fields.List(fields.Nested(PairIn), load_default=list, validate=Length(max=50))


class ReturnIn(Base):
    """Why a ticket goes back to the dispatcher."""

    reason_code = Text(40, least=1, required=True)
    reason = Text(2000, least=1, required=True)


class AlternativeView(View):
    """Where it could have gone instead."""

    category = fields.String(required=True)
    department = fields.String(allow_none=True)
    confidence = fields.Float(required=True)


class RouteView(View):
    """Where it went and why."""

    department_id = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    by = fields.String(required=True)
    confidence = fields.Float(required=True)
    reasons = fields.List(fields.Nested(ReasonView), required=True)
    alternatives = fields.List(fields.Nested(AlternativeView), required=True)


class PromiseView(View):
    """What the enterprise was promised, and why it is that time."""

    accept_by = Moment(required=True)
    reply_by = Moment(required=True)
    resolve_by = Moment(required=True)
    provisional = fields.Boolean(required=True)
    why = fields.List(fields.Nested(ReasonView), required=True)


class AnswerView(View):
    """What a department answered."""

    text = fields.String(required=True)
    result = fields.String(required=True)
    basis = fields.String(required=True)
    planned_for = fields.String(allow_none=True)
    photo_ids = fields.List(fields.String(), required=True)
    by = fields.String(required=True)
    at = Moment(required=True)


class TicketView(View):
    """A ticket."""

    id = Id(required=True)
    issue_id = Id(required=True)
    number = fields.String(required=True)
    role = fields.String(required=True)
    state = fields.String(required=True)
    department_id = Id(required=True)
    department = fields.String(required=True)
    assignee_id = fields.String(allow_none=True)
    assignee = fields.String(allow_none=True)
    level = fields.Integer(required=True)
    excerpt = fields.String(required=True)
    category = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    urgent = fields.Boolean(required=True)
    dispatched_at = Moment(required=True)
    accept_by = Moment(required=True)
    reply_by = Moment(required=True)
    resolve_by = Moment(required=True)
    due_at = Moment(required=True)
    overdue = fields.Boolean(required=True)
    accepted_at = Moment(allow_none=True)
    replied_at = Moment(allow_none=True)
    answered_at = Moment(allow_none=True)
    ended_at = Moment(allow_none=True)
    answer = fields.Nested(AnswerView, allow_none=True)
    actions = fields.List(fields.String(), required=True)


class HistoryView(View):
    """One row of history."""

    id = Id(required=True)
    action = fields.String(required=True)
    title = fields.String(required=True)
    ticket_id = fields.String(allow_none=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)
    before = fields.String(data_key="from", allow_none=True)
    after = fields.String(data_key="to", allow_none=True)
    text = fields.String(required=True)
    internal = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(ReasonView), required=True)
    photo_ids = fields.List(fields.String(), required=True)


class IssueSummary(View):
    """An issue in a list."""

    id = Id(required=True)
    number = fields.String(required=True)
    client_id = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    text = fields.String(required=True)
    category = fields.String(allow_none=True)
    urgent = fields.Boolean(required=True)
    enterprise_id = fields.String(allow_none=True)
    project_id = fields.String(allow_none=True)
    visit_id = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    source = fields.String(required=True)
    external_number = fields.String(allow_none=True)
    anonymous = fields.Boolean(required=True)
    position = fields.Nested(PositionView, allow_none=True)
    photo_ids = fields.List(fields.String(), required=True)
    route = fields.Nested(RouteView, allow_none=True)
    promise = fields.Nested(PromiseView, allow_none=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class ConfirmationView(View):
    """What the enterprise said."""

    solved = fields.String(required=True)
    satisfaction = fields.Integer(allow_none=True)
    comment = fields.String(required=True)
    on_behalf = fields.Boolean(required=True)
    by = fields.String(required=True)
    at = Moment(required=True)


class IssueView(IssueSummary):
    """An issue whole: what a phone shows in one call.

    An anonymous one hides `owner` and `on_behalf_of` from the departments.
    """

    enterprise = fields.String(allow_none=True)
    project = fields.String(allow_none=True)
    tickets = fields.List(fields.Nested(TicketView), required=True)
    history = fields.List(fields.Nested(HistoryView), required=True)
    missing = fields.Nested(AwaitedView, required=True)
    owner = fields.Nested(PersonLine, allow_none=True)
    on_behalf_of = fields.Nested(PersonLine, allow_none=True)
    contact = fields.Nested(PersonLine, allow_none=True)
    pairs = fields.List(fields.Nested(PairView), required=True)
    confirmation = fields.Nested(ConfirmationView, allow_none=True)
    actions = fields.List(fields.String(), required=True)


class PreviewIn(Base):
    """What a person is typing."""

    kind = fields.String(required=True, validate=OneOf(KINDS))
    text = Text(5000, least=1, required=True)
    category = Text(40, least=1, load_default=None)
    enterprise_id = Id(load_default=None)
    project_id = Id(load_default=None)
    position = fields.Nested(PositionIn, load_default=None)


class PreviewView(View):
    """Where it would go."""

    category = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    assisting = fields.List(fields.String(), required=True)
    urgent = fields.Boolean(required=True)
    confidence = fields.Float(required=True)
    needs_dispatcher = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(ReasonView), required=True)
    alternatives = fields.List(fields.Nested(AlternativeView), required=True)
