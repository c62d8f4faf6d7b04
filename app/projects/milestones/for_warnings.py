"""Milestones that red warnings make: somebody has to deal with one as long as it is red."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.calendars import registry
from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.history import SYSTEM
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.people.announcing import announce
from app.projects.milestones import climbing
from app.projects.milestones.actions import end
from app.projects.milestones.documents import CANCELLED, OPEN, Milestone
from app.projects.milestones.templates import who_is

CODE_LENGTH = 8
ANSWERS = ("commissioner", "unit_admin", "admin")
"""Who answers for it, the first that there is: an admin may give it to somebody else."""


def make(project: Mapping[str, Any], warning: Mapping[str, Any], now: datetime) -> ObjectId | None:
    """Owe somebody what a red warning asks for: the one open milestone of each warning.

    Responsible is who serves the stored project, else an admin of its unit, else one of the district; None
    where there is nobody. It is due in the district's working days. Joins the surrounding transaction.
    """
    open_ = Milestone.rows().find_one({"warning": warning["_id"], "state": OPEN}, {"_id": 1})
    if open_ is not None:
        return open_["_id"]  # type: ignore[no-any-return]
    responsible = next(filter(None, (who_is(role, project) for role in ANSWERS)), None)
    if responsible is None:
        return None
    calendar = registry.current()
    due = calendar.add_working_days(days.today(now), pack().milestones.warning_wd)
    rung = climbing.following(due.isoformat(), (), calendar)
    row = Milestone.insert_row(
        project=project["_id"],
        code=_free_code(project["_id"], warning["_id"]),
        name=say("milestone.of_a_warning", warning=say(f"warning.kind.{warning['kind']}")),
        due_on=due.isoformat(),
        responsible=responsible,
        warning=warning["_id"],
        rung=rung,
        created_at=now,
        updated_at=now,
    )
    climbing.await_rung(row["_id"], {}, rung, now)
    data = {"warning": warning["_id"]}
    told = history.append(climbing.THING, row["_id"], "create", by=SYSTEM, now=now, data=data)
    announce("milestone.assigned", project["_id"], told, now)
    return row["_id"]  # type: ignore[no-any-return]


def _free_code(project: ObjectId, warning: ObjectId) -> str:
    """`W-` and the end of the warning's id; from the second on with a number."""
    first = f"W-{str(warning)[-CODE_LENGTH:].upper()}"
    mine = {"project": project, "code": {"$regex": f"^{first}"}}
    taken = {row["code"] for row in Milestone.rows().find(mine, {"code": 1})}
    code, n = first, 1
    while code in taken:
        n += 1
        code = f"{first}-{n}"
    return code


def drop(eased: Iterable[Row], now: datetime) -> None:
    """Cancel the open milestones of stored warnings that by the facts are not red any more.

    Joins the surrounding transaction. Raises Conflict when one was changed at once.
    """
    by_key = {row["_id"]: row for row in eased}
    if not by_key:
        return
    for row in Milestone.rows().find({"warning": {"$in": list(by_key)}, "state": OPEN}):
        warning = by_key[row["warning"]]
        why = (
            "milestone.warning_eased"
            if warning["cleared_at"] is None
            else "milestone.warning_cleared"
        )
        data = {"warning": warning["_id"]}
        end(row, CANCELLED, SYSTEM, now, {}, data=data, reasons=[Reason(why)])


def unanswered(red: Iterable[Row]) -> list[Row]:
    """Those of stored red warnings for which no milestone was made since they became red."""
    wanted = {row["_id"]: row for row in red}
    if not wanted:
        return []
    mine = {
        "project": {"$in": [row["project"] for row in wanted.values()]},
        "warning": {"$in": list(wanted)},
    }
    shown = {"warning": 1, "state": 1, "created_at": 1}
    for made in Milestone.rows().find(mine, shown):
        row = wanted.get(made["warning"])
        if row and (made["state"] == OPEN or made["created_at"] >= row["red_at"]):
            del wanted[made["warning"]]
    return list(wanted.values())
