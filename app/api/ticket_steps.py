"""What people do with tickets, one path a step."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.tickets import blueprint, one
from app.foundation import clock
from app.issues.pressing import climbing
from app.issues.work import answering, asking, extending, noting, passing, releasing, taking
from schemas.base import Empty
from schemas.tickets import (
    AcknowledgeIn,
    AnswerIn,
    AnswerReviewIn,
    AskIn,
    AssignIn,
    DecideIn,
    ExtendIn,
    InviteIn,
    ReasonIn,
    ReleaseIn,
    ReturnIn,
    RuleIn,
    TicketView,
    TransferIn,
    WordsIn,
)


@blueprint.route("/<oid:key>/accept")
class Accept(MethodView):
    @blueprint.operation(body=Empty, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take it. The first to do so owns it."""
        views.perform(lambda: taking.accept(auth.me(), key, clock.now()))
        return one(key)


@blueprint.route("/<oid:key>/assign")
class Assign(MethodView):
    @blueprint.operation(body=AssignIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Give it to somebody of the department (the head)."""
        views.perform(lambda: taking.assign(auth.me(), key, now=clock.now(), **body))
        return one(key)


@blueprint.route("/<oid:key>/note")
class Note(MethodView):
    @blueprint.operation(body=WordsIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Write a note, for the enterprise too or internal."""
        views.perform(lambda: noting.note(auth.me(), key, noting.Words(**body), clock.now()))
        return one(key)


@blueprint.route("/<oid:key>/ask")
class Ask(MethodView):
    @blueprint.operation(body=AskIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Ask the enterprise: the clock stops until it replies, or to a limit."""
        views.perform(lambda: asking.ask(auth.me(), key, now=clock.now(), **body))
        return one(key)


@blueprint.route("/<oid:key>/extend")
class Extend(MethodView):
    @blueprint.operation(body=ExtendIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Ask for more working days, early enough."""
        views.perform(lambda: extending.extend(auth.me(), key, now=clock.now(), **body))
        return one(key)


@blueprint.route("/<oid:key>/decide")
class Decide(MethodView):
    @blueprint.operation(body=DecideIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Grant or refuse an extension: the head the first, the inspector the second."""
        views.perform(lambda: extending.decide(auth.me(), key, now=clock.now(), **body))
        return one(key)


@blueprint.route("/<oid:key>/answer")
class AnswerTicket(MethodView):
    @blueprint.operation(body=AnswerIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Answer the enterprise, or the lead; where the department wants it, past the head."""
        views.perform(
            lambda: answering.answer(auth.me(), key, answering.Answer(**body), clock.now())
        )
        return one(key)


@blueprint.route("/<oid:key>/review")
class Review(MethodView):
    @blueprint.operation(body=AnswerReviewIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Let a draft go out, or send it back (the head)."""
        views.perform(lambda: answering.review(auth.me(), key, now=clock.now(), **body))
        return one(key)


@blueprint.route("/<oid:key>/return")
class ReturnTicket(MethodView):
    @blueprint.operation(body=ReturnIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Hand it back to the dispatcher, with a reason."""
        views.perform(lambda: passing.return_ticket(auth.me(), key, now=clock.now(), **body))
        return one(key)


@blueprint.route("/<oid:key>/object")
class ObjectTo(MethodView):
    @blueprint.operation(body=ReasonIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Object to a transfer, once; the dispatcher rules."""
        views.perform(lambda: passing.object_to(auth.me(), key, now=clock.now(), **body))
        return one(key)


@blueprint.route("/<oid:key>/rule")
class Rule(MethodView):
    @blueprint.operation(body=RuleIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Settle a return, for good (dispatcher; inspector from the third on)."""
        views.perform(lambda: passing.rule(auth.me(), key, now=clock.now(), **body))
        return one(key)


@blueprint.route("/<oid:key>/transfer")
class Transfer(MethodView):
    @blueprint.operation(body=TransferIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Hand it on to another department. The issue's promise stays."""
        views.perform(lambda: passing.transfer(auth.me(), key, now=clock.now(), **body))
        return one(key)


@blueprint.route("/<oid:key>/release")
class Release(MethodView):
    @blueprint.operation(body=ReleaseIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """The restricted desk found an ordinary issue: it is routed like any other."""
        views.perform(lambda: releasing.release(auth.me(), key, now=clock.now(), **body))
        return one(key)


@blueprint.route("/<oid:key>/invite")
class Invite(MethodView):
    @blueprint.operation(body=InviteIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Ask another department to assist (the lead)."""
        views.perform(lambda: passing.invite(auth.me(), key, now=clock.now(), **body))
        return one(key)


@blueprint.route("/<oid:key>/acknowledge")
class Acknowledge(MethodView):
    @blueprint.operation(body=AcknowledgeIn, shows=TicketView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take note of the last rung: the next one is held for a while, once."""
        views.perform(lambda: climbing.acknowledge(auth.me(), key, now=clock.now(), **body))
        return one(key)
