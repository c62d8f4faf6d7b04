"""Filters that people keep under a name."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.conditions import require_match
from app.api.operation import Blueprint
from app.foundation import clock
from app.issues.looking import saved
from app.issues.looking.saved import FilterFacts, SavedFilter
from schemas.base import Empty
from schemas.filters import FilterIn, FiltersView, FilterView, FilterWhole

blueprint = Blueprint("filters", __name__, url_prefix="/me/filters", description="保存的筛选")


def _line(found: SavedFilter) -> dict[str, Any]:
    return {**found.to_mongo().to_dict(), "id": str(found.id)}


@blueprint.route("")
class Filters(MethodView):
    @blueprint.operation(shows=FiltersView)
    def get(self) -> dict[str, Any]:
        """One's own filters, by name."""
        return {"items": [_line(each) for each in saved.saved(auth.me())]}

    @blueprint.operation(body=FilterIn, shows=FilterView, status=201, also=(200,))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Keep a filter, one of 50 at most. 200 when it was kept before."""
        client_id = body.pop("client_id")
        found, new = saved.save(auth.me(), client_id, FilterFacts(**body), clock.now())
        return _line(found), 201 if new else 200


@blueprint.route("/<oid:key>")
class OneFilter(MethodView):
    @blueprint.operation(shows=FilterView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A filter of one's own."""
        return _line(saved.own_filter(auth.me(), key))

    @blueprint.operation(body=FilterWhole, shows=FilterView, whole=True, also=(404,))
    def put(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Change a filter as a whole. The same change again answers 200 whatever its If-Match."""
        who, facts = auth.me(), FilterFacts(**body)
        found = saved.own_filter(who, key)
        if not saved.is_replay(found, facts):
            require_match(FilterView, _line(found))
            found = saved.change(who, key, facts, found.version, clock.now())
        return _line(found)


@blueprint.route("/<oid:key>/delete")
class DeleteFilter(MethodView):
    @blueprint.operation(body=Empty, status=204, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> None:
        """Drop a filter of one's own."""
        views.perform(lambda: saved.delete(auth.me(), key))
