"""Leads for investment over the wire. Days are local."""

from __future__ import annotations

from marshmallow import fields

from app.offers.leads.queries import BY
from app.offers.leads.register import REGISTER
from app.offers.leads.states import STATES
from schemas.base import Base, Id, Moment, OneOf, PageQuery, Text, View
from schemas.ledger import LocalDay, content_of, new_of, view_of

WORDS = 2000
_GIVEN = {
    "code": Text(60, least=1, load_default=None, allow_none=True),
    "found_on": LocalDay(load_default=None, allow_none=True),
}
LeadIn = new_of(REGISTER, "LeadIn", without=("code", "found_on"), more=_GIVEN)
"""A new lead; without `code` it gets one, without `found_on` it was today, without `owner` it is mine."""
LeadContent = content_of(REGISTER, "LeadContent", without=("owner",))
"""A lead as a whole; what is left out is empty. Its code stays, and its owner."""


class LeadsQuery(PageQuery):
    """Which leads; `three_party` those that name a partner company too."""

    state = fields.String(validate=OneOf(STATES))
    enterprise_id = Id()
    department_id = Id()
    event_id = Id()
    three_party = fields.Boolean()
    mine = fields.Boolean(load_default=False)


class LeadNextIn(Base):
    """What was heard, and when it is looked at next."""

    text = Text(WORDS, least=1, required=True)
    follow_up_on = fields.Date(load_default=None, allow_none=True)


class LeadSignIn(Base):
    """The project that it became."""

    project_id = Id(required=True)
    text = Text(WORDS, load_default="")


class LeadReasonIn(Base):
    """Why."""

    text = Text(WORDS, least=1, required=True)


class LeadAssignIn(Base):
    """Who of staff sees to it from now on."""

    person_id = Id(required=True)
    text = Text(WORDS, load_default="")


class LeadNoteView(View):
    """What was heard, and to which state it came."""

    text = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)


_SEEN = {
    "id": Id(required=True),
    "enterprise_id": Id(required=True),
    "company_industry_name": fields.String(allow_none=True),
    "department_id": Id(required=True),
    "three_party": fields.Boolean(required=True),
    "owner_id": Id(required=True),
    "state": fields.String(required=True, metadata={"enum": list(STATES)}),
    "state_name": fields.String(required=True),
    "follow_up_on": fields.String(allow_none=True),
    "overdue": fields.Boolean(required=True),
    "event_id": Id(allow_none=True),
    "project_id": Id(allow_none=True),
    "dropped": fields.String(required=True),
    "notes": fields.List(fields.Nested(LeadNoteView), required=True),
    "ended_at": Moment(allow_none=True),
    "created_at": Moment(required=True),
    "actions": fields.List(fields.String(), required=True),
}


class LeadView(view_of(REGISTER, "_LeadView", more=_SEEN)):  # type: ignore[misc]
    """A lead. Whom to call, and what was heard, are for those who work on it; else null and empty."""


class LeadFiguresQuery(Base):
    """By source enterprise or by department."""

    by = fields.String(load_default="source", validate=OneOf(BY))


class LeadFiguresLine(View):
    """Of one source or department; opens to `GET /leads?enterprise_id=` or `department_id=`."""

    id = Id(required=True)
    name = fields.String(required=True)
    leads = fields.Integer(required=True)
    by_state = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    three_party = fields.Integer(required=True)
    project_ids = fields.List(fields.String(), required=True)


class LeadFiguresView(View):
    """The most leads first."""

    items = fields.List(fields.Nested(LeadFiguresLine), required=True)
