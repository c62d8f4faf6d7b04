"""Versions of the routing rules: drafted, compared, published, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.conditions import require_match
from app.api.operation import Blueprint
from app.foundation import clock
from app.people.access import require
from app.rulebooks import actions, registry, versions
from app.rulebooks.actions import Draft
from app.rulebooks.differing import Differences, differences
from app.rulebooks.versions import Version
from schemas.base import PageQuery, page_of
from schemas.rulebooks import (
    PublishIn,
    RevertIn,
    RulebookIn,
    RulebookLine,
    RulebookView,
    RulebookWhole,
)

blueprint = Blueprint(
    "rulebooks", __name__, url_prefix="/routing/rulebooks", description="派单规则"
)


def _line(version: Version, in_use: int) -> dict[str, Any]:
    return {
        **asdict(version),
        "name": registry.version_name(version.number),
        "in_use": version.number == in_use,
        "by": version.by_name,
    }


def _whole(version: Version) -> dict[str, Any]:
    in_use = versions.get(registry.state()["rulebook"])
    made = versions.compiled(version)
    differs = differences(
        versions.terms(in_use.content, "in use"), versions.terms(version.content, made.version)
    )
    return {
        **_line(version, in_use.number),
        "content": version.content,
        "broken": [
            {"rule": each.name, "why": views.reasons([each.why])[0]} for each in made.rules.broken
        ],
        "differs": _differs(differs),
        "uses": [_use(row) for row in versions.uses(version.number)],
    }


def _differs(found: Differences) -> dict[str, Any]:
    words = [{"name": name, **asdict(each)} for name, each in found.words.items()]
    return {**asdict(found), "words": words}


def _use(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "by": row["by_name"], "reason": row["text"], "before": row["from"]}


@blueprint.route("")
class Rulebooks(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(RulebookLine))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """All versions, the newest first; the pack's own (0) last."""
        require(auth.me(), "rulebook.see")
        found, total = versions.listed(**query)
        in_use = registry.state()["rulebook"]
        return views.page([_line(each, in_use) for each in found], total, query)

    @blueprint.operation(body=RulebookIn, shows=RulebookView, status=201, also=(200,))
    def post(self, body: tuple[str, Draft]) -> tuple[dict[str, Any], int]:
        """Begin a draft. Rules of it that cannot be evaluated are named and may be mended later."""
        client_id, said = body
        made, new = actions.draft(auth.me(), client_id, said, clock.now())
        return _whole(made), 201 if new else 200


@blueprint.route("/<int:number>")
class OneRulebook(MethodView):
    @blueprint.operation(shows=RulebookView, also=(404,))
    def get(self, number: int) -> dict[str, Any]:
        """A version: what it says, which rules are broken, what differs from the one in use."""
        require(auth.me(), "rulebook.see")
        return _whole(versions.get(number))

    @blueprint.operation(body=RulebookWhole, shows=RulebookView, whole=True, also=(404,))
    def put(self, body: Draft, number: int) -> dict[str, Any]:
        """Change a draft as a whole. The same change again answers 200 whatever its If-Match."""
        who = auth.me()
        require(who, actions.CHANGE)
        found = versions.get(number)
        if not actions.is_replay(found, body):
            require_match(RulebookView, _whole(found))
            found = actions.change(who, number, body, found.version, clock.now())
        return _whole(found)


@blueprint.route("/<int:number>/publish")
class Publish(MethodView):
    @blueprint.operation(body=PublishIn, shows=RulebookView, action=True, also=(404,))
    def post(self, body: dict[str, Any], number: int) -> dict[str, Any]:
        """Use a draft, everywhere, from the next decision on."""
        who, seen = auth.me(), registry.state()["version"]
        views.perform(lambda: actions.publish(who, number, **body, seen=seen, now=clock.now()))
        return _whole(versions.get(number))


@blueprint.route("/<int:number>/revert")
class Revert(MethodView):
    @blueprint.operation(body=RevertIn, shows=RulebookView, action=True, also=(404,))
    def post(self, body: dict[str, Any], number: int) -> dict[str, Any]:
        """Use a version again that was published earlier, or the pack's own (0)."""
        who, seen = auth.me(), registry.state()["version"]
        views.perform(lambda: actions.revert(who, number, **body, seen=seen, now=clock.now()))
        return _whole(versions.get(number))
