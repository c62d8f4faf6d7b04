"""Issues: opening, looking, and what their people do with them."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, pages, views
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.errors import Invalid
from app.issues.access import see_issue
from app.issues.desk import placing
from app.issues.intake.opening import IssueFacts, open_issue
from app.issues.looking import lists
from app.issues.looking.portrait import portrait, seen_as
from app.people.access import Ties, allowed, require
from app.projects.places import Place, place
from schemas.filters import listed
from schemas.issues import (
    IssueOpen,
    IssueQuery,
    IssueSummary,
    IssueView,
    PreviewIn,
    PreviewView,
)

blueprint = Blueprint("issues", __name__, description="事项")


def whole(key: str) -> dict[str, Any]:
    """The issue as its schema wants it, with all that the caller may see."""
    who = auth.me()
    return views.whole(portrait(who, see_issue(who, key)))


def place_named(enterprise_id: str | None, project_id: str | None) -> Place:
    """The place that a draft names. Raises Invalid when the caller may not know of it."""
    where = place(enterprise_id, project_id)
    ties = Ties(enterprise=where.enterprise, unit=where.unit)
    if (where.enterprise or where.project) and not allowed(auth.me(), "enterprise.see", ties):
        raise Invalid("reference.unknown")
    return where


@blueprint.route("/issues")
class Issues(MethodView):
    @blueprint.operation(query=IssueQuery, shows=listed(IssueSummary))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The issues one may see, newest first."""
        page, narrowed = pages.paged(query)
        who = auth.me()
        found = lists.issues(who, lists.IssueFilters(**narrowed))
        rows, total = found.page(page["number"], page["size"])
        return pages.listed([views.summary(row) for row in seen_as(who, rows)], total, query)

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
        return whole(key)


@blueprint.route("/routing/preview")
class Preview(MethodView):
    @blueprint.operation(body=PreviewIn, shows=PreviewView)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Where it would go, while the person types."""
        require(auth.me(), "routing.preview")
        where = place_named(body["enterprise_id"], body["project_id"])
        return views.preview(
            placing.decide_for(body["kind"], body["text"], body["category"], where.unit, None)
        )
