"""What binds a project and all that hangs on it to people, and what is owed when any of it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import duties
from app.foundation.db import Row
from app.people.access import Columns, Ties, scope
from app.people.who import Who
from app.projects.documents import Project
from app.registers.register import Batch

COLUMNS = Columns(enterprise="enterprise", unit="unit", served_by="commissioner")
_TYING = ("commissioner", "enterprise", "unit")
PROJECTS_A_DUTY = 500
CHANGE, HISTORY, TIME = "change", "history", "time"
"""Why a project is made anew and judged: a fact of it, rows brought in as history, or no new fact at all."""


def project_ties(project: Project | Mapping[str, Any]) -> Ties:
    """Of a project, or of its stored row."""
    row = {name: project[name] for name in _TYING if name in project}
    return Ties(
        served_by=row.get("commissioner"), enterprise=row.get("enterprise"), unit=row.get("unit")
    )


def within(who: Who, action: str, field: str = "project") -> Row:
    """The filter, by `field`, of what hangs on projects to which `who` may do `action`."""
    theirs = scope(who, action, COLUMNS)
    if not theirs:
        return {}
    return {field: {"$in": Project.rows().distinct("_id", theirs)}}


def cause_of(batch: Batch) -> str:
    """What these lines are to those who judge the projects."""
    return HISTORY if batch.historic else CHANGE


def owe_standing(projects: Iterable[ObjectId], now: datetime, cause: str = CHANGE) -> None:
    """Owe it that the standing of these projects, and all that follows from it, is made anew.

    The `cause` goes on to who judges them. Joins the surrounding transaction of what changed.
    """
    _owe("projects.restand", projects, now, cause)


def owe_judging(projects: Iterable[ObjectId], now: datetime, cause: str = CHANGE) -> None:
    """Owe it that these projects are judged anew, though their standing is what it was.

    Joins the surrounding transaction of what changed.
    """
    _owe("projects.judge", projects, now, cause)


def _owe(kind: str, projects: Iterable[ObjectId], now: datetime, cause: str) -> None:
    keys = list(dict.fromkeys(projects))
    for start in range(0, len(keys), PROJECTS_A_DUTY):
        some = keys[start : start + PROJECTS_A_DUTY]
        key, payload = f"{kind}:{ObjectId()}", {"projects": some, "cause": cause}
        duties.add(kind, some[0], now=now, key=key, payload=payload, first=True)
