"""The inbox, what one wants to hear of outside of it, calls to make, and the channels."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.conditions import require_match
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.db import Row
from app.foundation.district import pack
from app.notices import actions, backoff, calls, credits, preferences
from app.notices.channels import running
from app.notices.preferences import Preferences
from app.notices.reach import PUSHED
from app.notices.words import words
from app.people.access import require
from schemas.base import Empty, page_of
from schemas.notices import (
    CallDone,
    CallQuery,
    CallView,
    ChannelList,
    NoticeQuery,
    NoticeView,
    PreferencesIn,
    PreferencesView,
    SubscriptionIn,
    SubscriptionList,
)

blueprint = Blueprint("notices", __name__, description="消息")


@blueprint.route("/notices")
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


@blueprint.route("/notices/<oid:key>/read")
class Read(MethodView):
    @blueprint.operation(body=Empty, shows=NoticeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Mark a notice read."""
        views.perform(lambda: actions.mark_read(auth.me(), key, clock.now()))
        return views.notice(actions.see_notice(auth.me(), key))


@blueprint.route("/me/notice-preferences")
class MyPreferences(MethodView):
    @blueprint.operation(shows=PreferencesView)
    def get(self) -> dict[str, Any]:
        """What one wants to hear of outside of the inbox."""
        return _wishes(preferences.of(auth.me().id))

    @blueprint.operation(body=PreferencesIn, shows=PreferencesView, whole=True)
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Set it as a whole. The same again answers 200 whatever its If-Match."""
        person, wanted = auth.me().id, Preferences(**{**body, "muted": tuple(body["muted"])})
        had = preferences.of(person)
        if _wishes(had) != _wishes(wanted):
            require_match(PreferencesView, _wishes(had))
            preferences.change(person, wanted, had.version)
        return _wishes(preferences.of(person))


def _wishes(had: Preferences) -> dict[str, Any]:
    return {
        "muted": sorted(set(had.muted)),
        "channels": {name: name not in had.off for name in PUSHED},
        "digest": had.digest,
        "unmutable": list(pack().notices.unmutable),
    }


@blueprint.route("/me/subscriptions")
class Subscriptions(MethodView):
    @blueprint.operation(shows=SubscriptionList)
    def get(self) -> dict[str, Any]:
        """The templates of WeChat's subscribe messages, and how many more of each one agreed to."""
        return _subscriptions()

    @blueprint.operation(body=SubscriptionIn, shows=SubscriptionList, action=True)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Say that one agreed to further messages of a template."""
        views.perform(lambda: credits.add(auth.me(), **body))
        return _subscriptions()


def _subscriptions() -> dict[str, Any]:
    counts = credits.of(auth.me())
    return {
        "items": [
            {"template": each.id, "events": each.events, "count": counts.get(each.id, 0)}
            for each in pack().notices.templates
        ]
    }


@blueprint.route("/calls")
class Calls(MethodView):
    @blueprint.operation(query=CallQuery, shows=page_of(CallView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The calls one is to make, the most urgent first; those who look on see all."""
        rows, total = calls.calls(auth.me(), **query)
        return views.page([_call(row) for row in rows], total, query)


@blueprint.route("/calls/<oid:key>/done")
class CallMade(MethodView):
    @blueprint.operation(body=CallDone, shows=CallView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say how a call went. An answer that found nobody counts as not reached."""
        views.perform(lambda: calls.done(auth.me(), key, now=clock.now(), **body))
        return _call(calls.see(auth.me(), key))


def _call(row: Row) -> dict[str, Any]:
    title, text = words(row, language())
    return {
        **row,
        "id": row["_id"],
        "issue_id": row["issue"],
        "enterprise_id": row.get("enterprise"),
        "enterprise": row["enterprise_name"],
        "commissioner_id": row.get("commissioner"),
        "contact_name": row["contact"]["name"],
        "contact_phone": row["contact"]["phone"],
        "title": title,
        "text": text,
        "overdue": row["state"] == "open" and row["due_at"] < clock.now(),
    }


@blueprint.route("/channels")
class Channels(MethodView):
    @blueprint.operation(shows=ChannelList)
    def get(self) -> dict[str, Any]:
        """How WeChat and SMS are doing: failing since when, what waits, what was sent."""
        require(auth.me(), "channel.see")
        return {"items": backoff.overview(PUSHED, running(auth.settings()), clock.now())}
