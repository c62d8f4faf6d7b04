"""Issues and tickets over the wire."""

from __future__ import annotations

from marshmallow import fields

from app.issues.documents import SOURCES
from app.projects.finding import FROM
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
    ReasonView,
    Text,
    View,
)
from schemas.filters import KINDS, IssueFilter
from schemas.intake import AwaitedView, PairView, PersonIn, PersonLine
from schemas.pressing import MeetingView, PlanView
from schemas.similar import SimilarView
from schemas.supervisions import SupervisionView
from schemas.tickets import PauseView, TicketView


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
    site_id = Id(load_default=None)
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


class IssueQuery(PageQuery, IssueFilter):
    """Which issues, and which page of them."""


class Place(Base):
    """Where the dispatcher puts it; without a department the category's owner gets it."""

    category = Text(40, least=1, required=True)
    department_id = Id(load_default=None)
    reason = Text(2000, load_default="")


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
    rulebook = fields.String(allow_none=True)
    judge = fields.String(allow_none=True)
    assisting = fields.List(fields.String(), required=True)
    priority = fields.Integer(allow_none=True)


class PromiseView(View):
    """What the enterprise was promised, and why it is that time."""

    accept_by = Moment(required=True)
    reply_by = Moment(required=True)
    resolve_by = Moment(required=True)
    provisional = fields.Boolean(required=True)
    paused = fields.Boolean(required=True)
    pauses = fields.List(fields.Nested(PauseView), required=True)
    why = fields.List(fields.Nested(ReasonView), required=True)


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
    """An issue in a list.

    `followed_only`: the viewer but follows it, and is not told whose it is, what was written or photographed.
    """

    id = Id(required=True)
    number = fields.String(required=True)
    client_id = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    text = fields.String(required=True)
    category = fields.String(allow_none=True)
    urgent = fields.Boolean(required=True)
    restricted = fields.String(
        allow_none=True, metadata={"description": "why few may see it: a code of the rulebook"}
    )
    enterprise_id = fields.String(allow_none=True)
    project_id = fields.String(allow_none=True)
    site_id = fields.String(allow_none=True)
    visit_id = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    unit_from = fields.String(allow_none=True, metadata={"enum": [*FROM, None]})
    source = fields.String(required=True)
    external_number = fields.String(allow_none=True)
    anonymous = fields.Boolean(required=True)
    position = fields.Nested(PositionView, allow_none=True)
    photo_ids = fields.List(fields.String(), required=True)
    route = fields.Nested(RouteView, allow_none=True)
    promise = fields.Nested(PromiseView, allow_none=True)
    outcome = fields.String(allow_none=True)
    outcome_name = fields.String(allow_none=True)
    confirm_by = Moment(allow_none=True)
    ended_at = Moment(allow_none=True)
    demand = fields.String(allow_none=True)
    reminders = fields.Integer(required=True)
    redos = fields.Integer(required=True)
    split_from_id = fields.String(allow_none=True)
    merged_into_id = fields.String(allow_none=True)
    master_id = fields.String(allow_none=True)
    followed_only = fields.Boolean(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class IssueOpened(IssueSummary):
    """An issue as it was filed, with open ones that may be about the same, of those the person may see."""

    similar = fields.List(fields.Nested(SimilarView), required=True)


class ConfirmationView(View):
    """What the enterprise said."""

    solved = fields.String(required=True)
    satisfaction = fields.Integer(allow_none=True)
    comment = fields.String(required=True)
    on_behalf = fields.Boolean(required=True)
    channel = fields.String(required=True)
    photo_ids = fields.List(fields.String(), required=True)
    by = fields.String(required=True)
    at = Moment(required=True)


class IssueLine(View):
    """An issue by its number."""

    id = Id(required=True)
    number = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)


class IssueView(IssueSummary):
    """An issue whole: what a phone shows in one call.

    An anonymous one hides `owner` and `on_behalf_of` from the departments. `parts` were split from it,
    `merged` are duplicates of it, `linked` have it as their master: those that the viewer may see.
    """

    enterprise = fields.String(allow_none=True)
    project = fields.String(allow_none=True)
    site = fields.String(allow_none=True)
    tickets = fields.List(fields.Nested(TicketView), required=True)
    history = fields.List(fields.Nested(HistoryView), required=True)
    missing = fields.Nested(AwaitedView, required=True)
    owner = fields.Nested(PersonLine, allow_none=True)
    on_behalf_of = fields.Nested(PersonLine, allow_none=True)
    contact = fields.Nested(PersonLine, allow_none=True)
    pairs = fields.List(fields.Nested(PairView), required=True)
    confirmation = fields.Nested(ConfirmationView, allow_none=True)
    supervisions = fields.List(fields.Nested(SupervisionView), required=True)
    meetings = fields.List(fields.Nested(MeetingView), required=True)
    plan = fields.Nested(PlanView, allow_none=True)
    parts = fields.List(fields.Nested(IssueLine), required=True)
    merged = fields.List(fields.Nested(IssueLine), required=True)
    linked = fields.List(fields.Nested(IssueLine), required=True)
    actions = fields.List(fields.String(), required=True)


class PreviewIn(Base):
    """What a person is typing."""

    kind = fields.String(required=True, validate=OneOf(KINDS))
    text = Text(5000, least=1, required=True)
    category = Text(40, least=1, load_default=None)
    enterprise_id = Id(load_default=None)
    project_id = Id(load_default=None)
    site_id = Id(load_default=None)
    position = fields.Nested(PositionIn, load_default=None)


class PreviewPromiseView(View):
    """What would be promised if it were filed now."""

    reply_by = Moment(required=True)
    resolve_by = Moment(required=True)
    provisional = fields.Boolean(required=True)
    why = fields.List(fields.Nested(ReasonView), required=True)


class PreviewView(View):
    """Where it would go, and by when it would be answered; `sentence` says both."""

    sentence = fields.String(required=True)
    category = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    assisting = fields.List(fields.String(), required=True)
    unit = fields.String(allow_none=True)
    unit_from = fields.String(allow_none=True, metadata={"enum": [*FROM, None]})
    urgent = fields.Boolean(required=True)
    restricted = fields.Boolean(required=True)
    confidence = fields.Float(required=True)
    needs_dispatcher = fields.Boolean(required=True)
    promise = fields.Nested(PreviewPromiseView, required=True)
    reasons = fields.List(fields.Nested(ReasonView), required=True)
    similar = fields.List(fields.Nested(SimilarView), required=True)
    similar_hidden = fields.Integer(required=True)
    alternatives = fields.List(fields.Nested(AlternativeView), required=True)
    rulebook = fields.String(required=True)
    judge = fields.String(required=True)
