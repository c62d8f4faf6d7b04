"""Tickets: a department's boxes, and one ticket."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView
from marshmallow import fields

from app.api import assigning, auth, pages, views
from app.api.operation import Blueprint
from app.foundation import clock
from app.issues.access import see_ticket
from app.issues.looking import lists
from app.issues.looking.portrait import described, row_of
from app.people.access import require
from schemas.filters import CountsView, listed
from schemas.tickets import BulkAssignIn, BulkAssignView, TicketQuery, TicketView

blueprint = Blueprint("tickets", __name__, url_prefix="/tickets", description="工单")
TicketPage = listed(TicketView, counts=fields.Nested(CountsView, required=True))


@blueprint.route("")
class Tickets(MethodView):
    @blueprint.operation(query=TicketQuery, shows=TicketPage)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """A box of tickets: todo, mine, department, overdue, waiting, done; and how many are in each."""
        who, now = auth.me(), clock.now()
        require(who, "ticket.see")
        page, narrowed = pages.paged(query)
        box, counts = narrowed.pop("box"), lists.counts(who, now)
        filters = lists.TicketFilters(**narrowed)
        known = counts[box] if lists.is_whole(filters) else None
        rows, total = lists.tickets(who, box, filters, now).page(**page, known=known)
        items = [views.ticket(row, now) for row in described(rows, who)]
        return {**pages.listed(items, total, query), "counts": counts}


@blueprint.route("/counts")
class Counts(MethodView):
    @blueprint.operation(shows=CountsView)
    def get(self) -> dict[str, Any]:
        """How many tickets are in each box."""
        require(auth.me(), "ticket.see")
        return dict(lists.counts(auth.me(), clock.now()))


@blueprint.route("/assign")
class AssignTickets(MethodView):
    @blueprint.operation(body=BulkAssignIn, shows=BulkAssignView, action=True)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Give up to 100 tickets to somebody of the department (the head). Each is judged alone."""
        require(auth.me(), "ticket.assign")
        return {"results": assigning.assign_each(auth.me(), **body)}


@blueprint.route("/<oid:key>")
class OneTicket(MethodView):
    @blueprint.operation(shows=TicketView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A ticket."""
        return one(key)


def one(key: str) -> dict[str, Any]:
    """The ticket as its schema wants it."""
    ticket = see_ticket(auth.me(), key)
    return views.ticket(described([row_of(ticket)], auth.me())[0])
