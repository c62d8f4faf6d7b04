"""Syncing a phone: its outbox in one call, and what changed for it since the last time."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView
from itsdangerous import BadData, URLSafeSerializer

from app.api import auth, outbox, photo_views, views, visits
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.errors import Invalid
from app.foundation.ids import fingerprint
from app.issues.looking.portrait import seen_as
from app.people.who import Who
from app.photos.capture import issue_token
from app.photos.documents import Photo
from app.sync import feed
from app.sync.feed import Position
from app.visits.documents import Visit
from schemas.sync import OutboxIn, OutboxView, SyncQuery, SyncView

blueprint = Blueprint("sync", __name__, url_prefix="/sync", description="同步")


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
        position = _position(who, query.get("cursor"))
        token = issue_token(who.id, now, auth.settings().secret_key)
        page = feed.changed_since(who, position or Position(), query["limit"])
        return {
            **_shown(page.changes),
            "cursor": _cursor(who, page.position),
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


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(auth.settings().secret_key, salt="sync")


def _cursor(who: Who, position: Position) -> str:
    told = sorted(position.told)
    content = [str(who.id), _grants(who), position.after, position.base, told]
    return str(_signer().dumps(content))


def _position(who: Who, cursor: str | None) -> Position | None:
    """Where the cursor points; None when all must be told anew. Raises Invalid for one not made for `who`."""
    if cursor is None:
        return None
    try:
        person, grants, after, base, told = _signer().loads(cursor)
    except (BadData, ValueError) as error:
        raise Invalid("sync.cursor_invalid") from error
    if person != str(who.id):
        raise Invalid("sync.cursor_invalid")
    return Position(after, base, frozenset(told)) if grants == _grants(who) else None


def _grants(who: Who) -> str:
    """The roles held, since they decide what there is to be told."""
    held = sorted(
        f"{each.role} {each.department} {each.unit} {each.enterprise}" for each in who.held
    )
    return fingerprint({"held": held})[:16]
