"""Areas on the map: looked at by staff, stated by admins."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from flask.views import MethodView

from app.api import auth, views
from app.api.conditions import require_match
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.errors import Invalid, Stale
from app.foundation.reasons import Reason
from app.people.access import require
from app.units import actions, queries
from app.units.actions import Said
from schemas.areas import (
    CODE_PATTERN,
    AreaIn,
    AreaQuery,
    AreasImport,
    AreaSummary,
    AreaView,
    ImportView,
)
from schemas.base import Empty, page_of

blueprint = Blueprint("areas", __name__, description="镇街园区和其他区域的地图范围")

MAX_BYTES = 8 * 1024 * 1024
"""Of a request that brings shapes."""


@blueprint.before_request
def take_shapes() -> None:
    """Admins may send more than others, and nobody else is read to the end."""
    if request.method in ("PUT", "POST"):
        require(auth.authenticate(), "area.change")
        request.max_content_length = MAX_BYTES


@blueprint.route("/areas")
class Areas(MethodView):
    @blueprint.operation(query=AreaQuery, shows=page_of(AreaSummary))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The areas by code, without their shapes."""
        found, total = queries.areas(auth.me(), **query)
        return views.page(found, total, query)


@blueprint.route("/areas/import")
class ImportAreas(MethodView):
    @blueprint.operation(body=AreasImport, shows=ImportView, action=True)
    def post(self, body: list[tuple[str, Said]]) -> dict[str, Any]:
        """State all areas of a FeatureCollection, all of them or none; others stay as they are."""
        stated = [
            (code, actions.checked(said, at=f"features.{n}."))
            for n, (code, said) in enumerate(body)
        ]
        made: list[tuple[str, str]] = [(code, actions.UNCHANGED) for code, _ in stated]

        def act() -> None:
            made[:] = actions.take_in(auth.me(), stated, clock.now())

        views.perform(act)
        return {"items": [{"code": code, "outcome": outcome} for code, outcome in made]}


@blueprint.route("/areas/<code>")
class OneArea(MethodView):
    @blueprint.operation(shows=AreaView, also=(404,))
    def get(self, code: str) -> dict[str, Any]:
        """An area with its shape."""
        return queries.see_area(auth.me(), code)

    @blueprint.operation(body=AreaIn, shows=AreaView, whole=True, also=(404, 201))
    def put(self, body: Said, code: str) -> tuple[dict[str, Any], int]:
        """State an area as a whole; a new one without If-Match (201). The same again answers 200."""
        _check_code(code)
        content, found = actions.checked(body), queries.find(code)
        if found is not None and actions.is_replay(found, content):
            return found, 200
        if found is not None:
            require_match(AreaView, found)
        elif "If-Match" in request.headers:
            raise Stale("request.stale")
        version = found["version"] if found else 0
        made = actions.state(auth.me(), code, content, version, clock.now())
        return made, 200 if found else 201


def _check_code(code: str) -> None:
    if re.fullmatch(CODE_PATTERN, code) is None:
        raise Invalid("request.invalid", fields={"code": [Reason("request.form")]})


@blueprint.route("/areas/<code>/remove")
class RemoveArea(MethodView):
    @blueprint.operation(body=Empty, status=204, action=True, also=(404,))
    def post(self, body: dict[str, Any], code: str) -> None:
        """Take an area off the map; rules that name it are broken from then on."""
        views.perform(lambda: actions.remove(auth.me(), code, clock.now()))
