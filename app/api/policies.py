"""Policies: kept by departments, and matched with firms both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.conditions import require_match
from app.api.errors import language
from app.api.operation import Blueprint
from app.departments import registry
from app.foundation import clock
from app.foundation.db import Row
from app.foundation.messages import say
from app.policies import keeping, matching, queries
from app.policies.matching import Asked, Match
from app.policies.register import REGISTER
from app.policies.rules.conditions import Judged
from app.registers.showing import shown
from schemas.base import PageQuery, page_of
from schemas.policies import (
    PoliciesQuery,
    PolicyContent,
    PolicyEditionIn,
    PolicyFirmsQuery,
    PolicyFirmsView,
    PolicyForFirmView,
    PolicyIn,
    PolicyView,
    PolicyWholeView,
    PolicyWordsIn,
)

blueprint = Blueprint("policies", __name__, description="惠企政策")


@blueprint.route("/policies")
class Policies(MethodView):
    @blueprint.operation(query=PoliciesQuery, shows=page_of(PolicyView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The policies one may see, by code, the latest edition first."""
        found, total = queries.policies(auth.me(), clock.now(), **query)
        return views.page(_shown(found), total, query)

    @blueprint.operation(body=PolicyIn, shows=PolicyWholeView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Draft a policy."""
        key, new = keeping.create(auth.me(), body["row"], body["client_id"], clock.now())
        return _whole(str(key)), 201 if new else 200


@blueprint.route("/policies/<oid:key>")
class OnePolicy(MethodView):
    @blueprint.operation(shows=PolicyWholeView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A policy."""
        return _whole(key)

    @blueprint.operation(body=PolicyContent, shows=PolicyWholeView, whole=True, also=(404,))
    def put(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Change a draft as a whole; its code stays."""
        who = auth.me()
        policy = queries.see_policy(who, key)
        require_match(PolicyWholeView, _whole(key))
        keeping.change(who, key, body["row"], policy["version"], clock.now())
        return _whole(key)


@blueprint.route("/policies/<oid:key>/publish")
class Publish(MethodView):
    @blueprint.operation(body=PolicyWordsIn, shows=PolicyWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Publish a draft; the edition published until now ends with it."""
        return _done(key, keeping.publish, body)


@blueprint.route("/policies/<oid:key>/close")
class Close(MethodView):
    @blueprint.operation(body=PolicyWordsIn, shows=PolicyWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Let nobody claim it any more."""
        return _done(key, keeping.close, body)


@blueprint.route("/policies/<oid:key>/editions")
class Editions(MethodView):
    @blueprint.operation(body=PolicyEditionIn, shows=PolicyWholeView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """Begin another edition, as a draft: what is published is not changed otherwise."""
        made, new = keeping.new_edition(auth.me(), key, body["client_id"], clock.now())
        return _whole(str(made)), 201 if new else 200


@blueprint.route("/policies/<oid:key>/enterprises")
class FirmsOf(MethodView):
    @blueprint.operation(query=PolicyFirmsQuery, shows=PolicyFirmsView, also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """The firms that a policy is for (应享尽享): with `claimed=false` those that have not claimed it."""
        found = matching.entitled(auth.me(), key, Asked(**query), clock.now(), language())
        items = [
            {
                **_match(each),
                "enterprise_id": each.enterprise["_id"],
                "enterprise": each.enterprise["name"],
                "unit": each.enterprise.get("unit"),
                "commissioner_id": each.enterprise.get("commissioner"),
            }
            for each in found.items
        ]
        return {**views.page(items, found.total, query), "counts": found.counts}


@blueprint.route("/enterprises/<oid:key>/policies")
class PoliciesOf(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(PolicyForFirmView), also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """What a firm may claim today: each open policy, its conditions, the estimate, what is missing."""
        found, total = matching.claimable(auth.me(), key, clock.now(), language(), **query)
        homes = registry.names({each.policy["department"] for each in found})
        items = [
            {
                **_match(each),
                **{name: each.policy[name] for name in ("code", "title", "since", "until")},
                "policy_id": each.policy["_id"],
                "papers": each.policy["papers"],
                "department_name": homes.get(each.policy["department"], ""),
            }
            for each in found
        ]
        return views.page(items, total, query)


def _done(key: str, act: Callable[..., None], body: dict[str, Any]) -> dict[str, Any]:
    views.perform(lambda: act(auth.me(), key, now=clock.now(), **body))
    return _whole(key)


def _shown(rows: Iterable[Row]) -> list[Row]:
    found, who = list(rows), auth.me()
    homes = registry.names({row["department"] for row in found})
    return [
        {
            **row,
            **fields,
            "id": row["_id"],
            "state_name": say(f"policy.state.{row['state']}", language()),
            "department_id": row["department"],
            "department_name": homes.get(row["department"], ""),
            "replaced_by_id": row.get("replaced_by"),
            "actions": queries.legal(who, row),
        }
        for row, fields in zip(found, shown(REGISTER, found), strict=True)
    ]


def _whole(key: str) -> Row:
    who = auth.me()
    policy = queries.see_policy(who, key)
    steps = queries.history_of(policy) if queries.inside(who, policy) else []
    return {**_shown([policy])[0], "history": [_step(row) for row in steps]}


def _step(row: Row) -> Row:
    title = say(f"history.policy.{row['action']}", language())
    return {**row, "title": title, "by": row["by_name"]}


def _match(found: Match) -> Row:
    claim = found.claim
    return {
        "verdict": found.verdict,
        "verdict_name": say(f"policy.verdict.{found.verdict}", language()),
        "conditions": _judged(found.judged),
        "estimate": None if found.estimate.amount is None else str(found.estimate.amount),
        "estimate_reason": views.reasons([found.estimate.reason])[0],
        "todo": views.reasons(found.todo),
        "claim": _link(claim) if claim else None,
    }


def _link(claim: Mapping[str, Any]) -> Row:
    name = say(f"claim.state.{claim['state']}", language())
    return {"id": claim["_id"], "state": claim["state"], "state_name": name}


def _judged(judged: Judged) -> Row:
    return {
        "kind": judged.kind,
        "verdict": judged.verdict,
        "verdict_name": say(f"policy.verdict.{judged.verdict}", language()),
        "reason": views.reasons([asdict(judged.reason)])[0],
        "value": judged.value,
        "of": [_judged(each) for each in judged.of],
    }
