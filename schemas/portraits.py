"""The portrait of a project over the wire."""

from __future__ import annotations

from marshmallow import fields

from schemas.approvals import ProjectApprovalsView
from schemas.base import Id, Moment, ReasonView, View
from schemas.milestones import MilestoneView
from schemas.registers import ProjectView
from schemas.stages import PhaseView
from schemas.warnings import WarningLineView


class PortraitStagesView(View):
    """The stage line: where it stands, what is planned, came and was recognised."""

    stage = fields.String(allow_none=True)
    course = fields.String(required=True)
    suspended_since = fields.String(allow_none=True)
    exited_on = fields.String(allow_none=True)
    phases = fields.List(fields.Nested(PhaseView), required=True)
    warnings = fields.List(fields.Nested(ReasonView), required=True)


class YearOfMoneyView(View):
    """A year's investment in 万元: the first plan, the present one, and what was invested so far."""

    year = fields.Integer(required=True)
    first = fields.String(allow_none=True)
    plan = fields.String(allow_none=True)
    actual = fields.String(required=True)
    percent = fields.String(allow_none=True)


class MoneyView(View):
    """Money against plan, 万元; null where nobody stated any.

    Sales and tax are of the twelve months up to `last_month`.
    """

    investment = fields.String(allow_none=True)
    invested = fields.String(allow_none=True)
    paid_in = fields.String(allow_none=True)
    years = fields.List(fields.Nested(YearOfMoneyView), required=True)
    sales12 = fields.String(allow_none=True)
    tax12 = fields.String(allow_none=True)
    promised_sales = fields.String(allow_none=True)
    promised_tax = fields.String(allow_none=True)
    last_month = fields.String(allow_none=True)


class PortraitIssueView(View):
    """An open issue. `days` since it was filed."""

    id = Id(required=True)
    number = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    category = fields.String(allow_none=True)
    urgent = fields.Boolean(required=True)
    excerpt = fields.String(required=True)
    created_at = Moment(required=True)
    days = fields.Integer(required=True)
    resolve_by = Moment(allow_none=True)


class GapView(View):
    """A factor that lacks: its open issues, and for how many days the oldest is open."""

    category = fields.String(required=True)
    category_name = fields.String(required=True)
    count = fields.Integer(required=True)
    days = fields.Integer(required=True)
    issue_ids = fields.List(fields.String(), required=True)


class PictureView(View):
    """A photo that can be looked at; the link is good for some minutes."""

    id = Id(required=True)
    at = Moment(required=True)
    thumb = fields.String(allow_none=True)


class PortraitVisitView(View):
    """A visit with its first photos."""

    id = Id(required=True)
    started_at = Moment(required=True)
    ended_at = Moment(allow_none=True)
    note = fields.String(required=True)
    photos = fields.List(fields.Nested(PictureView), required=True)


class SiteThenView(View):
    """The site on a visit."""

    visit_id = Id(required=True)
    at = Moment(required=True)
    photo = fields.Nested(PictureView, required=True)


class BeforeNowView(View):
    """The site on the first visit with photos and on the last one."""

    before = fields.Nested(SiteThenView, required=True)
    now = fields.Nested(SiteThenView, required=True)


class ConcernedView(View):
    """Somebody whom the project concerns: commissioner, leader, contact."""

    role = fields.String(required=True)
    person_id = fields.String(allow_none=True)
    name = fields.String(required=True)
    title = fields.String(required=True)


class ForecastView(View):
    """When it will be in production, step by step; `actual` once it is. Null where nothing can be said."""

    on = fields.String(allow_none=True)
    actual = fields.Boolean(required=True)
    planned = fields.String(allow_none=True)
    late_days = fields.Integer(allow_none=True)
    reasons = fields.List(fields.Nested(ReasonView), required=True)


class CompletenessView(View):
    """How much is filled in, and what to fill in next, what matters most first."""

    percent = fields.Integer(required=True)
    missing = fields.List(fields.Nested(ReasonView), required=True)


class PortraitView(View):
    """A project whole. `money` and `warnings` are null for those who may not see them.

    So is the number of `instructions`: staff learn that there are some, and no more.
    """

    project = fields.Nested(ProjectView, required=True)
    stages = fields.Nested(PortraitStagesView, required=True)
    milestones = fields.List(fields.Nested(MilestoneView), required=True)
    money = fields.Nested(MoneyView, allow_none=True)
    gaps = fields.List(fields.Nested(GapView), required=True)
    issues = fields.List(fields.Nested(PortraitIssueView), required=True)
    visits = fields.List(fields.Nested(PortraitVisitView), required=True)
    before_now = fields.Nested(BeforeNowView, allow_none=True)
    approvals = fields.Nested(ProjectApprovalsView, required=True)
    warnings = fields.List(fields.Nested(WarningLineView), allow_none=True)
    people = fields.List(fields.Nested(ConcernedView), required=True)
    instructions = fields.Integer(allow_none=True)
    forecast = fields.Nested(ForecastView, required=True)
    completeness = fields.Nested(CompletenessView, required=True)
    made_at = Moment(required=True)
