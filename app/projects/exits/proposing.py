"""The machine's part in exits: to propose a case from warnings that stay red. It moves none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.history import SYSTEM
from app.foundation.reasons import Reason
from app.people.announcing import announce
from app.projects.exits.documents import THING, ExitCase, deciding_departments
from app.projects.exits.states import PROPOSED
from app.projects.warnings.clocks import Span, months_after

SUGGESTED = "project.exit_suggested"


def propose(
    red: Iterable[Mapping[str, Any]], off: Mapping[ObjectId, Sequence[Span]], now: datetime
) -> None:
    """Propose exit for the projects of these red warnings, where they have been red for long enough.

    `off` are the days, by project, that government cost. Not where there is a case under way, nor from
    warnings that led to one before: people decided that.
    Joins the surrounding transaction. Raises pymongo's DuplicateKeyError when a case was opened at once.
    """
    by_project: dict[ObjectId, list[Row]] = {}
    for row in red:
        if row["project"] and _persists(row, off.get(row["project"], ()), now):
            by_project.setdefault(row["project"], []).append(dict(row))
    if not by_project:
        return
    cases = ExitCase.rows().find(
        {"project": {"$in": list(by_project)}}, {"project": 1, "live": 1, "warnings": 1}
    )
    known: set[ObjectId] = set()
    for case in cases:
        known.update(case["warnings"])
        if case["live"]:
            by_project.pop(case["project"], None)
    for project, rows in by_project.items():
        if not all(row["_id"] in known for row in rows):
            _open(project, rows, now)


def _persists(row: Mapping[str, Any], off: Sequence[Span], now: datetime) -> bool:
    """Whether it has been red for the district's months, without the days that government cost."""
    months = pack().exits.persists.get(row["kind"])
    if months is None or row["red_at"] is None:
        return False
    today = days.today(now)
    return months_after(days.today(row["red_at"]), months, off, today).over(today)


def _open(project: ObjectId, rows: Sequence[Row], now: datetime) -> None:
    evidence = [each for row in rows for each in row["evidence"]]
    case = ExitCase.insert_row(
        project=project,
        by_name=SYSTEM.name,
        role=SYSTEM.role,
        warnings=[row["_id"] for row in rows],
        evidence=evidence,
        departments=deciding_departments(),
        created_at=now,
        updated_at=now,
    )
    told = history.append(
        THING,
        case["_id"],
        "propose",
        by=SYSTEM,
        now=now,
        after=PROPOSED,
        reasons=[Reason(each["code"], each["params"]) for each in evidence],
        data={"project": project, "warnings": case["warnings"]},
        version=1,
    )
    announce(SUGGESTED, project, told, now)
