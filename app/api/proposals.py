"""Proposals to adjust a policy (调整优化)."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.messages import say
from app.policies.proposals import actions
from app.policies.proposals.actions import Said, Shown
from app.policies.proposals.documents import COMPLAINT, OBJECTION
from schemas.base import page_of
from schemas.proposals import ProposalDecisionIn, ProposalIn, ProposalsQuery, ProposalView

blueprint = Blueprint("proposals", __name__, description="政策调整优化")


@blueprint.route("/policies/<oid:key>/proposals")
class ProposalsOf(MethodView):
    @blueprint.operation(body=ProposalIn, shows=ProposalView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """Propose to adjust a policy."""
        client_id = body.pop("client_id")
        made, new = actions.open_proposal(auth.me(), key, client_id, Said(**body), clock.now())
        return _one(str(made)), 201 if new else 200


@blueprint.route("/policy-proposals")
class Proposals(MethodView):
    @blueprint.operation(query=ProposalsQuery, shows=page_of(ProposalView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The proposals one may see, the newest first: the department's, and those one has raised."""
        found, total = actions.listed(auth.me(), **query)
        shown = actions.shown(auth.me(), found)
        return views.page([_shown(each) for each in shown], total, query)


@blueprint.route("/policy-proposals/<oid:key>")
class OneProposal(MethodView):
    @blueprint.operation(shows=ProposalView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A proposal."""
        return _one(key)


@blueprint.route("/policy-proposals/<oid:key>/decide")
class DecideProposal(MethodView):
    @blueprint.operation(body=ProposalDecisionIn, shows=ProposalView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Adopt or decline a proposal; those who raised it hear of it."""
        views.perform(lambda: actions.decide(auth.me(), key, now=clock.now(), **body))
        return _one(key)


def _one(key: str) -> Row:
    who = auth.me()
    return _shown(actions.shown(who, [actions.see(who, key)])[0])


def _shown(found: Shown) -> Row:
    row, spoken = found.row, language()
    decision = row["decision"]
    return {
        **row,
        "id": row["_id"],
        "policy_id": row["policy"],
        "department_id": row["department"],
        "state_name": say(f"proposal.state.{row['state']}", spoken),
        "by": row["by_name"],
        "by_machine": row["by"] is None,
        "group_name": _group(row["group"]),
        "count": len(row["evidence"]),
        "evidence": [
            {**each, "kind_name": say(f"proposal.kind.{each['kind']}", spoken)}
            for each in found.evidence
        ],
        "decision": _decision(decision) if decision else None,
        "actions": ["decide"] if found.may_decide else [],
    }


def _decision(row: Row) -> Row:
    return {**row, "by": row["by_name"], "edition_id": row["edition"]}


def _group(group: str | None) -> str | None:
    if group is None:
        return None
    if group in (OBJECTION, COMPLAINT):
        return say(f"proposal.kind.{group}", language())
    refusal = pack().policies.refusal(group)
    return refusal.name if refusal else group
