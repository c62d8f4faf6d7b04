"""Expansion intents over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.projects.expansion.actions import Agreed, Minutes
from app.projects.expansion.documents import DIRECTIONS
from app.projects.expansion.register import REGISTER
from app.projects.expansion.states import ACTIONS, STATES
from schemas.base import Base, ClientId, Id, Moment, OneOf, PageQuery, Text, View
from schemas.ledger import Amount, LocalDay, Mu, new_of

_NAMED = {"enterprise", "owner", "code", "caught_on", "direction"}


class IntentQuery(PageQuery):
    """Which intents of the pool."""

    direction = fields.String(validate=OneOf(DIRECTIONS))
    state = fields.String(validate=OneOf(STATES))
    unit = Text(40, least=1)
    enterprise_id = Id()
    owner_id = Id()


IntentIn = new_of(
    REGISTER,
    "IntentIn",
    without=_NAMED,
    more={
        "direction": fields.String(required=True, validate=OneOf(DIRECTIONS)),
        "code": Text(60, least=1, load_default=None, allow_none=True),
        "caught_on": LocalDay(load_default=None, allow_none=True),
        "enterprise_id": Id(load_default=None, allow_none=True),
        "owner_id": Id(load_default=None, allow_none=True),
        "visit_id": Id(load_default=None, allow_none=True),
    },
)
"""An intent; of the visit's enterprise where only a visit is named."""


class CoordinateIn(Base):
    """What is to be coordinated; without a `text` it is the intent's own."""

    client_id = ClientId(required=True)
    text = Text(2000, least=1, load_default=None, allow_none=True)
    category = Text(40, least=1, load_default=None, allow_none=True)
    urgent = fields.Boolean(load_default=None, allow_none=True)


class IntentAgreed(Base):
    """What somebody agreed to do, by a day."""

    what = Text(500, least=1, required=True)
    who = Text(100, least=1, required=True)
    due = fields.Date(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Agreed:
        """As a value."""
        return Agreed(**{**data, "due": data["due"].isoformat()})


class IntentMeeting(Base):
    """A joint meeting: who was there, and what was agreed."""

    on = fields.Date(required=True)
    attended = fields.List(Text(100, least=1), required=True)
    text = Text(5000, least=1, required=True)
    agreed = fields.List(fields.Nested(IntentAgreed), load_default=list)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Minutes:
        """As a value."""
        return Minutes(**{**data, "on": data["on"].isoformat()})


class IntentLanded(Base):
    """The project that it became."""

    project_id = Id(required=True)


class IntentDropped(Base):
    """Why nothing comes of it."""

    reason = Text(500, least=1, required=True)


class IntentAssign(Base):
    """Who sees to it from now on."""

    person_id = Id(required=True)


class IntentLine(View):
    """An intent. Amounts are 万元, land is mu, both as text."""

    id = Id(required=True)
    code = fields.String(required=True)
    enterprise_id = Id(required=True)
    enterprise = fields.String(required=True)
    unit = fields.String(allow_none=True)
    direction = fields.String(required=True, metadata={"enum": list(DIRECTIONS)})
    direction_name = fields.String(required=True)
    text = fields.String(required=True)
    amount = Amount(allow_none=True)
    funds_needed = Amount(allow_none=True)
    land_needed_mu = Mu(allow_none=True)
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    state_name = fields.String(required=True)
    owner_id = Id(required=True)
    owner = fields.String(required=True)
    caught_on = fields.String(required=True)
    visit_id = fields.String(allow_none=True)
    issue_ids = fields.List(fields.String(), required=True)
    project_id = fields.String(allow_none=True)
    project = fields.String(allow_none=True)
    dropped = fields.String(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class IntentAgreedView(View):
    """What somebody agreed to do."""

    what = fields.String(required=True)
    who = fields.String(required=True)
    due = fields.String(required=True)


class IntentMeetingView(View):
    """A joint meeting as it was written down."""

    on = fields.String(required=True)
    attended = fields.List(fields.String(), required=True)
    text = fields.String(required=True)
    agreed = fields.List(fields.Nested(IntentAgreedView), required=True)
    by = fields.String(required=True)
    at = Moment(required=True)


class IntentStep(View):
    """What was done with it."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)
    text = fields.String(required=True)


class IntentView(IntentLine):
    """An intent whole, with the actions that its state allows."""

    meetings = fields.List(fields.Nested(IntentMeetingView), required=True)
    history = fields.List(fields.Nested(IntentStep), required=True)
    actions = fields.List(fields.String(metadata={"enum": list(ACTIONS)}), required=True)


class PoolSums(View):
    """How many intents, and what they come to; what names no amount adds nothing."""

    count = fields.Integer(required=True)
    amount = Amount(required=True)
    funds_needed = Amount(required=True)
    land_needed_mu = Mu(required=True)


class DirectionSums(PoolSums):
    """The same of one direction."""

    direction = fields.String(required=True)
    direction_name = fields.String(required=True)


class PoolView(View):
    """A page of the pool, with the sums of all that the question finds."""

    items = fields.List(fields.Nested(IntentLine), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    sums = fields.Nested(PoolSums, required=True)
    by_direction = fields.List(fields.Nested(DirectionSums), required=True)


class CoordinationView(View):
    """The issue that was filed, and the intent."""

    issue_id = Id(required=True)
    number = fields.String(required=True)
    intent = fields.Nested(IntentView, required=True)
