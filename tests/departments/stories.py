"""Departments in stories: found by code, and worked on when a day has come."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId

from app.departments import registry, reorganising
from app.departments.documents import Department
from app.foundation import clock, district, duties, history
from app.foundation.duties import Duty
from tasks.queue import celery

KIND = "departments.reorganise"
LEASE = timedelta(minutes=1)

celery.loader.import_default_modules()


def id_of(code: str) -> str:
    return str(registry.by_code(code).id)


def stored(code: str) -> Department:
    """The one with this code, gone or not."""
    return Department.objects(code=code).first()


def on(day: date | str, **fields: Any) -> dict[str, Any]:
    return {"effective_on": str(day), "reason": "机构改革", **fields}


def today() -> date:
    return district.local(clock.now()).date()


def work_now() -> int:
    """A worker does what is due by now; how much that was."""
    due = [duty for kind, duty in duties.due(clock.now()) if kind == KIND]
    for duty in due:
        celery.tasks[KIND].run(str(duty))
    return len(due)


def work_at(moment: datetime) -> int:
    """A worker does what is due by that moment; how much that was."""
    waiting = list(duties.rows().find({"kind": KIND, "state": "due"}).sort("due_at", 1))
    claimed = [duties.claim(row["_id"], now=moment, lease=LEASE) for row in waiting]
    done = [duty for duty in claimed if duty is not None]
    for duty in done:
        reorganising.reorganise(duty, moment)
    return len(done)


def claimed(moment: datetime) -> Duty:
    """The one duty there is, in a worker's hands."""
    [row] = duties.rows().find({"kind": KIND, "state": "due"})
    found = duties.claim(row["_id"], now=moment, lease=LEASE)
    assert found is not None
    return found


def history_of(code: str) -> list[dict[str, Any]]:
    return history.of("department", stored(code).id, internal=True)


def tickets_to_move() -> list[dict[str, Any]]:
    """The duties for the issues room."""
    return list(duties.rows().find({"kind": reorganising.MOVE_TICKETS}))


def key(phone: Any) -> ObjectId:
    return phone.person.id
