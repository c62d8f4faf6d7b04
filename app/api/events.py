"""Events for investment, and what is to be done before, during and after them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import request
from flask.views import MethodView

from app.api import auth, event_views, offer_views, views
from app.api.conditions import require_match
from app.api.errors import language
from app.api.leads import described
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.db import Row
from app.foundation.errors import NotFound, Stale
from app.foundation.messages import say
from app.offers.events import actions, items, queries, templates
from app.offers.events.actions import Planned
from app.offers.events.documents import OPEN
from app.offers.finance.queries import firms_of
from app.offers.leads import queries as leads
from app.people.access import allowed, require
from config.offer_terms import PHASES
from schemas.base import page_of
from schemas.events import (
    EventIn,
    EventItemAssignIn,
    EventItemDoneIn,
    EventItemsQuery,
    EventItemView,
    EventMoveIn,
    EventReasonIn,
    EventsQuery,
    EventTemplateContent,
    EventTemplatesView,
    EventTemplateView,
    EventView,
    EventWholeView,
)
from schemas.leads import LeadIn, LeadView

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
blueprint = Blueprint("events", __name__, description="招商活动")


@blueprint.route("/event-templates")
class EventTemplates(MethodView):
    @blueprint.operation(shows=EventTemplatesView)
    def get(self) -> dict[str, Any]:
        """The checklists, one for each kind of event."""
        return {"items": templates.listed(auth.me())}


@blueprint.route("/event-templates/<template>")
class OneEventTemplate(MethodView):
    @blueprint.operation(shows=EventTemplateView, also=(404,))
    def get(self, template: str) -> dict[str, Any]:
        """A checklist."""
        return templates.see(auth.me(), template)

    @blueprint.operation(
        body=EventTemplateContent, shows=EventTemplateView, whole=True, also=(201, 404)
    )
    def put(self, body: dict[str, Any], template: str) -> tuple[dict[str, Any], int]:
        """State a checklist as a whole; a new one without If-Match (201). The same again answers 200."""
        who = auth.me()
        require(who, templates.CHANGE)
        if not CODE.fullmatch(template):
            raise NotFound("not_found")
        found = templates.find(template)
        if found is not None and all(found[name] == value for name, value in body.items()):
            return found, 200
        if found is not None:
            require_match(EventTemplateView, found)
        elif "If-Match" in request.headers:
            raise Stale("request.stale")
        version = found["version"] if found else 0
        made = templates.put(who, template, **body, version=version, now=clock.now())
        return made, 200 if found else 201


@blueprint.route("/events")
class Events(MethodView):
    @blueprint.operation(query=EventsQuery, shows=page_of(EventView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The events one may see, the latest first."""
        found, total = queries.listed(auth.me(), **query)
        return views.page(event_views.event_list(found), total, query)

    @blueprint.operation(body=EventIn, shows=EventWholeView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Plan an event: its template makes the items, each with who answers for it by which day."""
        client_id = body.pop("client_id")
        key, new = actions.plan(auth.me(), Planned(**body), client_id, clock.now())
        return _whole(str(key)), 201 if new else 200


@blueprint.route("/events/<oid:key>")
class OneEvent(MethodView):
    @blueprint.operation(shows=EventWholeView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """An event with its checklist, its leads and its history."""
        return _whole(key)


@blueprint.route("/events/<oid:key>/move")
class MoveEvent(MethodView):
    @blueprint.operation(body=EventMoveIn, shows=EventWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Hold it on another day; what is open is due by that."""
        return _done(key, actions.move, body)


@blueprint.route("/events/<oid:key>/close")
class CloseEvent(MethodView):
    @blueprint.operation(body=EventReasonIn, shows=EventWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Its follow-up is over, once nothing is open any more."""
        return _done(key, actions.close, body)


@blueprint.route("/events/<oid:key>/cancel")
class CancelEvent(MethodView):
    @blueprint.operation(body=EventReasonIn, shows=EventWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """It is not held."""
        return _done(key, actions.cancel, body)


@blueprint.route("/events/<oid:key>/leads")
class LeadsOfEvent(MethodView):
    @blueprint.operation(body=LeadIn, shows=LeadView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """Make a lead of a company that was met there."""
        client_id = body.pop("client_id")
        made, new = actions.make_lead(auth.me(), key, body, client_id, clock.now())
        return described(str(made)), 201 if new else 200


@blueprint.route("/event-items")
class EventItems(MethodView):
    @blueprint.operation(query=EventItemsQuery, shows=page_of(EventItemView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What one has to do for events, what is due first first."""
        found, total = queries.my_items(auth.me(), clock.now(), **query)
        return views.page(event_views.event_items(found), total, query)


@blueprint.route("/event-items/<oid:key>/done")
class ItemDone(MethodView):
    @blueprint.operation(body=EventItemDoneIn, shows=EventItemView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """It is done."""
        return _item_done(key, items.done, body)


@blueprint.route("/event-items/<oid:key>/skip")
class ItemSkipped(MethodView):
    @blueprint.operation(body=EventReasonIn, shows=EventItemView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """It is not needed."""
        return _item_done(key, items.skip, body)


@blueprint.route("/event-items/<oid:key>/assign")
class ItemAssigned(MethodView):
    @blueprint.operation(body=EventItemAssignIn, shows=EventItemView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Somebody else of staff is responsible."""
        return _item_done(key, items.assign, body)


def _done(key: str, act: Callable[..., None], body: dict[str, Any]) -> dict[str, Any]:
    views.perform(lambda: act(auth.me(), key, now=clock.now(), **body))
    return _whole(key)


def _item_done(key: str, act: Callable[..., None], body: dict[str, Any]) -> dict[str, Any]:
    views.perform(lambda: act(auth.me(), key, now=clock.now(), **body))
    return event_views.event_items([queries.see_item(auth.me(), key)[0]])[0]


def _whole(key: str) -> Row:
    who = auth.me()
    row = queries.see(who, key)
    listed = event_views.event_items(queries.items_of(row["_id"]))
    found = queries.leads_of(row["_id"])
    firms = firms_of(found)
    met = [
        each
        for each in found
        if allowed(who, leads.SEE, leads.ties(each, firms.get(each["enterprise"], {})))
    ]
    return {
        **event_views.event_list([row])[0],
        "phases": [_phase(phase, listed) for phase in PHASES],
        "items": listed,
        "leads": offer_views.lead_list(met),
        "history": offer_views.history(queries.history_of(row), "event"),
    }


def _phase(phase: str, items: list[Row]) -> Row:
    own = [each for each in items if each["phase"] == phase]
    return {
        "phase": phase,
        "name": say(f"event.phase.{phase}", language()),
        "items": len(own),
        "open": sum(each["state"] == OPEN for each in own),
        "overdue": sum(each["overdue"] for each in own),
    }
