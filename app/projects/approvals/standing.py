"""The approvals of a project as a graph, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from app.foundation import days
from app.foundation.db import Row
from app.foundation.entries import STANDING
from app.projects.approvals import clocks
from app.projects.approvals.documents import Approval
from app.projects.approvals.graph import Forecast, Holder, Node, can_start, forecast, holder
from app.projects.approvals.states import ENDED
from app.projects.stages.documents import ACTUAL, PLANNED, StageEntry


@dataclass(frozen=True, slots=True)
class Stages:
    """The day that each stage came, and is planned for; of several phases the earliest."""

    came: Mapping[str, date]
    planned: Mapping[str, date]


@dataclass(frozen=True, slots=True)
class Standing:
    """The stored approvals of a project in the order they were opened, with what follows from them."""

    rows: tuple[Row, ...]
    can_start: tuple[str, ...]
    holders: Mapping[str, Holder | None]
    forecast: Forecast


def of_project(project: ObjectId, now: datetime) -> Standing:
    """How the approvals of a project stand now."""
    rows = tuple(Approval.rows().find({"project": project}).sort("_id", 1))
    nodes = nodes_of(rows, stages_of(project))
    today = days.today(now)
    return Standing(
        rows=rows,
        can_start=can_start(nodes),
        holders={code: holder(node, nodes) for code, node in nodes.items()},
        forecast=forecast(nodes, today),
    )


def stages_of(project: ObjectId) -> Stages:
    """The days of a project's stages, by what is known now."""
    came: dict[str, date] = {}
    planned: dict[str, date] = {}
    for row in StageEntry.rows().find({"project": project, **STANDING}).sort("on", -1):
        if row["kind"] == ACTUAL:
            came[row["stage"]] = date.fromisoformat(row["on"])
        elif row["kind"] == PLANNED:
            planned[row["stage"]] = date.fromisoformat(row["on"])
    return Stages(came, planned)


def nodes_of(rows: Iterable[Row], stages: Stages) -> dict[str, Node]:
    """Stored approvals as the graph wants them, by item."""
    return {row["item"]: _node(row, stages) for row in rows}


def _node(row: Row, stages: Stages) -> Node:
    since: str | None = row["since"]
    return Node(
        code=row["item"],
        days=row["clock"]["days"],
        kind=row["clock"]["kind"],
        calendar=clocks.calendar_of(row["item"]),
        after=tuple(row["after"]),
        leads_to=row["leads_to"],
        state=row["state"],
        submitted_on=_day(row, "submitted_on"),
        granted_on=_day(row, "granted_on"),
        missing=bool(missing(row)) and row["state"] not in ENDED,
        since=since is not None,
        opened=since in stages.came,
        opens_on=stages.came.get(since) or stages.planned.get(since) if since else None,
    )


def missing(row: Mapping[str, Any]) -> list[str]:
    """The names of the documents that lack."""
    return [each["name"] for each in row["documents"] if not each["got"]]


def is_overdue(row: Mapping[str, Any], now: datetime) -> bool:
    """Whether its statutory clock has run out, and it is not decided."""
    return row["due_on"] is not None and str(row["due_on"]) < str(days.today(now))


def _day(row: Row, name: str) -> date | None:
    return date.fromisoformat(row[name]) if row.get(name) else None
