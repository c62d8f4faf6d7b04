"""A milestone that nears its day, or has passed it, climbs the district's ladder like a ticket.

It is due when the office closes on its day, and climbs the rungs of the clock `resolve`, by the working
calendar in use. The rung follows anew when its time has come: a day off stated meanwhile puts it off.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any

from bson import ObjectId

from app.calendars import registry
from app.climbing import rungs
from app.climbing.rungs import Owed, Reached
from app.foundation import duties, history
from app.foundation.db import Row, transaction
from app.foundation.duties import Duty
from app.foundation.history import SYSTEM
from app.people.announcing import announce
from app.projects.documents import GOING, Project
from app.projects.milestones.documents import OPEN, Milestone
from app.sla.calendar import WorkingCalendar
from app.sla.ladder import Times

KIND = "milestones.climb"
THING = "milestone"


def due_at(due_on: str, days: WorkingCalendar) -> datetime:
    """When the office closes on the day: until then it is in time."""
    return days.closing(date.fromisoformat(due_on)).astimezone(UTC)


def following(due_on: str, climbed: Collection[str], days: WorkingCalendar) -> Row:
    """The next rung of what is due on a day, with a duty key of its own; empty when there is none."""
    due = due_at(due_on, days)
    owed = Owed(times=Times(due, due, due), climbed=frozenset(climbed), calendar=days)
    return rungs.following(owed, f"{KIND}:{ObjectId()}")


def await_rung(key: ObjectId, before: Mapping[str, Any], rung: Row, now: datetime) -> None:
    """Owe the milestone's rung in place of the one `before`, inside the caller's transaction."""
    rungs.await_rung(KIND, key, dict(before), rung, now)


def climb(duty: Duty, now: datetime) -> None:
    """Climb the rung that is due, and owe the next. The night is waited out.

    What by now waits for another rung or for none is left alone. What is of a project that stands still or
    has left climbs nothing until that goes again (`waiting.follow`).
    """

    def work() -> None:
        row = Milestone.rows().find_one({"_id": duty.subject}) or {}
        days = registry.current()
        waited = row.get("rung") or {}
        if waited.get("key") == duty.payload["key"] and _moved_on(row, days, now):
            duties.finish(duty, now)
            return
        reached = rungs.reach(duty, waited, now)
        if reached is not None:
            _climb(row, reached, days, now)

    transaction(work)


def _moved_on(row: Row, days: WorkingCalendar, now: datetime) -> bool:
    """Whether it climbs later than it was to, or no more: that is written down, and owed."""
    project = Project.rows().find_one({"_id": row["project"]}, {"course": 1}) or {}
    ahead = following(row["due_on"], row["climbed"], days)
    if row["state"] != OPEN or project.get("course", GOING) != GOING:
        ahead = {}
    elif ahead and ahead["due_at"] <= now:
        return False
    _write(row, {"rung": ahead})
    await_rung(row["_id"], {}, ahead, now)
    return True


def _climb(row: Row, reached: Reached, days: WorkingCalendar, now: datetime) -> None:
    code, due = reached.rung.code, due_at(row["due_on"], days)
    climbed = [*row["climbed"], code]
    ahead = following(row["due_on"], climbed, days)
    _write(row, {"climbed": climbed, "rung": ahead})
    await_rung(row["_id"], {}, ahead, now)
    data = {
        "rung": code,
        "due": row["due_on"],
        "late": reached.late,
        "over": (now - due).total_seconds(),
    }
    told = history.append(THING, row["_id"], "climb", by=SYSTEM, now=now, data=data)
    announce(f"milestone.rung_{code}", row["project"], told, now)


def _write(row: Row, change: Row) -> None:
    Milestone.rows().update_one({"_id": row["_id"]}, {"$set": change, "$inc": {"version": 1}})
