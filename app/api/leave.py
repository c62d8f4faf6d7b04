"""Leave of absence: one's own, and that of a department's people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bson import ObjectId
from flask.views import MethodView

from app.api import auth, views
from app.api.operation import Blueprint
from app.foundation import clock
from app.people import leave
from app.people.documents import Leave
from schemas.base import Empty, PageQuery
from schemas.leave import LeaveIn, LeavePage, LeaveQuery, LeaveView

blueprint = Blueprint("leave", __name__, description="请假与代办")


def _shown(leaves: list[Leave]) -> list[dict[str, Any]]:
    names, now = leave.names(leaves), clock.now()
    return [
        {
            **{name: each[name] for name in each},
            "person_id": each.person,
            "person": names.get(each.person, ""),
            "deputy_id": each.deputy,
            "deputy": names.get(each.deputy, ""),
            "state": leave.state(each, now),
        }
        for each in leaves
    ]


def _entered(
    person: ObjectId, absence: leave.Absence, enter: Callable[[], Leave]
) -> tuple[dict[str, Any], int]:
    """201 with the new leave; 200 with the earlier one when the call was a replay."""
    made: list[Leave] = []
    views.perform(lambda: made.append(enter()))
    found = made[-1] if made else leave.entered(auth.me(), person, absence)
    return _shown([found])[0], 201 if made else 200


@blueprint.route("/me/leave")
class MyLeave(MethodView):
    @blueprint.operation(query=PageQuery, shows=LeavePage)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """One's own leaves, and those during which one stands in for somebody."""
        found, total = leave.of(auth.me(), **query)
        return views.page(_shown(found), total, query)

    @blueprint.operation(body=LeaveIn, shows=LeaveView, status=201, action=True, also=(200, 404))
    def post(self, body: leave.Absence) -> tuple[dict[str, Any], int]:
        """Go on leave. The deputy holds one's roles meanwhile."""
        who = auth.me()
        return _entered(who.id, body, lambda: leave.take(who, body, clock.now()))


@blueprint.route("/people/<oid:key>/leave")
class LeaveOfPerson(MethodView):
    @blueprint.operation(body=LeaveIn, shows=LeaveView, status=201, action=True, also=(200, 404))
    def post(self, body: leave.Absence, key: str) -> tuple[dict[str, Any], int]:
        """Enter the leave of somebody of one's department."""
        who = auth.me()
        return _entered(ObjectId(key), body, lambda: leave.give(who, key, body, clock.now()))


@blueprint.route("/leave")
class Leaves(MethodView):
    @blueprint.operation(query=LeaveQuery, shows=LeavePage)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The leaves of a department's people, of all one manages when none is named."""
        page = {name: query[name] for name in ("page", "page_size")}
        named = query["department_id"]
        department = ObjectId(named) if named else None
        found, total = leave.of_department(auth.me(), department, **page)
        return views.page(_shown(found), total, query)


@blueprint.route("/leave/<oid:key>/end")
class EndLeave(MethodView):
    @blueprint.operation(body=Empty, shows=LeaveView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """End a leave now, or call it off before it begins."""
        views.perform(lambda: leave.end(auth.me(), key, clock.now()))
        return _shown([Leave.get(key)])[0]
