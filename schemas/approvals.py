"""Approvals of projects, and the three pledges, over the wire."""

from __future__ import annotations

from marshmallow import fields

from app.projects.approvals.states import STATES, SUBMITTED
from app.projects.rates.pledged import PLEDGES
from schemas.base import Base, Id, Length, Moment, OneOf, PageQuery, Text, View
from schemas.ledger import LocalDay


class ApprovalsOpen(Base):
    """Which items of the district's list the project needs; all of them where none is named."""

    items = fields.List(Text(60, least=1), load_default=list, validate=Length(max=100))


class ApprovalSubmit(Base):
    """When it was applied for."""

    on = LocalDay(required=True)
    note = Text(1000, load_default="")


class ApprovalGrant(Base):
    """When it was granted."""

    on = LocalDay(required=True)
    note = Text(1000, load_default="")


class ApprovalTurnDown(Base):
    """When and why it was returned or refused."""

    on = LocalDay(required=True)
    reason = Text(1000, least=1, required=True)


class ApprovalWaive(Base):
    """Why it is not needed."""

    reason = Text(1000, least=1, required=True)


class ApprovalDocuments(Base):
    """Documents that are there, and those that lack, by name."""

    got = fields.List(Text(100, least=1), load_default=list, validate=Length(max=100))
    missing = fields.List(Text(100, least=1), load_default=list, validate=Length(max=100))


class ApprovalQuery(PageQuery):
    """Which approvals: what departments have in hand, if nothing else is said."""

    state = fields.String(load_default=SUBMITTED, validate=OneOf(STATES))
    department_id = Id()
    overdue = fields.Boolean(load_default=False)


class ApprovalClockView(View):
    """A statutory clock; without a source it is an assumption of the district."""

    days = fields.Integer(required=True)
    kind = fields.String(required=True, metadata={"enum": ["working", "calendar"]})
    source = fields.String(allow_none=True)


class ApprovalDocumentView(View):
    """A document that is asked for."""

    name = fields.String(required=True)
    got = fields.Boolean(required=True)


class ApprovalRoundView(View):
    """A submission that was returned or refused."""

    submitted_on = fields.String(required=True)
    ended_on = fields.String(required=True)
    how = fields.String(required=True)


class ApprovalView(View):
    """An approval; `due_on` is the end of its statutory clock, while that runs."""

    id = Id(required=True)
    project_id = Id(required=True)
    project_code = fields.String(required=True)
    project_name = fields.String(required=True)
    item = fields.String(required=True)
    name = fields.String(required=True)
    department_id = Id(required=True)
    department = fields.String(required=True)
    leads_to = fields.String(required=True)
    since = fields.String(allow_none=True)
    after = fields.List(fields.String(), required=True)
    clock = fields.Nested(ApprovalClockView, required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    submitted_on = fields.String(allow_none=True)
    due_on = fields.String(allow_none=True)
    granted_on = fields.String(allow_none=True)
    overdue = fields.Boolean(required=True)
    rounds = fields.List(fields.Nested(ApprovalRoundView), required=True)
    documents = fields.List(fields.Nested(ApprovalDocumentView), required=True)
    missing = fields.List(fields.String(), required=True)
    reason = fields.String(required=True)
    historic = fields.Boolean(required=True)
    actions = fields.List(fields.String(), required=True)


class ApprovalStep(View):
    """What was done with it."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    by = fields.String(required=True)
    at = Moment(required=True)
    text = fields.String(required=True)
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)


class WholeApprovalView(ApprovalView):
    """An approval with all that was done with it, oldest first."""

    history = fields.List(fields.Nested(ApprovalStep), required=True)


class ApprovalHolderView(View):
    """Who has the next thing to do: department, enterprise, other items, or a stage that is to come."""

    kind = fields.String(required=True)
    name = fields.String(required=True)
    items = fields.List(fields.String(), required=True)


class PlacedApprovalView(ApprovalView):
    """An approval in its graph: whether it can start, who has it, when it ends if all goes on."""

    can_start = fields.Boolean(required=True)
    holder = fields.Nested(ApprovalHolderView, allow_none=True)
    ends_on = fields.String(allow_none=True)


class PathStepView(View):
    """A part of the longest path."""

    item = fields.String(required=True)
    name = fields.String(required=True)
    starts_on = fields.String(required=True)
    ends_on = fields.String(required=True)


class StageForecastView(View):
    """The day by which all is granted that leads to a stage; null while that is not known."""

    stage = fields.String(required=True)
    on = fields.String(allow_none=True)


class ApprovalForecastView(View):
    """When all is granted if every clock runs to its end; `endless` are items whose end is not known."""

    completes_on = fields.String(allow_none=True)
    known_until = fields.String(allow_none=True)
    endless = fields.List(fields.String(), required=True)
    stages = fields.List(fields.Nested(StageForecastView), required=True)


class PledgeView(View):
    """A pledge in days of the calendar: met, not, or open while it can still be met.

    Of a `phase` of the project; 0 is the whole.
    """

    pledge = fields.String(required=True)
    phase = fields.Integer(required=True)
    name = fields.String(required=True)
    since = fields.String(required=True)
    came = fields.String(allow_none=True)
    days = fields.Integer(required=True)
    limit_days = fields.Integer(required=True)
    state = fields.String(required=True, metadata={"enum": ["met", "not", "open"]})


class ProjectApprovalsView(View):
    """The approvals of a project, what can start now, the longest path, the forecast and the pledges."""

    items = fields.List(fields.Nested(PlacedApprovalView), required=True)
    can_start = fields.List(fields.String(), required=True)
    path = fields.List(fields.Nested(PathStepView), required=True)
    forecast = fields.Nested(ApprovalForecastView, required=True)
    pledges = fields.List(fields.Nested(PledgeView), required=True)


class PledgeQuery(PageQuery):
    """Which pledges; `from` and `to` are days of the stage that begins them, both included."""

    unit = Text(40, least=1)
    pledge = fields.String(validate=OneOf(tuple(PLEDGES)))
    begun_from = LocalDay(data_key="from")
    begun_to = LocalDay(data_key="to")


class ProjectPledgeView(PledgeView):
    """A pledge of a project."""

    project_id = Id(required=True)
    project_code = fields.String(required=True)
    project_name = fields.String(required=True)
    unit = fields.String(required=True)
