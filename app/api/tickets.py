"""Tickets: a department's boxes, and what it does."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.operation import Blueprint
from app.foundation import clock
from app.issues import queries, work
from app.issues.access import see_ticket
from app.people.access import require
from schemas.base import Empty, page_of
from schemas.issues import AnswerIn, NoteIn, ReturnIn, TicketQuery, TicketView

blueprint = Blueprint("tickets", __name__, url_prefix="/tickets", description="工单")


def _one(key: str) -> dict[str, Any]:
    ticket = see_ticket(auth.me(), key)
    row = {**ticket.to_mongo().to_dict(), "_id": ticket.id}
    return views.ticket(queries.described([row])[0])


@blueprint.route("")
class Tickets(MethodView):
    @blueprint.operation(query=TicketQuery, shows=page_of(TicketView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """A box of tickets: todo, mine, department, overdue, waiting, done."""
        require(auth.me(), "ticket.see")
        narrowed = {name: value for name, value in query.items() if name != "box"}
        now = clock.now()
        rows, total = queries.tickets(auth.me(), query["box"], queries.Filters(**narrowed), now)
        return views.page([views.ticket(row, now) for row in rows], total, query)


@blueprint.route("/<oid:key>")
class OneTicket(MethodView):
    @blueprint.operation(shows=TicketView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A ticket."""
        return _one(key)


@blueprint.route("/<oid:key>/accept")
class Accept(MethodView):
    @blueprint.operation(body=Empty, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take it. The first to do so owns it."""
        views.perform(lambda: work.accept(auth.me(), key, clock.now()))
        return _one(key)


@blueprint.route("/<oid:key>/note")
class Note(MethodView):
    @blueprint.operation(body=NoteIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Write a note, for the enterprise too or internal."""
        views.perform(lambda: work.note(auth.me(), key, now=clock.now(), **body))
        return _one(key)


@blueprint.route("/<oid:key>/answer")
class AnswerTicket(MethodView):
    @blueprint.operation(body=AnswerIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Answer the enterprise."""
        answer = work.Answer(**body)
        views.perform(lambda: work.answer(auth.me(), key, answer, clock.now()))
        return _one(key)


@blueprint.route("/<oid:key>/return")
class ReturnTicket(MethodView):
    @blueprint.operation(body=ReturnIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Hand it back to the dispatcher, with a reason."""
        views.perform(lambda: work.return_ticket(auth.me(), key, now=clock.now(), **body))
        return _one(key)
