"""Issues: opening, looking, and what their people do with them."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from flask.views import MethodView

from app.api import auth, views
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.errors import Invalid
from app.issues import closing, desk, queries
from app.issues.access import see_issue
from app.issues.opening import IssueFacts, open_issue
from app.people.access import Ties, allowed, require
from app.projects.places import place
from schemas.base import page_of
from schemas.issues import (
    Confirm,
    IssueOpen,
    IssueQuery,
    IssueSummary,
    IssueView,
    Place,
    PreviewIn,
    PreviewView,
    Withdraw,
)

blueprint = Blueprint("issues", __name__, description="事项")


def _whole(key: str) -> dict[str, Any]:
    who = auth.me()
    return views.whole(queries.portrait(who, see_issue(who, key)))


@blueprint.route("/issues")
class Issues(MethodView):
    @blueprint.operation(query=IssueQuery, shows=page_of(IssueSummary))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The issues one may see, newest first."""
        enterprise = query.pop("enterprise_id", None)
        filters = queries.Filters(**query, enterprise=ObjectId(enterprise) if enterprise else None)
        rows, total = queries.issues(auth.me(), filters)
        return views.page([views.summary(row) for row in rows], total, query)

    @blueprint.operation(body=IssueOpen, shows=IssueSummary, status=201, also=(200,))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Open an issue. 201 means it is kept and will be routed; 200 that it already was opened."""
        opened, new = open_issue(auth.me(), IssueFacts(**body), clock.now())
        return views.summary(opened.row), 201 if new else 200


@blueprint.route("/issues/<oid:key>")
class OneIssue(MethodView):
    @blueprint.operation(shows=IssueView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """An issue whole: everything the viewer may see, in one call."""
        return _whole(key)


@blueprint.route("/issues/<oid:key>/confirm")
class ConfirmIssue(MethodView):
    @blueprint.operation(body=Confirm, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say whether it is solved. "partly" and "no" reopen it, one level up."""
        verdict = closing.Verdict(**body)
        views.perform(lambda: closing.confirm(auth.me(), key, verdict, clock.now()))
        return _whole(key)


@blueprint.route("/issues/<oid:key>/withdraw")
class WithdrawIssue(MethodView):
    @blueprint.operation(body=Withdraw, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take an issue back before it is answered."""
        views.perform(lambda: closing.withdraw(auth.me(), key, body["reason"], clock.now()))
        return _whole(key)


@blueprint.route("/issues/<oid:key>/place")
class PlaceIssue(MethodView):
    @blueprint.operation(body=Place, shows=IssueView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Place what no rule placed, or what came back."""
        views.perform(lambda: desk.place_issue(auth.me(), key, now=clock.now(), **body))
        return _whole(key)


@blueprint.route("/routing/preview")
class Preview(MethodView):
    @blueprint.operation(body=PreviewIn, shows=PreviewView)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Where it would go, while the person types."""
        who = auth.me()
        require(who, "routing.preview")
        where = place(body["enterprise_id"], body["project_id"])
        ties = Ties(enterprise=where.enterprise, unit=where.unit)
        if (where.enterprise or where.project) and not allowed(who, "enterprise.see", ties):
            raise Invalid("reference.unknown")
        return views.preview(
            desk.decide_for(body["kind"], body["text"], body["category"], where.unit, None)
        )
