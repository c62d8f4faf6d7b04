"""Pools and directions of industry, as they are on a day."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.operation import Blueprint
from app.foundation import clock, days
from app.foundation.db import Row
from app.offers.pools import queries
from schemas.base import page_of
from schemas.pools import (
    PoolDirectionsView,
    PoolMemberEndIn,
    PoolMemberIn,
    PoolMembersQuery,
    PoolMemberView,
    PoolsQuery,
    PoolsView,
)

blueprint = Blueprint("pools", __name__, description="四库与产业方向")


@blueprint.route("/pools")
class Pools(MethodView):
    @blueprint.operation(query=PoolsQuery, shows=PoolsView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The pools of a day, with how much is in each."""
        on = _day(query)
        items = [
            {
                **each.term,
                **{f"{kind}s": count for kind, count in each.counts.items()},
                "total": sum(each.counts.values()),
            }
            for each in queries.pools(auth.me(), on)
        ]
        return {"on": on, "items": items}


@blueprint.route("/pools/<pool>/members")
class PoolMembers(MethodView):
    @blueprint.operation(query=PoolMembersQuery, shows=page_of(PoolMemberView), also=(404,))
    def get(self, query: dict[str, Any], pool: str) -> dict[str, Any]:
        """What is in a pool on a day."""
        narrowed = {name: value for name, value in query.items() if name != "on"}
        found, total = queries.members(auth.me(), pool, _day(query), **narrowed)
        return views.page([_member(row) for row in found], total, query)

    @blueprint.operation(body=PoolMemberIn, shows=PoolMemberView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], pool: str) -> tuple[dict[str, Any], int]:
        """Put a project, an enterprise or a lead into a pool."""
        client_id = body.pop("client_id")
        raw = {name.removesuffix("_id"): value for name, value in body.items()}
        row, new = queries.put_in(auth.me(), pool, raw, client_id, clock.now())
        return _member(row), 201 if new else 200


@blueprint.route("/pool-members/<oid:key>/end")
class EndMember(MethodView):
    @blueprint.operation(body=PoolMemberEndIn, shows=PoolMemberView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Let it be in the pool before a day only."""
        who, now = auth.me(), clock.now()
        views.perform(lambda: queries.take_out(who, key, body["until"], now))
        return _member(queries.seen(who, key))


@blueprint.route("/industry-directions")
class Directions(MethodView):
    @blueprint.operation(query=PoolsQuery, shows=PoolDirectionsView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The directions of industry (1+4) of a day, and what is of each."""
        on = _day(query)
        items = [
            {
                **each.term,
                "industries": each.industries,
                "enterprises": each.enterprises,
                "projects": each.projects,
                "finance_tools": each.tools,
            }
            for each in queries.industry_directions(auth.me(), on)
        ]
        return {"on": on, "items": items}


def _day(query: dict[str, Any]) -> str:
    on: str | None = query["on"]
    return on or days.today(clock.now()).isoformat()


def _member(row: Row) -> Row:
    return {**row, "id": row["_id"], "member_id": row["member"]}
