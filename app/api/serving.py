"""Who serves whom: assigning commissioners, ending that, handing over."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.operation import Blueprint
from app.foundation import clock
from app.projects import serving, serving_list
from schemas.base import page_of
from schemas.serving import (
    AssignmentEnd,
    AssignmentIn,
    AssignmentQuery,
    AssignmentView,
    HandedOver,
    HandOver,
)

blueprint = Blueprint("serving", __name__, url_prefix="/assignments", description="企业服务专员")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    [line] = serving_list.described([row])
    return _line(line)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    of = {f"{row['kind']}_id": row["subject"]}
    return {**row, **of, "id": row["_id"], "person_id": row["person"], "person": row["server"]}


@blueprint.route("")
class Assignments(MethodView):
    @blueprint.operation(query=AssignmentQuery, shows=page_of(AssignmentView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Who serves whom today, the last begun first; with present=false also before and later."""
        found, total = serving_list.assignments(auth.me(), clock.now(), **query)
        return views.page([_line(each) for each in found], total, query)

    @blueprint.operation(body=AssignmentIn, shows=AssignmentView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Let somebody serve an enterprise or a project from a day on, in the place of whoever did."""
        client_id = body.pop("client_id")
        made, new = serving.assign(auth.me(), serving.Task(**body), client_id, clock.now())
        return _shown(made), 201 if new else 200


@blueprint.route("/hand-over")
class PassOn(MethodView):
    @blueprint.operation(body=HandOver, shows=HandedOver, action=True)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Let another serve what one commissioner serves: some of it, or all; open work follows."""
        done: list[int] = []
        said = serving.Passing(**body)
        views.perform(lambda: done.append(serving.hand_over(auth.me(), said, clock.now())))
        return {"count": done[-1] if done else None}


@blueprint.route("/<oid:key>/end")
class EndAssignment(MethodView):
    @blueprint.operation(body=AssignmentEnd, shows=AssignmentView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """End it: nobody serves the enterprise or project then, until somebody is assigned."""
        who = auth.me()
        said = body["on"], body["reason"]
        views.perform(lambda: serving.end(who, key, *said, clock.now()))
        return _shown(serving.current(serving.see_assignment(who, key)))
