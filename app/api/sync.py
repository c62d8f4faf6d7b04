"""Syncing a phone: its outbox in one call, and what changed for it since the last time."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, cursors, outbox, photo_views, views, visits
from app.api.operation import Blueprint
from app.foundation import clock
from app.issues.looking.portrait import seen_as
from app.photos.capture import issue_token
from app.photos.documents import Photo
from app.sync import feed
from app.sync.feed import Position
from app.visits.documents import Visit
from schemas.sync import OutboxIn, OutboxView, SyncQuery, SyncView

blueprint = Blueprint("sync", __name__, url_prefix="/sync", description="同步")
FEED = "sync"


@blueprint.route("")
class Sync(MethodView):
    @blueprint.operation(body=OutboxIn, shows=OutboxView)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Send an outbox of visits, issues and notes, in any order. One that is bad blocks no other.

        200 whatever becomes of the entries. Send again what was never answered: it is done once.
        """
        return {"results": outbox.deliver(auth.me(), body["entries"])}

    @blueprint.operation(query=SyncQuery, shows=SyncView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What changed for one since `cursor`: issues, one's visits, notices and photos, as they are now.

        Without a cursor, or when one's roles have changed, all of it from the beginning.
        """
        who, now = auth.me(), clock.now()
        position = cursors.read(FEED, who, query.get("cursor"))
        token = issue_token(who.id, now, auth.settings().secret_key)
        page = feed.changed_since(who, position or Position(), query["limit"])
        return {
            **_shown(page.changes),
            "cursor": cursors.written(FEED, who, page.position),
            "has_more": page.has_more,
            "reset": position is None,
            "server_time": now,
            "capture": {"token": token, "server_time": now},
        }


def _shown(changes: list[tuple[str, feed.Row]]) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[feed.Row]] = {kind: [] for kind in feed.KINDS}
    for kind, row in changes:
        rows[kind].append(row)
    return {
        "issues": [views.summary(row) for row in seen_as(auth.me(), rows["issues"])],
        "visits": visits.summaries([Visit._from_son(row) for row in rows["visits"]]),
        "notices": [views.notice(row) for row in rows["notices"]],
        "photos": [photo_views.receipt(Photo._from_son(row)) for row in rows["photos"]],
    }
