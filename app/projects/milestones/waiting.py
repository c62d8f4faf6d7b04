"""Milestones of a project that stands still, or has left, wait; when it goes again, so do they.

What a project stands still is taken off the time that its milestones had: each is due so much later. That
is reckoned from the entries of its stages anew whenever they change, so in whatever order they come, and
whatever is corrected or taken back, the day is the same. An exit that never was takes nothing off.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId

from app.calendars import registry
from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.history import SYSTEM
from app.foundation.reasons import Reason
from app.foundation.writes import Change, write_all
from app.people.announcing import announce
from app.projects.documents import GOING
from app.projects.milestones import climbing
from app.projects.milestones.documents import OPEN, Milestone
from app.projects.stages.course import Course
from app.projects.warnings.clocks import Span, clock, merged
from app.sla.calendar import WorkingCalendar

IN_ONE_LOOK = 2000


@dataclass(frozen=True, slots=True)
class _Moved:
    """A stored milestone, as it is from now on, and by how many days it is due later (less: sooner)."""

    row: Row
    then: Row
    by: int


def follow(
    courses: Mapping[ObjectId, Course], turned: Collection[ObjectId], now: datetime, *, tell: bool
) -> None:
    """Let the open milestones of these projects follow their courses; `turned` are those that changed.

    With `tell`, who answers for one that is due on another day hears of it. Joins the surrounding
    transaction, which every milestone of a project that turned is written in: none that climbs at the same
    time can overlook it. Raises Stale.
    """
    calendar = registry.current
    moved = [
        _moved(row, courses[row["project"]], calendar(), now)
        for row in _open([key for key in courses if key in turned or _stood(courses[key])])
    ]
    changed = [each for each in moved if each.by or each.row["project"] in turned]
    write_all(Milestone, [_write(each, now) for each in changed])
    for each in changed:
        climbing.await_rung(each.row["_id"], each.row["rung"], each.then["rung"], now)
        if each.by:
            _record(each, now, tell=tell and courses[each.row["project"]].course == GOING)


def _open(projects: Sequence[ObjectId]) -> Iterator[Row]:
    for start in range(0, len(projects), IN_ONE_LOOK):
        some = {"$in": projects[start : start + IN_ONE_LOOK]}
        yield from Milestone.rows().find(
            {"project": some, "state": OPEN, "historic": {"$ne": True}}
        )


def _stood(course: Course) -> tuple[Span, ...]:
    """The days, merged, on which the project as a whole stood still, as far as that is over."""
    whole = course.phases[0].suspensions
    ended = ((each.since, each.until) for each in whole if each.until is not None)
    return merged(
        Span(date.fromisoformat(since), date.fromisoformat(until)) for since, until in ended
    )


def _moved(row: Row, course: Course, calendar: WorkingCalendar, now: datetime) -> _Moved:
    due = date.fromisoformat(row["due_on"])
    said = due - timedelta(days=row.get("stood", 0))
    given = row.get("given_on") or days.today(row["created_at"]).isoformat()
    off = clock(date.fromisoformat(given), said, _stood(course), date.max).off
    new = calendar.add_working_days(said + timedelta(days=off), 0) if off else said
    climbed = row["climbed"]
    if new != due:
        climbed = _behind(new.isoformat(), climbed, calendar, now)
    rung = {}
    if course.course == GOING:
        rung = climbing.following(new.isoformat(), climbed, calendar)
    then = {"due_on": new.isoformat(), "stood": (new - said).days, "climbed": climbed, "rung": rung}
    return _Moved(row, then, (new - due).days)


def _behind(
    due_on: str, climbed: Sequence[str], calendar: WorkingCalendar, now: datetime
) -> list[str]:
    """Those rungs, of what was climbed, whose time has come for what is due on this day."""
    found: list[str] = []
    while ahead := climbing.following(due_on, found, calendar):
        if ahead["code"] not in climbed or ahead["due_at"] > now:
            break
        found.append(ahead["code"])
    return found


def _write(moved: _Moved, now: datetime) -> Change:
    same = {"_id": moved.row["_id"], "version": moved.row["version"]}
    return Change(same, {"$set": {**moved.then, "updated_at": now}, "$inc": {"version": 1}})


def _record(moved: _Moved, now: datetime, *, tell: bool) -> None:
    data: dict[str, Any] = {
        name: {"due_on": row["due_on"]}
        for name, row in (("before", moved.row), ("after", moved.then))
    }
    told = history.append(
        climbing.THING,
        moved.row["_id"],
        "change",
        by=SYSTEM,
        now=now,
        reasons=[Reason("milestone.stood_still", {"days": moved.then["stood"]})],
        data={**data, "due": moved.then["due_on"]},
    )
    if tell:
        announce("milestone.put_off", moved.row["project"], told, now)
