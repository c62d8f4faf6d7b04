"""Spot checks: draws that anybody can recompute, and what inspectors find of what was drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.departments import registry
from app.foundation import clock
from app.foundation.messages import say
from app.oversight import checks, checks_queries, draws_actions, draws_queries
from app.oversight.checks import Outcome
from app.oversight.checks_queries import CheckFilters, Share
from app.oversight.draws_actions import Plan
from app.oversight.draws_documents import DRAWN, OPEN, PLANNED
from app.people import finding
from app.people.access import may
from app.photos.hiding import hidden_from
from schemas.base import Empty, PageQuery, page_of
from schemas.checks import (
    CheckAssignIn,
    CheckFiguresQuery,
    CheckFiguresView,
    CheckLineView,
    CheckRecordIn,
    ChecksQuery,
    CheckWholeView,
    DrawIn,
    DrawLineView,
    DrawsQuery,
    DrawVerifiedView,
    DrawView,
    DrawWholeView,
    DrawWordsIn,
)

Row = Mapping[str, Any]

blueprint = Blueprint("checks", __name__, description="抽查")


@blueprint.route("/draws")
class Draws(MethodView):
    @blueprint.operation(query=DrawsQuery, shows=page_of(DrawView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The draws, the newest first."""
        found, total = draws_queries.listed(auth.me(), **query)
        return views.page(_draws(found), total, query)

    @blueprint.operation(body=DrawIn, shows=DrawWholeView, status=201, also=(200,))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Plan a draw. Its seed is made now and kept secret; its SHA-256 is published."""
        client_id = body.pop("client_id")
        made, new = draws_actions.plan(auth.me(), client_id, Plan(**body), clock.now())
        return _draw(str(made)), 201 if new else 200


@blueprint.route("/draws/<oid:key>")
class OneDraw(MethodView):
    @blueprint.operation(shows=DrawWholeView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A draw: its seed once it is drawn, the population's hash, and how it is made."""
        return _draw(key)


