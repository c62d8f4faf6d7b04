"""Approvals that projects need, side by side, and the three pledges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock, days
from app.foundation.db import Row
from app.foundation.messages import say
from app.people.access import allowed
from app.projects.approvals import actions, pledges, queries, standing
from app.projects.approvals.graph import DEPARTMENT, Forecast, Holder
from app.projects.queries import see_project
from app.projects.rates.documents import StoredStanding
from schemas.approvals import (
    ApprovalDocuments,
    ApprovalGrant,
    ApprovalQuery,
    ApprovalsOpen,
    ApprovalSubmit,
    ApprovalTurnDown,
    ApprovalView,
    ApprovalWaive,
    PledgeQuery,
    ProjectApprovalsView,
    ProjectPledgeView,
    WholeApprovalView,
)
from schemas.base import page_of

blueprint = Blueprint("approvals", __name__, description="并联审批")


def _shown(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "id": row["_id"],
            "project_id": row["project"],
            "department_id": row["department"],
            "department": row["department_name"],
            "state_name": say(f"approval.state.{row['state']}", language()),
            "actions": row["legal"],
        }
        for row in queries.described(rows, clock.now())
    ]


def _whole(key: str) -> dict[str, Any]:
    row, _ = queries.see(auth.me(), key)
    steps = [
        {
            **each,
            "title": say(f"history.approval.{each['action']}", language()),
            "by": each["by_name"],
            "before": each["from"],
            "after": each["to"],
        }
        for each in queries.history_of(row["_id"])
    ]
    return {**_shown([row])[0], "history": steps}


def _of_project(key: str) -> dict[str, Any]:
    project, now = see_project(auth.me(), key), clock.now()
    stored = StoredStanding.rows().find_one({"_id": project.id}, {"pledged": 1}) or {}
    row = project.to_mongo().to_dict()
    return shown_whole(standing.of_project(project.id, now), row, stored, now)


def shown_whole(
    found: standing.Standing, project: Row, stored: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """The approvals of a project as far as one may see them, with what follows from all of them.

    `stored` is the project's standing.
    """
    who = auth.me()
    seen = [
        each for each in found.rows if allowed(who, "approval.see", queries.ties(each, project))
    ]
    shown = _shown(seen)
    names = {each["item"]: each["name"] for each in shown}
    ends = found.forecast.ends
    items = [
        {
            **each,
            "can_start": each["item"] in found.can_start,
            "holder": _holder(found.holders[each["item"]], each),
            "ends_on": each["granted_on"] or _text(ends[each["item"]]),
        }
        for each in shown
    ]
    kept = pledges.of_stored(stored.get("pledged") or (), days.today(now))
    return {
        "items": items,
        "can_start": found.can_start,
        "path": [
            {**asdict(each), "item": each.code, "name": names[each.code]}
            for each in found.forecast.path
            if each.code in names
        ],
        "forecast": _forecast(found.forecast),
        "pledges": [_pledge(each) for each in kept],
    }


def _holder(found: Holder | None, row: Mapping[str, Any]) -> dict[str, Any] | None:
    if found is None:
        return None
    spoken = say(f"approval.holder.{found.kind}", language())
    name = row["department"] if found.kind == DEPARTMENT else spoken
    return {"kind": found.kind, "name": name, "items": found.codes}


def _forecast(found: Forecast) -> dict[str, Any]:
    stages = [{"stage": stage, "on": _text(on)} for stage, on in found.stages.items()]
    return {
        "completes_on": _text(found.completes_on),
        "known_until": _text(found.known_until),
        "endless": found.unknown,
        "stages": stages,
    }


def _pledge(found: pledges.Pledge) -> dict[str, Any]:
    return {**asdict(found), "name": say(f"pledge.{found.pledge}", language())}


def _text(day: Any) -> str | None:
    return str(day) if day else None


@blueprint.route("/projects/<oid:key>/approvals")
class ProjectApprovals(MethodView):
    @blueprint.operation(shows=ProjectApprovalsView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """The approvals of a project: what can start now, the longest path, the forecast, who holds them."""
        return _of_project(key)

    @blueprint.operation(body=ApprovalsOpen, shows=ProjectApprovalsView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Open items of the district's list for a project; what is open stays as it is."""
        views.perform(lambda: actions.open_items(auth.me(), key, body["items"], clock.now()))
        return _of_project(key)


@blueprint.route("/approvals")
class Approvals(MethodView):
    @blueprint.operation(query=ApprovalQuery, shows=page_of(ApprovalView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The approvals one may see, by default what departments have in hand, what is due first first."""
        rows, total = queries.listed(auth.me(), clock.now(), **query)
        return views.page(_shown(rows), total, query)


@blueprint.route("/approvals/<oid:key>")
class OneApproval(MethodView):
    @blueprint.operation(shows=WholeApprovalView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """An approval with its history."""
        return _whole(key)


@blueprint.route("/approvals/<oid:key>/submit")
class SubmitApproval(MethodView):
    @blueprint.operation(body=ApprovalSubmit, shows=WholeApprovalView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """It was applied for (who serves the project, or the department)."""
        views.perform(lambda: actions.submit(auth.me(), key, now=clock.now(), **body))
        return _whole(key)


@blueprint.route("/approvals/<oid:key>/return")
class ReturnApproval(MethodView):
    @blueprint.operation(body=ApprovalTurnDown, shows=WholeApprovalView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Return it to be completed (the department)."""
        views.perform(lambda: actions.send_back(auth.me(), key, now=clock.now(), **body))
        return _whole(key)


@blueprint.route("/approvals/<oid:key>/grant")
class GrantApproval(MethodView):
    @blueprint.operation(body=ApprovalGrant, shows=WholeApprovalView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Grant it (the department)."""
        views.perform(lambda: actions.grant(auth.me(), key, now=clock.now(), **body))
        return _whole(key)


@blueprint.route("/approvals/<oid:key>/refuse")
class RefuseApproval(MethodView):
    @blueprint.operation(body=ApprovalTurnDown, shows=WholeApprovalView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Refuse it (the department)."""
        views.perform(lambda: actions.refuse(auth.me(), key, now=clock.now(), **body))
        return _whole(key)


@blueprint.route("/approvals/<oid:key>/waive")
class WaiveApproval(MethodView):
    @blueprint.operation(body=ApprovalWaive, shows=WholeApprovalView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say that the project does not need it (the department)."""
        views.perform(lambda: actions.waive(auth.me(), key, now=clock.now(), **body))
        return _whole(key)


@blueprint.route("/approvals/<oid:key>/documents")
class ApprovalDocumentList(MethodView):
    @blueprint.operation(body=ApprovalDocuments, shows=WholeApprovalView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say which documents are there, and which lack."""
        views.perform(lambda: actions.note_documents(auth.me(), key, now=clock.now(), **body))
        return _whole(key)


@blueprint.route("/pledges")
class Pledges(MethodView):
    @blueprint.operation(query=PledgeQuery, shows=page_of(ProjectPledgeView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """拿地即开工, 竣工即发证, 竣工即投产: how projects keep the three pledges, in days."""
        found, total = pledges.listed(auth.me(), clock.now(), **query)
        items = [
            {
                **_pledge(kept),
                "project_id": row["_id"],
                "project_code": row["code"],
                "project_name": row["name"],
                "unit": row["unit"],
            }
            for row, kept in found
        ]
        return views.page(items, total, query)
