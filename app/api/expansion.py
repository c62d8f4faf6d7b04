"""The pool of expansion intents: caught, confirmed, coordinated, landed or dropped."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import amounts, clock
from app.foundation.errors import Invalid
from app.foundation.messages import say
from app.issues.intake import coordinating
from app.projects.expansion import actions, pool, states
from app.visits.access import see_visit
from app.visits.documents import Visit
from schemas.base import Empty
from schemas.expansion import (
    CoordinateIn,
    CoordinationView,
    IntentAssign,
    IntentDropped,
    IntentIn,
    IntentLanded,
    IntentMeeting,
    IntentQuery,
    IntentView,
    PoolView,
)

blueprint = Blueprint(
    "expansion", __name__, url_prefix="/expansion-intents", description="增资扩产项目库"
)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    spoken = language()
    return {
        **row,
        **{name: _text(row.get(name)) for name in pool.SUMMED},
        "id": row["_id"],
        "enterprise_id": row["enterprise"],
        "enterprise": row["enterprise_name"],
        "direction_name": say(f"expansion.direction.{row['direction']}", spoken),
        "state_name": say(f"expansion.state.{row['state']}", spoken),
        "owner_id": row["owner"],
        "owner": row["owner_name"],
        "visit_id": row.get("visit"),
        "issue_ids": row["issues"],
        "project_id": row.get("project"),
        "project": row["project_name"],
    }


def _text(amount: Any) -> str | None:
    value = amounts.read(amount)
    return None if value is None else str(value)


def _sums(row: dict[str, Any], count: int) -> dict[str, Any]:
    return {"count": count, **{name: str(row[name]) for name in pool.SUMMED}}


def _done(key: str) -> dict[str, Any]:
    """What came of an action; whoever gave an intent away sees that too."""
    return _whole(pool.portrait(ObjectId(key)))


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **_line(row),
        "meetings": [{**each, "by": each["by_name"]} for each in row["meetings"]],
        "history": [_step(each) for each in row["history"]],
        "actions": states.legal(row["state"]),
    }


def _step(row: dict[str, Any]) -> dict[str, Any]:
    title = say(f"history.expansion_intent.{row['action']}", language())
    steps = {"title": title, "by": row["by_name"], "before": row["from"], "after": row["to"]}
    return {**row, **steps}


@blueprint.route("")
class Intents(MethodView):
    @blueprint.operation(query=IntentQuery, shows=PoolView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The pool, the last caught first, with the sums of all that is found."""
        found = pool.pool(auth.me(), **query)
        return {
            **views.page([_line(each) for each in found.rows], found.count, query),
            "sums": _sums(found.sums, found.count),
            "by_direction": [
                {
                    **_sums(each, each["count"]),
                    "direction": each["direction"],
                    "direction_name": say(f"expansion.direction.{each['direction']}", language()),
                }
                for each in found.by_direction
            ],
        }

    @blueprint.operation(body=IntentIn, shows=IntentView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Put an intent into the pool; of the visit on which it was caught, or without one."""
        who, client_id = auth.me(), body.pop("client_id")
        visit = _visit(body)
        ids = {name: body.pop(f"{name}_id", None) for name in ("enterprise", "owner")}
        raw = {**body, **ids}
        intent, new = actions.catch(who, raw, client_id, visit.id if visit else None, clock.now())
        if not new:
            return _whole(pool.whole(who, str(intent.id))), 200
        return _done(str(intent.id)), 201


def _visit(body: dict[str, Any]) -> Visit | None:
    """The visit that is named, which may tell the enterprise. Raises NotFound, Invalid for another's."""
    key = body.pop("visit_id", None)
    visit = see_visit(auth.me(), key) if key else None
    if visit is None or visit.enterprise is None:
        return visit
    if body.get("enterprise_id") not in (None, str(visit.enterprise)):
        raise Invalid("expansion.of_another", fields={"visit_id": [key]})
    body["enterprise_id"] = str(visit.enterprise)
    return visit


@blueprint.route("/<oid:key>")
class OneIntent(MethodView):
    @blueprint.operation(shows=IntentView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """An intent with its meetings and history."""
        return _whole(pool.whole(auth.me(), key))


@blueprint.route("/<oid:key>/confirm")
class ConfirmIntent(MethodView):
    @blueprint.operation(body=Empty, shows=IntentView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """The enterprise means it."""
        views.perform(lambda: actions.confirm(auth.me(), key, clock.now()))
        return _done(key)


@blueprint.route("/<oid:key>/coordinate")
class CoordinateIntent(MethodView):
    @blueprint.operation(body=CoordinateIn, shows=CoordinationView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """File an issue that coordinates it; departments get it like any other."""
        client_id = body.pop("client_id")
        asked = coordinating.Asked(**body)
        opened, new = coordinating.coordinate(auth.me(), key, asked, client_id, clock.now())
        filed = {"issue_id": opened.id, "number": opened.row["number"], "intent": _done(key)}
        return filed, 201 if new else 200


@blueprint.route("/<oid:key>/meet")
class MeetOnIntent(MethodView):
    @blueprint.operation(body=IntentMeeting, shows=IntentView, action=True, also=(404,))
    def post(self, body: actions.Minutes, key: str) -> dict[str, Any]:
        """Write a joint meeting down."""
        views.perform(lambda: actions.meet(auth.me(), key, body, clock.now()))
        return _done(key)


@blueprint.route("/<oid:key>/land")
class LandIntent(MethodView):
    @blueprint.operation(body=IntentLanded, shows=IntentView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """It became a project of the enterprise."""
        project = body["project_id"]
        views.perform(lambda: actions.land(auth.me(), key, project, clock.now()))
        return _done(key)


@blueprint.route("/<oid:key>/drop")
class DropIntent(MethodView):
    @blueprint.operation(body=IntentDropped, shows=IntentView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Nothing comes of it."""
        reason = body["reason"]
        views.perform(lambda: actions.drop(auth.me(), key, reason, clock.now()))
        return _done(key)


@blueprint.route("/<oid:key>/assign")
class AssignIntent(MethodView):
    @blueprint.operation(body=IntentAssign, shows=IntentView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Somebody else sees to it from now on."""
        person = body["person_id"]
        views.perform(lambda: actions.assign(auth.me(), key, person, clock.now()))
        return _done(key)
