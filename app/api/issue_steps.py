"""What people do with issues, one path a step."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.issues import blueprint, whole
from app.foundation import clock
from app.issues.desk import placing
from app.issues.ending import concluding, confirming
from app.issues.pressing import supervising
from app.issues.work import asking, noting
from schemas.endings import ConcludeIn, Confirm, ReopenIn, UnreachableIn, Withdraw
from schemas.issues import IssueView, Place
from schemas.supervisions import SuperviseIn
from schemas.tickets import ReplyIn, WordsIn


@blueprint.route("/issues/<oid:key>/confirm")
class ConfirmIssue(MethodView):
    @blueprint.operation(body=Confirm, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say whether it is solved. "partly" and "no" reopen it, one level up."""
        views.perform(
            lambda: confirming.confirm(auth.me(), key, confirming.Verdict(**body), clock.now())
        )
        return whole(key)


@blueprint.route("/issues/<oid:key>/unreachable")
class Unreachable(MethodView):
    @blueprint.operation(body=UnreachableIn, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """A call or visit in vain; after the district's number of them it closes as no reply."""
        views.perform(lambda: confirming.unreachable(auth.me(), key, now=clock.now(), **body))
        return whole(key)


@blueprint.route("/issues/<oid:key>/withdraw")
class WithdrawIssue(MethodView):
    @blueprint.operation(body=Withdraw, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take an issue back before it is answered."""
        views.perform(lambda: concluding.withdraw(auth.me(), key, body["reason"], clock.now()))
        return whole(key)


@blueprint.route("/issues/<oid:key>/reopen")
class Reopen(MethodView):
    @blueprint.operation(body=ReopenIn, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take up a resolved issue again, within the district's days."""
        views.perform(lambda: concluding.reopen(auth.me(), key, now=clock.now(), **body))
        return whole(key)


@blueprint.route("/issues/<oid:key>/conclude")
class Conclude(MethodView):
    @blueprint.operation(body=ConcludeIn, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Close for good, unsolved: head and inspector together."""
        views.perform(lambda: concluding.conclude(auth.me(), key, now=clock.now(), **body))
        return whole(key)


@blueprint.route("/issues/<oid:key>/reply")
class Reply(MethodView):
    @blueprint.operation(body=ReplyIn, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Answer a department's question: the clock goes on."""
        views.perform(lambda: asking.reply(auth.me(), key, now=clock.now(), **body))
        return whole(key)


@blueprint.route("/issues/<oid:key>/comment")
class Comment(MethodView):
    @blueprint.operation(body=WordsIn, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Write on an issue, for all or internal."""
        views.perform(lambda: noting.comment(auth.me(), key, noting.Words(**body), clock.now()))
        return whole(key)


@blueprint.route("/issues/<oid:key>/place")
class PlaceIssue(MethodView):
    @blueprint.operation(body=Place, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Place what no rule placed, or what came back."""
        views.perform(lambda: placing.place_issue(auth.me(), key, now=clock.now(), **body))
        return whole(key)


@blueprint.route("/issues/<oid:key>/supervise")
class Supervise(MethodView):
    @blueprint.operation(body=SuperviseIn, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Order supervision, with a deadline (inspector, leader)."""
        views.perform(lambda: supervising.order(auth.me(), key, now=clock.now(), **body))
        return whole(key)
