"""Milestones of projects over the wire."""

from __future__ import annotations

from marshmallow import fields

from app.projects.documents import STAGES
from app.projects.milestones.documents import STATES
from app.projects.milestones.register import CODE_LENGTH
from schemas.base import Base, ClientId, Id, Length, Moment, OneOf, PageQuery, Text, View
from schemas.ledger import LocalDay


class MilestoneIn(Base):
    """A new milestone of a project: by when, and who answers for it; `depends_on` are codes."""

    client_id = ClientId(required=True)
    code = Text(CODE_LENGTH, least=1, required=True)
    name = Text(200, least=1, required=True)
    due_on = LocalDay(required=True)
    responsible_id = Id(required=True)
    depends_on = fields.List(Text(CODE_LENGTH, least=1), load_default=list, validate=Length(max=50))
    stage = fields.String(load_default=None, allow_none=True, validate=OneOf(STAGES))


class FromTemplateIn(Base):
    """Which template, by default that of the project's kind; who answers where nobody holds the role."""

    template = Text(40, least=1, load_default=None, allow_none=True)
    person_id = Id(load_default=None, allow_none=True)


class MilestoneQuery(PageQuery):
    """Which milestones; `overdue` are those open past their day."""

    mine = fields.Boolean(load_default=False)
    overdue = fields.Boolean(load_default=False)
    unit = Text(40, least=1)
    state = fields.String(validate=OneOf(STATES))


class MilestoneDone(Base):
    """When it was done, and photos of one's own that show it."""

    photo_ids = fields.List(Id(), required=True, validate=Length(max=50))
    on = LocalDay(required=True)
    note = Text(2000, load_default="")


class MilestoneMove(Base):
    """Another day, and why."""

    due_on = LocalDay(required=True)
    reason = Text(500, least=1, required=True)


class MilestoneAssign(Base):
    """Another person who answers for it, and why."""

    person_id = Id(required=True)
    reason = Text(500, least=1, required=True)


class MilestoneCancel(Base):
    """Why it is not needed any more."""

    reason = Text(500, least=1, required=True)


class MilestoneStep(View):
    """What was done with it; `before` and `after` are the values that changed, where it was moved."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    by = fields.String(required=True)
    at = Moment(required=True)
    text = fields.String(required=True)
    rung = fields.String(allow_none=True)
    due_on = fields.List(fields.String(allow_none=True), required=True)
    responsible_id = fields.List(fields.String(allow_none=True), required=True)


class MilestoneView(View):
    """A milestone. `waits_for` are codes of what is to be done before; `climbed` rungs of the ladder."""

    id = Id(required=True)
    project_id = Id(required=True)
    project_code = fields.String(required=True)
    project_name = fields.String(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    due_on = fields.String(required=True)
    overdue = fields.Boolean(required=True)
    responsible_id = Id(required=True)
    responsible = fields.String(required=True)
    depends_on = fields.List(fields.String(), required=True)
    waits_for = fields.List(fields.String(), required=True)
    stage = fields.String(allow_none=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    done_on = fields.String(allow_none=True)
    photo_ids = fields.List(fields.String(), required=True)
    evidence_missing = fields.Boolean(required=True)
    note = fields.String(required=True)
    warning_id = fields.String(allow_none=True)
    climbed = fields.List(fields.String(), required=True)
    next_rung = fields.String(allow_none=True)
    next_rung_at = Moment(allow_none=True)
    historic = fields.Boolean(required=True)


class WholeMilestoneView(MilestoneView):
    """A milestone with all that was done with it, oldest first."""

    history = fields.List(fields.Nested(MilestoneStep), required=True)


class MilestonesView(View):
    """All milestones of a project, what is due first first."""

    items = fields.List(fields.Nested(MilestoneView), required=True)
