"""Leaders' weeks over the wire."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import Id, Moment, View
from schemas.leader_links import LeaderLinkHeldView


class DigestFiguresView(View):
    """How many projects are linked, moved and are held up; red warnings, overdue milestones, instructions."""

    linked = fields.Integer(required=True)
    moved = fields.Integer(required=True)
    held = fields.Integer(required=True)
    red = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    instructions = fields.Integer(required=True)
    instructions_late = fields.Integer(required=True)


class DigestMovedView(View):
    """A stage that came, or a milestone that was done."""

    what = fields.String(required=True)
    id = Id(required=True)
    name = fields.String(required=True)
    on = fields.String(allow_none=True)


class DigestProjectView(View):
    """A project of which there is something to say."""

    project_id = Id(required=True, attribute="project")
    code = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    stage = fields.String(required=True)
    course = fields.String(required=True)
    moved = fields.List(fields.Nested(DigestMovedView), required=True)
    held = fields.List(fields.Nested(LeaderLinkHeldView), required=True)
    red = fields.Integer(required=True)
    overdue = fields.Integer(required=True)


class DigestInstructionView(View):
    """An instruction that was open."""

    order_id = Id(required=True, attribute="order")
    text = fields.String(required=True)
    subject = fields.String(required=True)
    due_at = Moment(required=True)
    late = fields.Boolean(required=True)


class DigestLineView(View):
    """A leader's week in a list: `week` is its Monday; it tells of `since` to before `as_of`."""

    id = Id(required=True)
    week = fields.String(required=True)
    since = Moment(required=True)
    as_of = Moment(required=True)
    figures = fields.Nested(DigestFiguresView, required=True)
    nothing = fields.Boolean(required=True)
    summary = fields.String(required=True)


class DigestView(DigestLineView):
    """A leader's week whole."""

    projects = fields.List(fields.Nested(DigestProjectView), required=True)
    instructions = fields.List(fields.Nested(DigestInstructionView), required=True)
