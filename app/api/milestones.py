"""Milestones of projects."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.db import Row
from app.foundation.messages import say
from app.projects.milestones import actions, queries, templates
from schemas.base import page_of
from schemas.milestones import (
    FromTemplateIn,
    MilestoneAssign,
    MilestoneCancel,
    MilestoneDone,
    MilestoneIn,
    MilestoneMove,
    MilestoneQuery,
    MilestonesView,
    MilestoneView,
    WholeMilestoneView,
)

blueprint = Blueprint("milestones", __name__, description="项目节点")


def shown(rows: list[Row]) -> list[dict[str, Any]]:
    """Stored milestones as they are shown."""
    return [_one(row) for row in queries.described(rows, clock.now())]


def _one(row: Row) -> dict[str, Any]:
    rung = row["rung"] or {}
    return {
        **row,
        "id": row["_id"],
        "project_id": row["project"],
        "responsible_id": row["responsible"],
        "responsible": row["responsible_name"],
        "state_name": say(f"milestone.state.{row['state']}", language()),
        "photo_ids": row["photos"],
        "warning_id": row.get("warning"),
        "next_rung": rung.get("code"),
        "next_rung_at": rung.get("due_at"),
    }


def _step(row: Row) -> dict[str, Any]:
    data = row["data"]
    moved = [data.get("before") or {}, data.get("after") or {}]
    pairs = {
        name: [each.get(field) for each in moved if field in each]
        for name, field in (("due_on", "due_on"), ("responsible_id", "responsible"))
    }
    return {
        "action": row["action"],
        "title": say(f"history.milestone.{row['action']}", language()),
        "by": row["by_name"],
        "at": row["at"],
        "text": row["text"] or "；".join(each["text"] for each in views.reasons(row["reasons"])),
        "rung": data.get("rung") if row["action"] == "climb" else None,
        **pairs,
    }


def _whole(key: str) -> dict[str, Any]:
    row, _ = queries.see(auth.me(), key)
    steps = [_step(each) for each in queries.history_of(row["_id"])]
    return {**shown([row])[0], "history": steps}


def _of_project(key: str) -> dict[str, Any]:
    return {"items": shown(queries.of_project(auth.me(), key))}


@blueprint.route("/milestones")
class Milestones(MethodView):
    @blueprint.operation(query=MilestoneQuery, shows=page_of(MilestoneView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The milestones one may see, what is due first first."""
        rows, total = queries.listed(auth.me(), clock.now(), **query)
        return views.page(shown(rows), total, query)


@blueprint.route("/milestones/<oid:key>")
class OneMilestone(MethodView):
    @blueprint.operation(shows=WholeMilestoneView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A milestone with its history."""
        return _whole(key)


@blueprint.route("/projects/<oid:key>/milestones")
class ProjectMilestones(MethodView):
    @blueprint.operation(shows=MilestonesView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """The milestones of a project."""
        return _of_project(key)

    @blueprint.operation(body=MilestoneIn, shows=MilestoneView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """Enter a milestone: none without somebody responsible and a due date."""
        client_id, responsible = body.pop("client_id"), body.pop("responsible_id")
        raw = {**body, "responsible": responsible}
        row, new = actions.create(auth.me(), key, raw, client_id, clock.now())
        return shown([row])[0], 201 if new else 200


@blueprint.route("/projects/<oid:key>/milestones/from-template")
class MilestonesFromTemplate(MethodView):
    @blueprint.operation(body=FromTemplateIn, shows=MilestonesView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Give a project the milestones of a template; what it has already stays as it is."""
        views.perform(lambda: templates.lay(auth.me(), key, now=clock.now(), **body))
        return _of_project(key)


@blueprint.route("/milestones/<oid:key>/done")
class FinishMilestone(MethodView):
    @blueprint.operation(body=MilestoneDone, shows=WholeMilestoneView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Close it as done, with photos as evidence (who is responsible, or keeps the project)."""
        views.perform(lambda: actions.done(auth.me(), key, now=clock.now(), **body))
        return _whole(key)


@blueprint.route("/milestones/<oid:key>/move")
class MoveMilestone(MethodView):
    @blueprint.operation(body=MilestoneMove, shows=WholeMilestoneView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Let it be due on another day, with the reason."""
        views.perform(lambda: actions.move(auth.me(), key, now=clock.now(), **body))
        return _whole(key)


@blueprint.route("/milestones/<oid:key>/assign")
class AssignMilestone(MethodView):
    @blueprint.operation(body=MilestoneAssign, shows=WholeMilestoneView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Make another person responsible, with the reason."""
        views.perform(lambda: actions.assign(auth.me(), key, now=clock.now(), **body))
        return _whole(key)


@blueprint.route("/milestones/<oid:key>/cancel")
class CancelMilestone(MethodView):
    @blueprint.operation(body=MilestoneCancel, shows=WholeMilestoneView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say that it is not needed any more, with the reason."""
        views.perform(lambda: actions.cancel(auth.me(), key, now=clock.now(), **body))
        return _whole(key)
