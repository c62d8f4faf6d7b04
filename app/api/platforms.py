"""Other platforms: what changed in the registers, and which of them is master of what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from app.api import auth, cursors, views
from app.api.operation import Blueprint
from app.exchange import changes, masters
from app.foundation import clock
from app.sync.feed import Position
from schemas.base import Empty, PageQuery, page_of
from schemas.exchange import ChangesQuery, ChangesView, MasterIn, MasterView

blueprint = Blueprint("platforms", __name__, description="平台对接")


@blueprint.route("/changes")
class Changes(MethodView):
    @blueprint.operation(query=ChangesQuery, shows=ChangesView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What changed in the registers since `cursor`, in the order it happened, each row as it is now.

        Without a cursor, or when one's roles have changed, all of it from the beginning. A cursor is for
        the same registers only. Rows are never deleted: an entry that was an error is superseded by one
        that is void. Some changes may be told twice, none is missed.
        """
        who, names = auth.me(), query["registers"]
        feed = f"changes:{','.join(names)}"
        position = cursors.read(feed, who, query.get("cursor"))
        told = changes.changes_since(who, names, position or Position(), query["limit"])
        return {
            "changes": told.changes,
            "cursor": cursors.written(feed, who, told.position),
            "has_more": told.has_more,
            "reset": position is None,
            "server_time": clock.now(),
        }


@blueprint.route("/masters")
class Masters(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(MasterView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Which platforms are master of which fields."""
        found, total = masters.named(auth.me(), **query)
        return views.page([_master(each) for each in found], total, query)

    @blueprint.operation(body=MasterIn, shows=MasterView, status=201, also=(200,))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Make a platform the master of a field: nobody else can change it from now on."""
        made, new = masters.name(auth.me(), **body, now=clock.now())
        return _master({**made.to_mongo().to_dict()}), 201 if new else 200


@blueprint.route("/masters/<oid:key>/release")
class ReleaseMaster(MethodView):
    @blueprint.operation(body=Empty, status=204, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> None:
        """It is master of it no more."""
        views.perform(lambda: masters.release(auth.me(), key, clock.now()))


def _master(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "id": row["_id"], "platform_id": row["platform"], "since": row["at"]}
