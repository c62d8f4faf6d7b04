"""Leader links, the projects that one is linked to, and leaders' weeks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.district import pack
from app.foundation.messages import say
from app.oversight import digests, links, links_situation
from app.oversight.links_situation import Situation
from schemas.base import PageQuery, page_of
from schemas.leader_digests import DigestLineView, DigestView
from schemas.leader_links import (
    LeaderLinkedProjectView,
    LeaderLinkEnd,
    LeaderLinkIn,
    LeaderLinkQuery,
    LeaderLinkView,
)

blueprint = Blueprint("leader_links", __name__, description="领导挂钩")


@blueprint.route("/leader-links")
class LeaderLinks(MethodView):
    @blueprint.operation(query=LeaderLinkQuery, shows=page_of(LeaderLinkView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Who is linked to what today, the last begun first; with present=false also before and later."""
        found, total = links.listed(auth.me(), clock.now(), **query)
        return views.page([_link(each) for each in found], total, query)

    @blueprint.operation(body=LeaderLinkIn, shows=LeaderLinkView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Link a leader to a project from a day on, in the place of whoever was."""
        client_id = body.pop("client_id")
        made, new = links.link(auth.me(), links.Linking(**body), client_id, clock.now())
        return _described(made), 201 if new else 200


@blueprint.route("/leader-links/<oid:key>/end")
class EndLeaderLink(MethodView):
    @blueprint.operation(body=LeaderLinkEnd, shows=LeaderLinkView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """End it: the project has no leader then, until somebody is linked to it."""
        who = auth.me()
        said = body["on"], body["reason"]
        views.perform(lambda: links.end(who, key, *said, clock.now()))
        return _described(links.current(links.see(who, key)))


@blueprint.route("/me/linked-projects")
class LinkedProjects(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(LeaderLinkedProjectView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The projects one is linked to, each with warnings, overdue milestones, gaps, who holds it up."""
        found, total = links_situation.linked(auth.me(), clock.now(), **query)
        return views.page([_situation(each) for each in found], total, query)


@blueprint.route("/me/digests")
class MyDigests(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(DigestLineView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """One's weeks, the newest first."""
        found, total = digests.mine(auth.me(), **query)
        return views.page([_digest(each) for each in found], total, query)


@blueprint.route("/digests/<oid:key>")
class OneDigest(MethodView):
    @blueprint.operation(shows=DigestView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A week whole: what moved, what is held up and by whom, what is overdue."""
        return _digest(digests.see(auth.me(), key))


def _described(row: dict[str, Any]) -> dict[str, Any]:
    [line] = links.described([row])
    return _link(line)


def _link(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "id": row["_id"],
        "project_id": row["project"],
        "project": row["project_name"],
        "leader_id": row["person"],
        "leader": row["leader_name"],
    }


def _situation(found: Situation) -> dict[str, Any]:
    row, spoken = found.project, language()
    late = [{**each, "id": each["_id"]} for each in found.overdue]
    return {
        **{name: row.get(name) for name in ("code", "name", "unit", "stage", "course")},
        "id": row["_id"],
        "stage_name": say(f"project.stage.{row['stage']}", spoken),
        "red": found.red,
        "warnings": [{**each, "id": each["_id"]} for each in found.warnings],
        "overdue_milestones": late,
        "gaps": [{**each, "name": pack().category(each["category"]).name} for each in found.gaps],
        "held": found.held,
        "open_orders": found.open_orders,
    }


def _digest(row: Mapping[str, Any]) -> dict[str, Any]:
    summary = digests.summary(row["figures"])
    return {
        **row,
        "id": row["_id"],
        "nothing": digests.is_nothing(row["figures"]),
        "summary": say(summary.code, language(), **summary.params),
    }
