"""Visits."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.operation import Blueprint
from app.foundation import clock
from app.people.access import require
from app.visits import actions, queries
from app.visits.documents import Visit
from schemas.base import page_of
from schemas.visits import VisitOpen, VisitQuery, VisitView

blueprint = Blueprint("visits", __name__, url_prefix="/visits", description="走访")


def _view(visit: Visit) -> dict[str, Any]:
    return {
        **visit.to_mongo().to_dict(),
        "id": visit.id,
        "owner_id": visit.owner,
        "enterprise_id": visit.enterprise,
        "project_id": visit.project,
        "photo_ids": actions.photos_of(visit),
    }


@blueprint.route("")
class Visits(MethodView):
    @blueprint.operation(query=VisitQuery, shows=page_of(VisitView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The visits one may see, newest first."""
        require(auth.me(), "visit.see")
        found, total = queries.visits(auth.me(), **query)
        return views.page([_view(visit) for visit in found], total, query)

    @blueprint.operation(body=VisitOpen, shows=VisitView, status=201, also=(200,))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Log a visit."""
        visit, new = actions.log_visit(auth.me(), actions.VisitFacts(**body), clock.now())
        return _view(visit), 201 if new else 200


@blueprint.route("/<oid:key>")
class OneVisit(MethodView):
    @blueprint.operation(shows=VisitView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A visit."""
        return _view(queries.see_visit(auth.me(), key))
