"""Warnings of projects and units, and what they are judged by beside the ledger: delays, falsified data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask.views import MethodView

from app.api import auth, views
from app.api.errors import language
from app.api.operation import Blueprint
from app.foundation import clock, days
from app.foundation.messages import say
from app.projects import delays
from app.projects.delays import GOVERNMENT, Said
from app.projects.warnings import actions, falsified, queries
from schemas.base import PageQuery, page_of
from schemas.warnings import (
    DelayEndIn,
    DelayIn,
    DelayView,
    FalsificationIn,
    FalsificationView,
    WarningLineView,
    WarningPlanIn,
    WarningsOfProject,
    WarningsOfProjectQuery,
    WarningsQuery,
    WarningView,
    WithdrawIn,
)

Row = Mapping[str, Any]

blueprint = Blueprint("warnings", __name__, description="预警")


@blueprint.route("/warnings")
class Warnings(MethodView):
    @blueprint.operation(query=WarningsQuery, shows=page_of(WarningLineView), also=(404,))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The warnings one may see, the newest first."""
        found, total = queries.listed(auth.me(), **query)
        return views.page([line(*each) for each in found], total, query)


@blueprint.route("/warnings/<oid:key>")
class OneWarning(MethodView):
    @blueprint.operation(shows=WarningView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """A warning with its history."""
        return _whole(key)


@blueprint.route("/warnings/<oid:key>/acknowledge")
class Acknowledge(MethodView):
    @blueprint.operation(body=WarningPlanIn, shows=WarningView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say what is done about it, by which day. It is cleared by facts alone."""
        views.perform(lambda: actions.acknowledge(auth.me(), key, now=clock.now(), **body))
        return _whole(key)


@blueprint.route("/projects/<oid:key>/warnings")
class WarningsOf(MethodView):
    @blueprint.operation(query=WarningsOfProjectQuery, shows=WarningsOfProject, also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """The warnings of a project, cleared ones too, the newest first."""
        found, total = queries.of_project(auth.me(), key, **query)
        excluded = queries.excluded_days(key, clock.now())
        lines = [line(*each) for each in found]
        return {**views.page(lines, total, query), "excluded_days": excluded}


@blueprint.route("/projects/<oid:key>/delays")
class Delays(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(DelayView), also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """The documented delays of a project, the newest first."""
        found, total = delays.of_project(auth.me(), key, **query)
        return views.page([_delay(row) for row in found], total, query)

    @blueprint.operation(body=DelayIn, shows=DelayView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """State a documented delay. That of government is taken off every clock."""
        client_id, said = body.pop("client_id"), Said(**body)
        row, new = delays.state(auth.me(), key, client_id, said, clock.now())
        return _delay(row), 201 if new else 200


@blueprint.route("/delays/<oid:key>/end")
class EndDelay(MethodView):
    @blueprint.operation(body=DelayEndIn, shows=DelayView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say which day was its last."""
        views.perform(lambda: delays.end(auth.me(), key, body["until"], clock.now()))
        return _delay(delays.see(auth.me(), key))


@blueprint.route("/delays/<oid:key>/withdraw")
class WithdrawDelay(MethodView):
    @blueprint.operation(body=WithdrawIn, shows=DelayView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say that it was entered in error."""
        views.perform(lambda: delays.withdraw(auth.me(), key, body["reason"], clock.now()))
        return _delay(delays.see(auth.me(), key))


@blueprint.route("/projects/<oid:key>/falsifications")
class Falsifications(MethodView):
    @blueprint.operation(query=PageQuery, shows=page_of(FalsificationView), also=(404,))
    def get(self, query: dict[str, Any], key: str) -> dict[str, Any]:
        """Data of the project that were found to be falsified, the newest first."""
        found, total = falsified.of_project(auth.me(), key, **query)
        return views.page([_falsified(row) for row in found], total, query)

    @blueprint.operation(body=FalsificationIn, shows=FalsificationView, status=201, also=(200, 404))
    def post(self, body: dict[str, Any], key: str) -> tuple[dict[str, Any], int]:
        """State that data were found to be falsified (inspector)."""
        client_id = body.pop("client_id")
        row, new = falsified.state(auth.me(), key, client_id, now=clock.now(), **body)
        return _falsified(row), 201 if new else 200


@blueprint.route("/falsifications/<oid:key>/withdraw")
class WithdrawFalsification(MethodView):
    @blueprint.operation(body=WithdrawIn, shows=FalsificationView, action=True, also=(404,))
    def post(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Say that this was found to be wrong (inspector)."""
        views.perform(lambda: falsified.withdraw(auth.me(), key, body["reason"], clock.now()))
        return _falsified(falsified.see(auth.me(), key))


def evidence(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Evidence in words."""
    return [{**row, "text": say(row["code"], language(), **row["params"])} for row in rows]


def _whole(key: str) -> dict[str, Any]:
    warning, project = queries.see(auth.me(), key)
    return {
        **line(warning, project),
        "history": [
            {
                **row,
                "title": say(f"history.warning.{row['action']}", language()),
                "by": row["by_name"],
                "before": row["from"],
                "after": row["to"],
                "evidence": evidence(row["data"].get("evidence", ())),
            }
            for row in queries.history_of(warning)
        ],
    }


def line(warning: Row, project: Row | None) -> dict[str, Any]:
    """A warning in a list."""
    spoken, plan = language(), warning["plan"]
    return {
        **warning,
        "id": str(warning["_id"]),
        "kind_name": say(f"warning.kind.{warning['kind']}", spoken),
        "level_name": say(f"warning.level.{warning['level']}", spoken),
        "state_name": say(f"warning.state.{warning['state']}", spoken),
        "project_id": warning["project"],
        "project": project["name"] if project else None,
        "project_code": project["code"] if project else None,
        "evidence": evidence(warning["evidence"]),
        "excluded_days": max(
            (each["params"].get("off", 0) for each in warning["evidence"]), default=0
        ),
        "plan": {**plan, "by": plan["by_name"]} if plan else None,
        "actions": queries.steps(auth.me(), dict(warning), dict(project) if project else None),
    }


def _delay(row: Row) -> dict[str, Any]:
    span = delays.span_of(row, days.today(clock.now()))
    return {
        **row,
        "id": str(row["_id"]),
        "project_id": str(row["project"]),
        "days": (span.until - span.since).days,
        "cause_name": say(f"delay.cause.{row['cause']}", language()),
        "excluded": row["cause"] == GOVERNMENT and not row["withdrawn"],
        "by": row["by_name"],
        "withdrawn": _taken_back(row),
    }


def _falsified(row: Row) -> dict[str, Any]:
    named = {"id": str(row["_id"]), "project_id": str(row["project"]), "by": row["by_name"]}
    return {**row, **named, "withdrawn": _taken_back(row)}


def _taken_back(row: Row) -> dict[str, Any] | None:
    said = row["withdrawn"]
    return {**said, "by": said["by_name"]} if said else None
