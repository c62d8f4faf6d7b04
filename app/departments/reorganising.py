"""Doing what was decided about a department, on its day, in one act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.departments.actions import change
from app.departments.documents import RENAME, AnswerTemplate, Coming, Department
from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.duties import Duty
from app.foundation.errors import Conflict
from app.foundation.history import SYSTEM
from app.foundation.reasons import Reason
from app.people import grants

MOVE_TICKETS = "issues.reorganise"


def reorganise(duty: Duty, now: datetime) -> None:
    """Rename or close the department as decided; nothing when that was called off.

    A closing takes people's grants and the templates along to the successor, or where that one is gone
    by now to the one in its place, and adds the duty that moves the open tickets. Raises Conflict when
    no successor is left: a person must look.
    """

    def work() -> None:
        department = Department.get(duty.subject)
        decided = [each for each in department.coming if each.row == duty.payload["row"]]
        for coming in decided if department.ended_at is None else ():
            act = _rename if coming.kind == RENAME else _close
            act(department, coming, now)
        duties.finish(duty, now)

    transaction(work)


def give_up(duty: Duty, now: datetime) -> None:
    """Leave it as failed, where operators see it."""
    duties.fail(duty, now, "gave up")


def _rename(department: Department, coming: Coming, now: datetime) -> None:
    before = {"name": department.name, "until": now}
    update = {
        "$set": {"name": coming.name},
        "$push": {"renamed": before},
        "$pull": {"coming": {"row": coming.row}},
    }
    change(department, update)
    reason = Reason("department.renamed", {"department": department.name, "name": coming.name})
    concerned = grants.holders(department.id)
    _write_down(department, coming, now, reason, concerned, names=(department.name, coming.name))


def _close(department: Department, coming: Coming, now: datetime) -> None:
    named = Department.objects(id=coming.successor).first()
    successor = registry.followed(named)
    if successor is None or successor.id == department.id:
        raise Conflict("department.no_successor", department=department.name)
    ended = {"active": False, "ended_at": now, "successor": successor.id, "coming": []}
    change(department, {"$set": ended})
    data = {"department": department.id, "successor": successor.id}
    concerned = grants.holders(department.id)
    grants.move(department.id, successor.id, SYSTEM, now, data)
    templates = AnswerTemplate.rows().update_many(
        {"department": department.id},
        {"$set": {"department": successor.id}, "$inc": {"version": 1}},
    )
    reason = Reason("department.merged", {"department": department.name, "name": successor.name})
    told = {"successor": successor.id, "templates": templates.modified_count}
    row = _write_down(department, coming, now, reason, concerned, data=told)
    duties.add(
        MOVE_TICKETS,
        department.id,
        now=now,
        key=f"{MOVE_TICKETS}:{row}",
        payload={"successor": successor.id, "row": row},
    )


def _write_down(
    department: Department,
    coming: Coming,
    now: datetime,
    reason: Reason,
    concerned: list[ObjectId],
    *,
    names: tuple[str | None, str | None] = (None, None),
    data: dict[str, Any] | None = None,
) -> ObjectId:
    """The row of what was done, of which its people are told. Who decided it is in the row of the `plan`."""
    done = {"plan": coming.row, "effective_on": coming.effective_on, **(data or {})}
    row = history.append(
        "department",
        department.id,
        coming.kind,
        by=SYSTEM,
        now=now,
        before=names[0],
        after=names[1],
        text=coming.reason,
        reasons=[reason],
        data={**done, "people": concerned},
    )
    payload, key = {"event": "department.reorganised", "row": row}, f"notices.deliver:{row}"
    duties.add("notices.deliver", department.id, now=now, key=key, payload=payload)
    return row