@blueprint.route("/draws/<oid:key>/draw")
class DrawIt(MethodView):
    @blueprint.operation(body=Empty, shows=DrawWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Fix what there is to draw from as of now, and draw; each drawn item becomes a check."""
        views.perform(lambda: draws_actions.draw(auth.me(), key, now=clock.now()))
        return _draw(key)


@blueprint.route("/draws/<oid:key>/cancel")
class CancelDraw(MethodView):
    @blueprint.operation(body=DrawWordsIn, shows=DrawWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Give a planned draw up; it stays visible."""
        views.perform(lambda: draws_actions.cancel(auth.me(), key, now=clock.now(), **body))
        return _draw(key)


@blueprint.route("/draws/<oid:key>/population")
class PopulationOf(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(DrawLineView), also=(404, 409))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """What was drawn from, line by line, sorted: its SHA-256 is the population's hash."""
        found, total = draws_queries.lines(auth.me(), key, **query)
        return views.page([{"line": each} for each in found], total, query)


@blueprint.route("/draws/<oid:key>/verify")
class VerifyDraw(MethodView):
    @blueprint.operation(shows=DrawVerifiedView, also=(404, 409))
    def get(self, key: str) -> Any:
        """Make the draw again from seed and population, and compare it with the checks."""
        return draws_queries.verify(auth.me(), key)


@blueprint.route("/checks")
class Checks(MethodView):
    @blueprint.operation(query=ChecksQuery, shows=page_of(CheckLineView))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The checks one may see, the soonest due first."""
        size = {name: query.pop(name) for name in ("page", "page_size")}
        found, total = checks_queries.listed(auth.me(), CheckFilters(**query), **size)
        return views.page(_lines(found), total, size)


@blueprint.route("/checks/figures")
class CheckFigures(MethodView):
    @blueprint.operation(query=CheckFiguresQuery, shows=CheckFiguresView)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The share that was confirmed, by department or unit; each line opens to its checks."""
        by = query.pop("by")
        lines, total = checks_queries.figures(auth.me(), by, CheckFilters(**query))
        return {"items": [_share(each) for each in lines], "total": _share(total)}


@blueprint.route("/checks/<oid:key>")
class OneCheck(MethodView):
    @blueprint.operation(shows=CheckWholeView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A check with its history."""
        return _check(key)


@blueprint.route("/checks/<oid:key>/assign")
class AssignCheck(MethodView):
    @blueprint.operation(body=CheckAssignIn, shows=CheckWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Give it to another inspector."""
        views.perform(lambda: checks.assign(auth.me(), key, now=clock.now(), **body))
        return _check(key)


@blueprint.route("/checks/<oid:key>/record")
class RecordCheck(MethodView):
    @blueprint.operation(body=CheckRecordIn, shows=CheckWholeView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Record what was found, once."""
        views.perform(lambda: checks.record(auth.me(), key, Outcome(**body), clock.now()))
        return _check(key)


def steps(rows: Iterable[Row], thing: str) -> list[dict[str, Any]]:
    """A history in words."""
    return [
        {
            **row,
            "title": say(f"history.{thing}.{row['action']}", language()),
            "by": row["by_name"],
        }
        for row in rows
    ]


def _draws(rows: Iterable[Row]) -> list[dict[str, Any]]:
    found, who = list(rows), auth.me()
    names = registry.names(row["department"] for row in found if row["department"])
    return [
        {
            **row,
            "id": str(row["_id"]),
            "department_id": row["department"],
            "department": names.get(row["department"]),
            "seed": row["seed"] if row["state"] == DRAWN else None,
            "state_name": say(f"draw.state.{row['state']}", language()),
            "by": row["by_name"],
            "drawn_by": row["drawn_by_name"],
            "actions": [
                name
                for name, needs in (("draw", "draw.draw"), ("cancel", "draw.plan"))
                if row["state"] == PLANNED and may(who, needs)
            ],
        }
        for row in found
    ]


def _draw(key: str) -> dict[str, Any]:
    row = draws_queries.see(auth.me(), key)
    told = draws_queries.history_of(row)
    how = say("draw.how", language())
    return {**_draws([row])[0], "how": how, "history": steps(told, "draw")}


def _lines(rows: Iterable[Row]) -> list[dict[str, Any]]:
    found, who, now = list(rows), auth.me(), clock.now()
    departments = registry.names(row["department"] for row in found if row["department"])
    people = finding.names(row["inspector"] for row in found)
    hidden = hidden_from(who, (key for row in found for key in row["photos"]))
    lines = []
    for row in found:
        inside = checks_queries.inside(who, dict(row))
        call, outcome = row["callback"], row["outcome"]
        shown = {
            "inspector_id": row["inspector"] if inside else None,
            "inspector": people.get(row["inspector"]) if inside else None,
            "recorded_by": row["recorded_by_name"] if inside else None,
            "callback": call if inside or call is None else {**call, "text": ""},
        }
        named = {
            "id": str(row["_id"]),
            "draw_id": row["draw"],
            "issue_id": row["issue"],
            "department_id": row["department"],
            "department": departments.get(row["department"]),
            "overdue": row["state"] == OPEN and row["due_at"] < now,
            "outcome_name": say(f"check.outcome.{outcome}", language()) if outcome else None,
            "photo_ids": [key for key in row["photos"] if key not in hidden],
            "actions": checks_queries.steps(who, dict(row)),
        }
        lines.append({**row, **named, **shown})
    return lines


def _check(key: str) -> dict[str, Any]:
    who = auth.me()
    row = checks_queries.see(who, key)
    inside = checks_queries.inside(who, row)
    told = checks_queries.history_of(row) if inside else []
    return {**_lines([row])[0], "history": steps(told, "check")}


def _share(found: Share) -> dict[str, Any]:
    low, high = found.interval or (None, None)
    caution = say("check.small_sample", language(), count=found.recorded) if found.small else None
    names = ("key", "name", "open", "recorded", "confirmed", "doubtful", "fake", "share", "small")
    return {
        **{name: getattr(found, name) for name in names},
        "low": low,
        "high": high,
        "caution": caution,
        "check_ids": list(found.ids),
    }
