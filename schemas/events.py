"""Events for investment and their checklists over the wire. Days are local."""

from __future__ import annotations

from marshmallow import fields

from app.offers.events.documents import ITEM_STATES, STATES
from config.offer_terms import PHASES, ROLES
from schemas.base import (
    Base,
    ClientId,
    Id,
    Length,
    Moment,
    OneOf,
    PageQuery,
    Pattern,
    Range,
    Text,
    View,
)
from schemas.leads import LeadView
from schemas.ledger import LocalDay

WORDS = 2000


class EventTemplateItem(Base):
    """An item of a checklist, due so many days from the event, before it where negative."""

    code = fields.String(required=True, validate=Pattern(r"^[A-Z][A-Z0-9_]{0,39}$"))
    phase = fields.String(required=True, validate=OneOf(PHASES))
    name = Text(100, least=1, required=True)
    role = fields.String(required=True, validate=OneOf(ROLES))
    days = fields.Integer(required=True, strict=True, validate=Range(-365, 365))


class EventTemplateContent(Base):
    """A template as a whole."""

    name = Text(60, least=1, required=True)
    items = fields.List(fields.Nested(EventTemplateItem), required=True, validate=Length(1, 100))


class EventTemplateItemView(View):
    """An item of a checklist."""

    code = fields.String(required=True)
    phase = fields.String(required=True, metadata={"enum": list(PHASES)})
    name = fields.String(required=True)
    role = fields.String(required=True, metadata={"enum": list(ROLES)})
    days = fields.Integer(required=True)


class EventTemplateView(View):
    """The checklist of events of a kind."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    items = fields.List(fields.Nested(EventTemplateItemView), required=True)
    version = fields.Integer(required=True)
    updated_at = Moment(required=True)


class EventTemplatesView(View):
    """All templates, by code."""

    items = fields.List(fields.Nested(EventTemplateView), required=True)


class EventIn(Base):
    """An event of a template. `responsible` {code of an item: id of a person} comes before its roles."""

    client_id = ClientId(required=True)
    template = Text(40, least=1, required=True)
    title = Text(100, least=1, required=True)
    on = LocalDay(required=True)
    place = Text(100, load_default="")
    units = fields.List(Text(20, least=1), load_default=list, validate=Length(max=50))
    enterprise_ids = fields.List(Id(), load_default=list, validate=Length(max=200))
    guests = fields.List(Text(100, least=1), load_default=list, validate=Length(max=200))
    department_id = Id(load_default=None, allow_none=True)
    owner_id = Id(load_default=None, allow_none=True)
    responsible = fields.Dict(
        keys=Text(40, least=1), values=Id(), load_default=dict, validate=Length(max=100)
    )


class EventsQuery(PageQuery):
    """Which events, of days from one to another."""

    state = fields.String(validate=OneOf(STATES))
    unit = Text(20, least=1)
    since = LocalDay()
    until = LocalDay()


class EventItemsQuery(PageQuery):
    """Which of one's own open items; `overdue` those whose day is over."""

    overdue = fields.Boolean(load_default=False)


class EventMoveIn(Base):
    """Another day, and why."""

    on = fields.Date(required=True)
    text = Text(WORDS, least=1, required=True)


class EventReasonIn(Base):
    """Why, or what came of it."""

    text = Text(WORDS, least=1, required=True)


class EventItemDoneIn(Base):
    """What was done."""

    text = Text(WORDS, load_default="")


class EventItemAssignIn(EventItemDoneIn):
    """Who of staff is responsible from now on."""

    person_id = Id(required=True)


class EventItemView(View):
    """What somebody has to do for an event."""

    id = Id(required=True)
    event_id = Id(required=True)
    event = fields.String(required=True)
    code = fields.String(required=True)
    phase = fields.String(required=True, metadata={"enum": list(PHASES)})
    phase_name = fields.String(required=True)
    name = fields.String(required=True)
    responsible_id = Id(required=True)
    responsible = fields.String(required=True)
    due_on = fields.String(required=True)
    overdue = fields.Boolean(required=True)
    state = fields.String(required=True, metadata={"enum": list(ITEM_STATES)})
    state_name = fields.String(required=True)
    note = fields.String(required=True)
    done_at = Moment(allow_none=True)
    done_by = fields.String(required=True)
    actions = fields.List(fields.String(), required=True)


class EventView(View):
    """An event; `guests` are those from elsewhere, by name."""

    id = Id(required=True)
    template = fields.String(required=True)
    kind_name = fields.String(required=True)
    title = fields.String(required=True)
    on = fields.String(required=True)
    place = fields.String(required=True)
    units = fields.List(fields.String(), required=True)
    unit_names = fields.List(fields.String(), required=True)
    enterprise_ids = fields.List(fields.String(), required=True)
    enterprise_names = fields.List(fields.String(), required=True)
    guests = fields.List(fields.String(), required=True)
    department_id = Id(allow_none=True)
    owner_id = Id(required=True)
    owner = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    state_name = fields.String(required=True)
    result = fields.String(required=True)
    created_at = Moment(required=True)
    ended_at = Moment(allow_none=True)
    actions = fields.List(fields.String(), required=True)


class EventHistoryView(View):
    """What was done, by whom."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    by = fields.String(required=True)
    role = fields.String(required=True)
    at = Moment(required=True)
    text = fields.String(required=True)


class EventPhaseView(View):
    """How far a phase is."""

    phase = fields.String(required=True)
    name = fields.String(required=True)
    items = fields.Integer(required=True)
    open = fields.Integer(required=True)
    overdue = fields.Integer(required=True)


class EventWholeView(EventView):
    """An event with its checklist, the leads that came of it as far as one may see them, and its history."""

    phases = fields.List(fields.Nested(EventPhaseView), required=True)
    items = fields.List(fields.Nested(EventItemView), required=True)
    leads = fields.List(fields.Nested(LeadView), required=True)
    history = fields.List(fields.Nested(EventHistoryView), required=True)
