"""What a red warning owes: word to who serves the project and to its unit, and a milestone for somebody.

Rows brought in as history set nothing in motion: what reddens by them is silent. It is judged like all
others, but owes nothing, and nobody is said to have left it unanswered. Once more is found, it is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.calendars import registry as calendars
from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.reasons import Reason
from app.people.announcing import announce
from app.projects.documents import Project
from app.projects.milestones import for_warnings
from app.projects.warnings.facts import RED
from app.projects.warnings.steps import Step, silenced

WARNED = "project.warned"
Projects = Mapping[ObjectId, Row]


def of_reddening(steps: Iterable[Step]) -> Projects:
    """The stored projects of which a step reddens a warning."""
    return _projects(step.row["project"] for step in steps if step.reddens)


def quieted(
    steps: Iterable[Step], projects: Projects, now: datetime, *, historic: bool
) -> list[Step]:
    """The same steps, those silenced that redden by what came in as history.

    That is what a project that itself is history had against it when it came in. Where the facts are
    `historic`, it is all that was so before the last working day: what a clock says since then would have
    been told without them too.
    """
    yesterday = calendars.current().add_working_days(days.today(now), -1).isoformat()

    def is_history(step: Step) -> bool:
        project = projects.get(step.row["project"])
        if not step.reddens or project is None:
            return False
        return _came_in_red(step.row, project) or (historic and _latest(step.row) < yesterday)

    return [silenced(step) if is_history(step) else step for step in steps]


def owe(step: Step, project: Row | None, now: datetime) -> None:
    """Write down that a warning has become red, and owe what it asks for unless it did so silently.

    Joins the surrounding transaction.
    """
    told: dict[str, Any] = dict(step.told or {})
    reasons = [Reason(each["code"], each["params"]) for each in _red(step.row)]
    row = history.append(
        told.pop("thing"), told.pop("thing_id"), told.pop("action"), **told, reasons=reasons
    )
    if project is None or step.row["silent"]:
        return
    announce(WARNED, project["_id"], row, now)
    for_warnings.make(project, step.row, now)


def catch_up(red: Iterable[Row], now: datetime) -> None:
    """Make the milestones that stored red warnings owe, where there was nobody to answer for them before.

    Not where one was made since and has ended: people decided that. Joins the surrounding transaction.
    """
    owing = [row for row in red if not row.get("silent") and row["project"] and row["red_at"]]
    left = for_warnings.unanswered(owing)
    projects = _projects(row["project"] for row in left)
    for row in left:
        project = projects.get(row["project"])
        if project is not None and not _came_in_red(row, project):
            for_warnings.make(project, row, now)


def may_lead_to_exit(row: Row) -> bool:
    """Whether the machine may propose an exit for a stored red warning.

    For a silent one only after the months for which the district wants it to stay: they count from the day
    on which it came in. Where it wants none, nothing but history would propose.
    """
    return not row.get("silent") or bool(pack().exits.persists.get(row["kind"]))


def _came_in_red(row: Row, project: Row) -> bool:
    entered = days.today(project["created_at"]).isoformat()
    return bool(project.get("historic")) and _latest(row) <= entered


def _latest(row: Row) -> str:
    """Since when the last of what is red holds."""
    return max((str(each["since"]) for each in _red(row)), default="")


def _red(row: Row) -> Sequence[Row]:
    return [each for each in row["evidence"] if each["level"] == RED]


def _projects(keys: Iterable[ObjectId | None]) -> Projects:
    wanted = list({key for key in keys if key is not None})
    if not wanted:
        return {}
    return {row["_id"]: row for row in Project.rows().find({"_id": {"$in": wanted}})}
