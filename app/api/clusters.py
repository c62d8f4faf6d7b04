"""Issues of several enterprises about one cause: what was found, and what the desk makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.messages import say
from app.issues.desk import clusters
from app.people.access import may
from schemas.base import page_of
from schemas.clusters import ClusterAcceptIn, ClusterLineView, ClusterQuery, ClusterView
from schemas.tickets import ReasonIn

Row = Mapping[str, Any]

blueprint = Blueprint("clusters", __name__, url_prefix="/clusters", description="多家反映")


@blueprint.route("")
class Clusters(MethodView):
    @blueprint.operation(query=ClusterQuery, shows=page_of(ClusterLineView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What was found, the newest first (dispatcher, inspector, leader)."""
        rows, total = clusters.listed(auth.me(), clusters.Wanted(**query))
        return views.page([_line(row) for row in rows], total, query)


@blueprint.route("/<oid:key>")
class OneCluster(MethodView):
    @blueprint.operation(shows=ClusterView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A cluster, with its issues."""
        return _whole(key)


@blueprint.route("/<oid:key>/accept")
class AcceptCluster(MethodView):
    @blueprint.operation(body=ClusterAcceptIn, shows=ClusterView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """One cause: link these issues to the master, soon (dispatcher, inspector)."""
        views.perform(lambda: clusters.accept(auth.me(), key, now=clock.now(), **body))
        return _whole(key)


@blueprint.route("/<oid:key>/refuse")
class RefuseCluster(MethodView):
    @blueprint.operation(body=ReasonIn, shows=ClusterView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Several causes; not proposed again until it has grown (dispatcher, inspector)."""
        views.perform(lambda: clusters.refuse(auth.me(), key, now=clock.now(), **body))
        return _whole(key)


def _whole(key: str) -> dict[str, Any]:
    row = clusters.see(auth.me(), key)
    return {
        **_line(row),
        "issues": [_issue(each) for each in clusters.members(auth.me(), row)],
        "wanted_ids": row.get("wanted", []),
        "linked_ids": row.get("linked", []),
        "left_out": [{**each, "issue_id": str(each["issue"])} for each in row.get("left_out", [])],
    }


def _line(row: Row) -> dict[str, Any]:
    settled = row.get("settled")
    open_ = row["state"] == clusters.PROPOSED and may(auth.me(), "cluster.settle")
    return {
        **row,
        "id": str(row["_id"]),
        "title": say("cluster.title", language(), n=row["enterprises"], what=row["what"]),
        "issue_ids": row["issues"],
        "position": views.site(row.get("point")),
        "master_id": str(row["master"]),
        "state_name": say(f"cluster.state.{row['state']}", language()),
        "settled": {**settled, "by": settled["by_name"]} if settled else None,
        "actions": ["accept", "refuse"] if open_ else [],
    }


def _issue(row: Row) -> dict[str, Any]:
    return {
        **row,
        "id": str(row["_id"]),
        "state_name": say(f"issue.state.{row['state']}", language()),
        "enterprise_id": row.get("enterprise"),
        "enterprise": row["firm"],
        "photos": len(row.get("photos", ())),
        "master_id": row.get("master"),
    }
