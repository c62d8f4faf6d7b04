"""Opportunities, and who is interested, over the wire. Days are local. There are no phones."""

from __future__ import annotations

from marshmallow import fields

from app.offers.opportunities.states import INTEREST_STATES, KINDS, STATES
from schemas.base import Base, ClientId, Id, Moment, OneOf, PageQuery, Text, View
from schemas.ledger import LocalDay

WORDS = 2000


class OpportunityIn(Base):
    """An opportunity of a firm, a department or a unit: exactly one of them."""

    client_id = ClientId(required=True)
    kind = fields.String(required=True, validate=OneOf(KINDS))
    title = Text(100, least=1, required=True)
    text = Text(5000, least=1, required=True)
    enterprise_id = Id(load_default=None, allow_none=True)
    department_id = Id(load_default=None, allow_none=True)
    unit = Text(20, least=1, load_default=None, allow_none=True)
    contact_id = Id(load_default=None, allow_none=True)
    industry = Text(60, least=1, load_default=None, allow_none=True)
    until = LocalDay(load_default=None, allow_none=True)


class OpportunitiesQuery(PageQuery):
    """Which opportunities; `open_now` those in which firms may be interested today."""

    kind = fields.String(validate=OneOf(KINDS))
    state = fields.String(validate=OneOf(STATES))
    industry = Text(60, least=1)
    enterprise_id = Id()
    open_now = fields.Boolean(load_default=False)
    q = Text(60, least=1)


class OpportunityWordsIn(Base):
    """What is said with a step."""

    text = Text(WORDS, load_default="")


class OpportunityReasonIn(Base):
    """Why."""

    text = Text(WORDS, least=1, required=True)


class OpportunityPublishIn(OpportunityWordsIn):
    """Who of staff answers for what follows; by itself who publishes it."""

    person_id = Id(load_default=None, allow_none=True)


class OpportunityView(View):
    """An opportunity. Its contact, and who of staff answers for it, are named to its side and to staff."""

    id = Id(required=True)
    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    kind_name = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    enterprise_id = Id(allow_none=True)
    department_id = Id(allow_none=True)
    unit = fields.String(allow_none=True)
    owner_name = fields.String(required=True)
    industry = fields.String(allow_none=True)
    industry_name = fields.String(allow_none=True)
    contact_id = Id(allow_none=True)
    contact_name = fields.String(allow_none=True)
    staff_name = fields.String(allow_none=True)
    until = fields.String(allow_none=True)
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    state_name = fields.String(required=True)
    open = fields.Boolean(required=True)
    published_at = Moment(allow_none=True)
    created_at = Moment(required=True)
    actions = fields.List(fields.String(), required=True)


class OpportunityFiguresLine(View):
    """Of one kind: opportunities, and what became of the interest in them."""

    kind = fields.String(required=True)
    kind_name = fields.String(required=True)
    opportunities = fields.Integer(required=True)
    published = fields.Integer(required=True)
    closed = fields.Integer(required=True)
    interests = fields.Integer(required=True)
    alive = fields.Integer(required=True)
    matched = fields.Integer(required=True)
    days = fields.String(allow_none=True)


class OpportunityFiguresView(View):
    """By kind; each opens to `GET /opportunities?kind=`."""

    items = fields.List(fields.Nested(OpportunityFiguresLine), required=True)


class InterestIn(Base):
    """That a firm is interested, and in what of it."""

    client_id = ClientId(required=True)
    enterprise_id = Id(required=True)
    text = Text(WORDS, load_default="")


class InterestsQuery(PageQuery):
    """Which interests; `mine` those one follows up."""

    opportunity_id = Id()
    state = fields.String(validate=OneOf(INTEREST_STATES))
    mine = fields.Boolean(load_default=False)


class InterestFollowIn(OpportunityReasonIn):
    """What was heard, and when it is looked at next."""

    follow_up_on = fields.Date(load_default=None, allow_none=True)


class InterestNoteView(View):
    """What was heard."""

    text = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)


class InterestView(View):
    """That a firm is interested. `notes` are for who follows it up."""

    id = Id(required=True)
    opportunity_id = Id(required=True)
    opportunity = fields.String(required=True)
    enterprise_id = Id(required=True)
    enterprise = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": list(INTEREST_STATES)})
    state_name = fields.String(required=True)
    text = fields.String(required=True)
    owner_id = Id(required=True)
    owner = fields.String(required=True)
    released = fields.Boolean(required=True)
    follow_up_on = fields.String(allow_none=True)
    overdue = fields.Boolean(required=True)
    outcome = fields.String(required=True)
    notes = fields.List(fields.Nested(InterestNoteView), required=True)
    created_at = Moment(required=True)
    ended_at = Moment(allow_none=True)
    actions = fields.List(fields.String(), required=True)
