"""Issues: opening, looking, and what their people do with them."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, pages, similar_views, views
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.errors import Invalid
from app.foundation.geo import Position
from app.issues.access import see_issue
from app.issues.desk import previewing
from app.issues.desk.facts import of_draft
from app.issues.desk.similar import Draft, filed, similar
from app.issues.intake.opening import IssueFacts, open_issue, own_enterprise
from app.issues.looking import lists
from app.issues.looking.portrait import portrait, seen_as
from app.people.access import Ties, allowed, require
from app.projects.places import Place, place
from schemas.filters import listed
from schemas.issues import (
    IssueOpen,
    IssueOpened,
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


def place_named(
    enterprise_id: str | None,
    project_id: str | None,
    site_id: str | None = None,
    position: Position | None = None,
) -> Place:
    """The place that a draft names. Raises Invalid when the caller may not know of it."""
    stored = position.stored() if position else None
    where = place(enterprise_id, project_id, site_id, position=stored)
    ties = Ties(enterprise=where.enterprise, unit=where.home)
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

    @blueprint.operation(body=IssueOpen, shows=IssueOpened, status=201, also=(200,))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Open an issue. 201 means it is kept and will be routed; 200 that it already was opened."""
        who, now = auth.me(), clock.now()
        opened, new = open_issue(who, IssueFacts(**body), now)
        alike = similar_views.similar(filed(who, opened.row, now))
        return {**views.summary(opened.row), "similar": alike}, 201 if new else 200


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
        firm, project = body["enterprise_id"], body["project_id"]
        if not (firm or project):
            firm = own_enterprise(auth.me())
        where = place_named(firm, project, body["site_id"], body["position"])
        now = clock.now()
        facts = of_draft(body["kind"], body["text"], body["category"], where, now, None)
        told = previewing.preview(facts, now)
        category = told.decision.category
        draft = Draft(body["text"], where.enterprise, body["position"], category)
        found, hidden = similar(auth.me(), draft, now)
        alike = {"similar": similar_views.similar(found), "similar_hidden": hidden}
        found_in = {"unit": where.unit, "unit_from": where.unit_from}
        return {**views.preview(told), **found_in, **alike}
