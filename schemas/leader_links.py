"""Leader links, and how the projects stand that a leader is linked to, over the wire."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import Base, ClientId, Id, Moment, PageQuery, Text, View
from schemas.ledger import LocalDay


class LeaderLinkQuery(PageQuery):
    """Which links; with `present` off past and coming ones too."""

    leader_id = Id()
    project_id = Id()
    unit = Text(40, least=1)
    present = fields.Boolean(load_default=True)


class LeaderLinkIn(Base):
    """Which leader is to be linked to a project, from a day on (today)."""

    client_id = ClientId(required=True)
    project_id = Id(required=True)
    leader_id = Id(required=True)
    since = LocalDay(load_default=None, allow_none=True)
    until = LocalDay(load_default=None, allow_none=True)
    reason = Text(500, least=1, required=True)


class LeaderLinkEnd(Base):
    """Before which day it ends (today), and why."""

    on = LocalDay(load_default=None, allow_none=True)
    reason = Text(500, least=1, required=True)


class LeaderLinkView(View):
    """A leader linked to a project. `until` is what was said of its end, `ends` when it ends in fact."""

    id = Id(required=True)
    project_id = Id(required=True)
    project = fields.String(required=True)
    project_code = fields.String(required=True)
    unit = fields.String(allow_none=True)
    leader_id = Id(required=True)
    leader = fields.String(required=True)
    since = fields.String(required=True)
    until = fields.String(allow_none=True)
    ends = fields.String(allow_none=True)
    reason = fields.String(required=True)
    by = fields.String(required=True, attribute="by_name")
    known_at = Moment(required=True)


class LeaderLinkWarningView(View):
    """A warning that is not cleared."""

    id = Id(required=True)
    kind = fields.String(required=True)
    level = fields.String(required=True)
    since = fields.String(required=True)


class LeaderLinkMilestoneView(View):
    """A milestone past its day."""

    id = Id(required=True)
    name = fields.String(required=True)
    due_on = fields.String(required=True)


class LeaderLinkGapView(View):
    """What a project lacks, by its open issues: how many, and the days of the oldest."""

    category = fields.String(required=True)
    name = fields.String(required=True)
    count = fields.Integer(required=True)
    days = fields.Integer(required=True)


class LeaderLinkHeldView(View):
    """What holds a project up, by whom, for how many days. `what`: milestone, issue, approval, suspension."""

    what = fields.String(required=True)
    id = Id(required=True)
    name = fields.String(required=True)
    by = fields.String(required=True)
    days = fields.Integer(required=True)


class LeaderLinkedProjectView(View):
    """A project that one is linked to, as it stands."""

    id = Id(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    stage = fields.String(required=True)
    stage_name = fields.String(required=True)
    course = fields.String(required=True)
    red = fields.Integer(required=True)
    warnings = fields.List(fields.Nested(LeaderLinkWarningView), required=True)
    overdue_milestones = fields.List(fields.Nested(LeaderLinkMilestoneView), required=True)
    gaps = fields.List(fields.Nested(LeaderLinkGapView), required=True)
    held = fields.List(fields.Nested(LeaderLinkHeldView), required=True)
    open_orders = fields.Integer(required=True)
