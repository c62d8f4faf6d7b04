"""The inbox."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.operation import Blueprint
from app.foundation import clock
from app.notices import actions
from schemas.base import Empty, page_of
from schemas.notices import NoticeQuery, NoticeView

blueprint = Blueprint("notices", __name__, url_prefix="/notices", description="消息")


@blueprint.route("")
class Notices(MethodView):
    @blueprint.operation(query=NoticeQuery, shows=page_of(NoticeView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What one was told, newest first."""
        rows, total = actions.inbox(
            auth.me(),
            unread_only=query["unread"],
            page=query["page"],
            page_size=query["page_size"],
        )
        return views.page([views.notice(row) for row in rows], total, query)


@blueprint.route("/<oid:key>/read")
class Read(MethodView):
    @blueprint.operation(body=Empty, shows=NoticeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Mark a notice read."""
        views.perform(lambda: actions.mark_read(auth.me(), key, clock.now()))
        return views.notice(actions.see_notice(auth.me(), key))
