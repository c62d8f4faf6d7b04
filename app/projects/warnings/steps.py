"""What becomes of a kept warning when it is judged anew. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.history import SYSTEM
from app.foundation.writes import Change, Insert, Write
from app.projects.warnings.documents import CLEARED, OPEN, THING
from app.projects.warnings.facts import RED, Finding

OPENED, WORSENED, EASED, CLEAR = "open", "worsen", "ease", "clear"
AGGRAVATED = "aggravate"
"""A red one that came in silently has something red against it that is new."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is warned of: a project of a unit, or the unit as a whole."""

    unit: str
    project: ObjectId | None = None

    def about(self, kind: str) -> str:
        """As a warning of this kind is told from others."""
        return f"{self.project or self.unit}:{kind}"


@dataclass(frozen=True, slots=True)
class Step:
    """A write, the warning as it is then, and what history is told; nothing where only numbers changed.

    It `reddens` where a red one is to be told, `relieves` where it was red, or yellow, and is that no more.
    """

    write: Write
    row: Row
    told: Mapping[str, Any] | None
    reddens: bool = False
    relieves: bool = False


def step_of(
    subject: Subject, row: Row | None, finding: Finding | None, now: datetime
) -> Step | None:
    """From what is kept and what was found to the one step between them; None where all is as it was."""
    if row is None:
        return _open(subject, finding, now) if finding is not None else None
    if finding is None:
        return _clear(row, now)
    return _go_on(subject, row, finding, now)


def silenced(step: Step) -> Step:
    """The same step to a red one that nobody is told of."""
    row = {**step.row, "silent": True}
    if isinstance(step.write, Insert):
        return replace(step, write=Insert(row), row=row)
    update = dict(step.write.update)
    update["$set"] = {**update["$set"], "silent": True}
    return replace(step, write=Change(step.write.filter, update), row=row)


def _open(subject: Subject, finding: Finding, now: datetime) -> Step:
    row: Row = {
        "_id": ObjectId(),
        "about": subject.about(finding.kind),
        "kind": finding.kind,
        "project": subject.project,
        "state": OPEN,
        "plan": None,
        "silent": False,
        "opened_at": now,
        "red_at": now if finding.level == RED else None,
        "cleared_at": None,
        "updated_at": now,
        "version": 1,
        **_found(subject, finding),
    }
    told = _told(row, OPENED, None, finding.level, now)
    return Step(Insert(row), row, told, reddens=finding.level == RED)


def _clear(row: Row, now: datetime) -> Step:
    change = {"state": CLEARED, "cleared_at": now}
    return _changed(row, change, CLEAR, CLEARED, now)


def _go_on(subject: Subject, row: Row, finding: Finding, now: datetime) -> Step | None:
    found = _found(subject, finding)
    change = {name: value for name, value in found.items() if row[name] != value}
    if not change:
        return None
    more = "level" not in change
    if more and not (row.get("silent") and _red(found) - _red(row)):
        return _changed(row, change, None, None, now)
    if finding.level == RED:
        # What was planned for yellow may not do for red: somebody must look again.
        change |= {"state": OPEN, "red_at": now, "silent": False}
        return _changed(row, change, AGGRAVATED if more else WORSENED, RED, now)
    change |= {"red_at": None, "silent": False}
    return _changed(row, change, EASED, finding.level, now)


def _red(row: Mapping[str, Any]) -> set[str]:
    """What is red of the evidence of a warning, as codes."""
    return {each["code"] for each in row["evidence"] if each["level"] == RED}


def _found(subject: Subject, finding: Finding) -> Row:
    evidence = [
        {"level": each.level, "since": each.since.isoformat(), **each.reason.as_dict()}
        for each in finding.evidence
    ]
    return {
        "level": finding.level,
        "unit": subject.unit,
        "since": finding.since.isoformat(),
        "evidence": evidence,
    }


def _changed(row: Row, change: Row, action: str | None, after: str | None, now: datetime) -> Step:
    same = {"_id": row["_id"], "version": row["version"]}
    update = {"$set": {**change, "updated_at": now}, "$inc": {"version": 1}}
    then = {**row, **change, "updated_at": now, "version": row["version"] + 1}
    told = _told(then, action, row["level"], after, now) if action else None
    return Step(
        Change(same, update),
        then,
        told,
        reddens=action in (WORSENED, AGGRAVATED),
        relieves=action in (EASED, CLEAR),
    )


def _told(
    row: Row, action: str, before: str | None, after: str | None, now: datetime
) -> Mapping[str, Any]:
    data = {name: row[name] for name in ("kind", "level", "project", "unit", "since", "evidence")}
    return {
        "thing": THING,
        "thing_id": row["_id"],
        "action": action,
        "by": SYSTEM,
        "now": now,
        "before": before,
        "after": after,
        "internal": True,
        "data": data,
        "version": row["version"],
    }
