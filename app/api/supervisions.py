"""Supervision: the orders, what the departments reply, and whether that will do."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from flask.views import MethodView

from app.api import auth, pressing_views, views
from app.api.operation import Blueprint
from app.foundation import clock
from app.issues.pressing import orders, supervising
from schemas.base import page_of
from schemas.supervisions import (
    SupervisionCloseIn,
    SupervisionQuery,
    SupervisionReplyIn,
    SupervisionView,
)

blueprint = Blueprint("supervisions", __name__, url_prefix="/supervisions", description="督办")


def one(key: str) -> dict[str, Any]:
    """The order as its schema wants it."""
    who = auth.me()
    return pressing_views.supervision(
        orders.described([orders.row_of(orders.see(who, key))], who)[0]
    )


@blueprint.route("")
class Supervisions(MethodView):
    @blueprint.operation(query=SupervisionQuery, shows=page_of(SupervisionView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The orders one may see: those that wait for a reply due first, others the newest first."""
        department, now = query.get("department_id"), clock.now()
        wanted = orders.Wanted(
            state=query.get("state"),
            department=ObjectId(department) if department else None,
            overdue=query.get("overdue"),
            page=query["page"],
            page_size=query["page_size"],
        )
        rows, total = orders.listed(auth.me(), wanted, now)
        return views.page([pressing_views.supervision(row, now) for row in rows], total, query)


@blueprint.route("/<oid:key>")
class OneSupervision(MethodView):
    @blueprint.operation(shows=SupervisionView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """An order, with its replies."""
        return one(key)


@blueprint.route("/<oid:key>/reply")
class ReplyToSupervision(MethodView):
    @blueprint.operation(body=SupervisionReplyIn, shows=SupervisionView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say what was done (the department ordered)."""
        views.perform(lambda: supervising.reply(auth.me(), key, now=clock.now(), **body))
        return one(key)


@blueprint.route("/<oid:key>/close")
class CloseSupervision(MethodView):
    @blueprint.operation(body=SupervisionCloseIn, shows=SupervisionView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take it as done, or send the reply back with a new deadline (who ordered it, inspectors)."""
        views.perform(lambda: supervising.close(auth.me(), key, now=clock.now(), **body))
        return one(key)
