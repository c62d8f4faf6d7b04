"""The stages of projects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.messages import say
from app.projects.asking import Asked
from app.projects.stages import actions, queries
from app.projects.stages.course import PhaseLine, StageOf, Step
from app.projects.stages.documents import KINDS
from schemas.base import Empty
from schemas.stages import (
    AskedQuery,
    EntryVoid,
    StageEntryView,
    StageIn,
    StageLineView,
    StatedStageView,
)

blueprint = Blueprint("stages", __name__, description="项目节点")


@blueprint.route("/projects/<oid:key>/stages")
class Stages(MethodView):
    @blueprint.operation(query=AskedQuery, shows=StageLineView, also=(404,))
    def get(self, query: Asked, key: str) -> dict[str, Any]:
        """The stage line of a project, now or as of a day."""
        found = queries.line(auth.me(), key, query)
        course = found.course
        return {
            "project_id": found.project,
            "as_of": query.as_of,
            "basis": query.basis,
            "settled": query.settled,
            "stage": course.stage,
            "course": course.course,
            "suspended_since": course.suspended_since,
            "exited_on": course.exited_on,
            "phases": [phase(each) for each in course.phases],
            "warnings": views.reasons(course.warnings),
            "history": [_entry(each) for each in found.past],
        }

    @blueprint.operation(body=StageIn, shows=StatedStageView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """State a stage: planned, actual, or recognised by the authority; or correct what was stated."""
        who = auth.me()
        draft, new = actions.state_stage(who, key, now=clock.now(), **body)
        course = queries.line(who, key, Asked()).course
        shown = {
            **_entry(queries.see_entry(who, str(draft.after["_id"]))),
            "project_stage": course.stage,
            "course": course.course,
            "warnings": views.reasons(course.warnings),
        }
        return shown, 201 if new else 200


@blueprint.route("/stages/<oid:key>/verify")
class VerifyStage(MethodView):
    @blueprint.operation(body=Empty, shows=StageEntryView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say that it was found so, by somebody else than who entered it."""
        views.perform(lambda: actions.verify(auth.me(), key, clock.now()))
        return _entry(queries.see_entry(auth.me(), key))


@blueprint.route("/stages/<oid:key>/void")
class VoidStage(MethodView):
    @blueprint.operation(body=EntryVoid, shows=StageEntryView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Take it back: there never was such a thing."""
        views.perform(lambda: actions.void(auth.me(), key, body["reason"], clock.now()))
        return _entry(queries.see_entry(auth.me(), key))


def entry_meta(row: Mapping[str, Any]) -> dict[str, Any]:
    """Who entered it, when, and why it took another's place."""
    meta = {**row, "id": row["_id"], "by": row["by_name"], "supersedes_id": row["supersedes"]}
    return {**meta, "photo_ids": row.get("photos", [])}


def _entry(row: Mapping[str, Any]) -> dict[str, Any]:
    meta = {"project_id": row["project"], "stage_name": _name(row["stage"])}
    return {**entry_meta(row), **meta}


def _name(stage: str) -> str:
    return say(f"project.stage.{stage}", language())


def phase(line: PhaseLine) -> dict[str, Any]:
    """The line of a phase."""
    return {
        "phase": line.phase,
        "course": line.course,
        "stages": [_stage(each) for each in line.stages],
        "turns": [_entry(each.entry) for each in line.turns if each.entry],
        "investing": asdict(line.investing) if line.investing else None,
        "suspensions": [asdict(each) for each in line.suspensions],
        "exited_on": line.exited_on,
    }


def _stage(of: StageOf) -> dict[str, Any]:
    steps: dict[str, Step | None] = {kind: getattr(of, kind) for kind in KINDS}
    entries = {
        kind: _entry(step.entry) if step and step.entry else None for kind, step in steps.items()
    }
    return {"stage": of.stage, "stage_name": _name(of.stage), **entries}
