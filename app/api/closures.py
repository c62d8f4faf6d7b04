"""Closures that something speaks against (虚假办结), and what inspectors find of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.departments import registry
from app.foundation import clock
from app.foundation.messages import say
from app.oversight import closures_actions, closures_queries
from app.oversight.closures_queries import ClosureFilters, Doubt
from schemas.base import page_of
from schemas.closures import ClosureClearIn, ClosureConfirmIn, ClosuresQuery, ClosureView

blueprint = Blueprint("closures", __name__, description="虚假办结")


@blueprint.route("/closures/doubtful")
class Doubtful(MethodView):
    @blueprint.operation(query=ClosuresQuery, shows=page_of(ClosureView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The doubtful closures of a period that one may see, each with its signals, the newest first."""
        size = {name: query.pop(name) for name in ("page", "page_size")}
        filters = ClosureFilters(**query)
        found, total = closures_queries.doubtful(auth.me(), filters, now=clock.now(), **size)
        return views.page(_lines(found), total, size)


@blueprint.route("/closures/<oid:key>")
class OneClosure(MethodView):
    @blueprint.operation(shows=ClosureView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """The closure of a lead ticket, by the ticket's id."""
        return _whole(key)


@blueprint.route("/closures/<oid:key>/confirm")
class ConfirmDoubt(MethodView):
    @blueprint.operation(body=ClosureConfirmIn, shows=ClosureView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """It was no real solution; with `reopen` the issue is taken up again in the same step."""
        reopens = body.pop("reopen")
        views.perform(
            lambda: closures_actions.confirm(
                auth.me(), key, reopens=reopens, now=clock.now(), **body
            )
        )
        return _whole(key)


@blueprint.route("/closures/<oid:key>/clear")
class ClearDoubt(MethodView):
    @blueprint.operation(body=ClosureClearIn, shows=ClosureView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """The closure stands."""
        views.perform(lambda: closures_actions.clear(auth.me(), key, now=clock.now(), **body))
        return _whole(key)


def _whole(key: str) -> dict[str, Any]:
    return _lines([closures_queries.see(auth.me(), key)])[0]


def _lines(doubts: Iterable[Doubt]) -> list[dict[str, Any]]:
    found, who = list(doubts), auth.me()
    names = registry.names(each.ticket["department"] for each in found)
    told = closures_queries.shown(who, found)
    return [
        {
            "id": str(each.ticket["_id"]),
            "issue_id": each.ticket["issue"],
            "number": each.ticket["number"],
            "excerpt": each.ticket["excerpt"],
            "department_id": each.ticket["department"],
            "department": names.get(each.ticket["department"], ""),
            "unit": each.ticket.get("unit"),
            "category": each.ticket.get("category"),
            "ticket_state": each.ticket["state"],
            "answered_at": each.closed_at,
            "state": each.state,
            "state_name": say(f"closure.state.{each.state}", language()),
            "signals": [
                {
                    "code": signal.code,
                    "name": say(f"closure.signal.{signal.code}", language()),
                    "reason": views.reasons([signal.reason])[0],
                    "rows": rows,
                }
                for signal, rows in told[each.ticket["_id"]]
            ],
            "decisions": [
                {**row, "by": row["by_name"]}
                for row in (each.finding["decisions"] if each.finding else ())
            ],
            "may_decide": bool(each.signals) and closures_queries.may_decide(who, each),
        }
        for each in found
    ]
