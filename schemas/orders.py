"""Instructions and orders over the wire."""

from __future__ import annotations

from marshmallow import fields

from app.oversight.orders import INQUIRY, INSPECTION, KINDS
from app.oversight.orders_states import STATES
from schemas.base import Base, ClientId, Id, Length, Moment, OneOf, PageQuery, Range, Text, View
from schemas.warnings import of_our_times

WORDS, LINE = 5000, 500


class OrderAboutIn(Base):
    """What about, to whom, by when: at most one of each. Without an addressee it is who serves or leads the
    subject; an issue takes none, its department answers. Without a time it is the district's days."""

    client_id = ClientId(required=True)
    project_id = Id(load_default=None, allow_none=True)
    issue_id = Id(load_default=None, allow_none=True)
    enterprise_id = Id(load_default=None, allow_none=True)
    about_unit = Text(40, least=1, load_default=None, allow_none=True)
    about_department_id = Id(load_default=None, allow_none=True)
    report = Text(200, least=1, load_default=None, allow_none=True)
    owner_id = Id(load_default=None, allow_none=True)
    department_id = Id(load_default=None, allow_none=True)
    unit = Text(40, least=1, load_default=None, allow_none=True)
    due_on = fields.Date(load_default=None, allow_none=True, validate=of_our_times)
    working_days = fields.Integer(load_default=None, allow_none=True, validate=Range(1, 250))
    days = fields.Integer(load_default=None, allow_none=True, validate=Range(1, 365))


class InstructionIn(OrderAboutIn):
    """One line of a leader, kept as it is."""

    text = Text(LINE, least=1, required=True)


class OrderIn(OrderAboutIn):
    """An order of inspection, or an inquiry."""

    kind = fields.String(load_default=INSPECTION, validate=OneOf((INSPECTION, INQUIRY)))
    text = Text(WORDS, least=1, required=True)


class OrderQuery(PageQuery):
    """Which orders. `mine`: that one answers for; `issued`: one's own; `overdue`: past the deadline."""

    kind = fields.String(validate=OneOf(KINDS))
    state = fields.String(validate=OneOf(STATES))
    open = fields.Boolean()
    mine = fields.Boolean(load_default=False)
    issued = fields.Boolean(load_default=False)
    overdue = fields.Boolean(load_default=False, attribute="late")
    project_id = Id()
    issue_id = Id()
    enterprise_id = Id()
    department_id = Id()
    unit = Text(40, least=1)


class OrderReplyIn(Base):
    """What was done."""

    text = Text(WORDS, least=1, required=True)
    photo_ids = fields.List(Id(), load_default=list, validate=Length(max=50))


class OrderWordsIn(Base):
    """What is said with a step, if anything."""

    text = Text(WORDS, load_default="")


class OrderBackIn(Base):
    """Why the reply will not do, and the new deadline."""

    text = Text(WORDS, least=1, required=True)
    due_on = fields.Date(required=True, validate=of_our_times)


class OrderExtensionIn(Base):
    """Until when more time is wanted, and why."""

    due_on = fields.Date(required=True, validate=of_our_times)
    reason = Text(WORDS, least=1, required=True)


class OrderDecisionIn(Base):
    """Whether the time is granted."""

    granted = fields.Boolean(required=True)
    text = Text(WORDS, load_default="")


class OrderOwnerIn(Base):
    """Who is to answer for it, and why."""

    owner_id = Id(required=True)
    reason = Text(WORDS, least=1, required=True)


class OrderReasonIn(Base):
    """Why it is taken back."""

    reason = Text(WORDS, least=1, required=True)


class OrderSaidView(View):
    """What somebody said."""

    text = fields.String(required=True)
    by = fields.String(required=True, attribute="by_name")
    at = Moment(required=True)


class OrderReplyView(OrderSaidView):
    """What the owner replied."""

    photo_ids = fields.List(fields.String(), required=True, attribute="photos")


class OrderVerdictView(OrderSaidView):
    """Whether the reply would do."""

    accepted = fields.Boolean(required=True)


class OrderExtensionView(View):
    """Time that was asked for; `granted` is null until it is decided."""

    due_at = Moment(required=True)
    reason = fields.String(required=True)
    by = fields.String(required=True, attribute="by_name")
    at = Moment(required=True)
    granted = fields.Boolean(allow_none=True)
    text = fields.String(required=True)
    decided_by = fields.String(allow_none=True)
    decided_at = Moment(allow_none=True)


class OrderStepView(OrderSaidView):
    """A step of the history."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)


class OrderLineView(View):
    """An order in a list. `supervision_id`: of one about an issue, its execution."""

    id = Id(required=True)
    kind = fields.String(required=True)
    kind_name = fields.String(required=True)
    text = fields.String(required=True)
    subject_kind = fields.String(required=True)
    subject = fields.String(required=True)
    project_id = fields.String(allow_none=True)
    issue_id = fields.String(allow_none=True)
    enterprise_id = fields.String(allow_none=True)
    supervision_id = fields.String(allow_none=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    owner_id = fields.String(allow_none=True)
    owner = fields.String(allow_none=True)
    department_id = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    due_at = Moment(required=True)
    overdue = fields.Boolean(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    climbed = fields.List(fields.String(), required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    actions = fields.List(fields.String(), required=True)


class OrderView(OrderLineView):
    """An order whole."""

    replies = fields.List(fields.Nested(OrderReplyView), required=True)
    verdicts = fields.List(fields.Nested(OrderVerdictView), required=True)
    extensions = fields.List(fields.Nested(OrderExtensionView), required=True)
    ending = fields.Nested(OrderSaidView, allow_none=True)
    history = fields.List(fields.Nested(OrderStepView), required=True)
