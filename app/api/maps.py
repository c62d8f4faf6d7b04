"""Maps: where issues, projects and visits are, and the records behind each cluster."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.views import MethodView

from app.api import auth, map_views
from app.api.map_views import Asked
from app.api.operation import Blueprint
from app.boards import map_scopes, mapping
from app.boards.map_scopes import NAMES
from app.boards.mapping import Looked
from app.boards.sources.places import ISSUES, PROJECTS, VISITS
from schemas.maps import MapQuery, MapRecordsQuery, MapRecordsView, MapView

blueprint = Blueprint("maps", __name__, url_prefix="/maps", description="地图")

_FILTERS = ("state", "category")
_EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)


def _asked(name: str, query: dict[str, Any]) -> Asked:
    whose = {each: query[each] for each in NAMES if each in query}
    seen = map_scopes.seen(auth.me(), name, restricted=query["restricted"], **whose)
    filters = {each: query[each] for each in _FILTERS if each in query}
    prefix = request.path.partition("/maps/")[0]
    return Asked(seen, query["coord_type"], filters, prefix)


def _map(name: str, query: dict[str, Any]) -> dict[str, Any]:
    asked = _asked(name, query)
    looked = Looked(
        box=query["bbox"], zoom=query["zoom"], as_of=query.get("as_of"), **asked.filters
    )
    return map_views.collection(mapping.look(auth.me(), asked.seen, looked), asked)


def _records(name: str, query: dict[str, Any]) -> dict[str, Any]:
    asked = _asked(name, query)
    looked = Looked(box=_EVERYWHERE, zoom=0, as_of=query.get("as_of"), **asked.filters)
    page = query["page"], query["page_size"]
    found = mapping.listed(auth.me(), asked.seen, looked, query.get("tile"), *page)
    return map_views.records(found, asked, query)


@blueprint.route("/issues")
class IssueMap(MethodView):
    @blueprint.operation(query=MapQuery, shows=MapView, also=(404,))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Where issues are."""
        return _map(ISSUES, query)


@blueprint.route("/projects")
class ProjectMap(MethodView):
    @blueprint.operation(query=MapQuery, shows=MapView, also=(404,))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Where projects are that have not ended; their state is the stage, their category the industry."""
        return _map(PROJECTS, query)


@blueprint.route("/visits")
class VisitMap(MethodView):
    @blueprint.operation(query=MapQuery, shows=MapView, also=(404,))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Where visits were made."""
        return _map(VISITS, query)


@blueprint.route("/issues/records")
class IssueMapRecords(MethodView):
    @blueprint.operation(query=MapRecordsQuery, shows=MapRecordsView, also=(404,))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Exactly the issues of a cluster."""
        return _records(ISSUES, query)


@blueprint.route("/projects/records")
class ProjectMapRecords(MethodView):
    @blueprint.operation(query=MapRecordsQuery, shows=MapRecordsView, also=(404,))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Exactly the projects of a cluster."""
        return _records(PROJECTS, query)


@blueprint.route("/visits/records")
class VisitMapRecords(MethodView):
    @blueprint.operation(query=MapRecordsQuery, shows=MapRecordsView, also=(404,))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Exactly the visits of a cluster."""
        return _records(VISITS, query)
