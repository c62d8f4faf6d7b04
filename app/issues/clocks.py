"""The district's terms and calendar, as the pure clocks want them, and the times that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.calendars import actions as calendars
from app.calendars import registry
from app.foundation.db import Row
from app.foundation.district import pack
from app.sla.calendar import WorkingCalendar
from app.sla.promise import (
    Course,
    Promise,
    Terms,
    course_of,
    course_row,
    promise,
)

CALENDAR = "calendar"
"""Under which a clock stores the code of the calendar it counts by, if that is not the district's."""


def calendar() -> WorkingCalendar:
    """The working calendar in use: the pack's, with what admins changed."""
    return registry.current()


def terms(
    category: str, *, urgent: bool, reply_wd: int | None = None, resolve_wd: int | None = None
) -> Terms:
    """What the district promises for a category of the pack; working days given here take its place."""
    entry, times = pack().category(category), pack().promises
    resolve = resolve_wd or entry.resolve_wd
    if urgent:
        return Terms(
            accept_hours=times.urgent.accept_hours,
            reply_hours=times.urgent.reply_hours,
            resolve_hours=times.urgent.resolve_day_hours * resolve,
        )
    reply = min(reply_wd or entry.reply_wd, resolve)
    return Terms(accept_wd=times.normal.accept_wd, reply_wd=reply, resolve_wd=resolve)


def redo_terms(*, urgent: bool) -> Terms:
    """What the district promises after "not solved"."""
    times = pack().promises
    if urgent:
        return Terms(
            accept_hours=times.urgent.accept_hours,
            reply_hours=times.urgent.reply_hours,
            resolve_hours=times.urgent.resolve_day_hours * times.redo_wd,
        )
    return Terms(
        accept_wd=times.normal.accept_wd,
        reply_wd=min(1, times.redo_wd),
        resolve_wd=times.redo_wd,
    )


@dataclass(frozen=True, slots=True)
class Timed:
    """A clock and the promise that follows from it."""

    clock: Row
    made: Promise

    def of_issue(self) -> Row:
        """What an issue stores of it."""
        return {"clock": self.clock, "promise": as_row(self.made)}

    def of_ticket(self) -> Row:
        """What a ticket stores of it."""
        return {
            "clock": self.clock,
            "accept_by": self.made.accept_by,
            "reply_by": self.made.reply_by,
            "resolve_by": self.made.resolve_by,
            "provisional": self.made.provisional,
            "why": [reason.as_dict() for reason in self.made.why],
        }


def start(at: datetime, given: Terms, days: WorkingCalendar) -> Timed:
    """A clock that starts at `at`."""
    return timed(course_row(Course(at, given)), days)


def timed(clock: Row, days: WorkingCalendar) -> Timed:
    """The promise of a stored clock, from scratch: nothing that it was given is forgotten."""
    return Timed(clock, promise(course_of(clock), counted_by(clock, days)))


def counted_by(clock: Row, days: WorkingCalendar) -> WorkingCalendar:
    """What a clock counts by: the calendar of a body that has its own, else the district's `days`."""
    named = clock.get(CALENDAR)
    return registry.own(named, days) if named else days


def of_department(made: Timed, code: str) -> Timed:
    """The clock as the department with this code counts it: by its own calendar, where it has one.

    What the enterprise was promised is another clock, and goes on by the district's.
    """
    named = pack().calendar_of(code)
    if named is None:
        return made
    return timed({**made.clock, CALENDAR: named}, calendar())


def pause(clock: Row, at: datetime, why: Mapping[str, Any], days: WorkingCalendar) -> Timed:
    """The clock, stopped at `at`; `why` is kept with the pause in the ledger."""
    stopped = {"since": at, "until": None, **why}
    return timed({**clock, "pauses": [*clock["pauses"], stopped]}, days)


def resume(clock: Row, at: datetime, days: WorkingCalendar) -> Timed:
    """The clock, going on at `at`; one that is not stopped is left as it is."""
    pauses = [{**each, "until": at} if each["until"] is None else each for each in clock["pauses"]]
    return timed({**clock, "pauses": pauses}, days)


def extend(clock: Row, wd: int, why: Mapping[str, Any], days: WorkingCalendar) -> Timed:
    """The clock with `wd` more working days (24 hours each on the wall clock)."""
    granted = {"days": wd, **why}
    return timed({**clock, "extensions": [*clock["extensions"], granted]}, days)


def is_wall(clock: Row) -> bool:
    """Whether the clock counts hours of the wall clock, day off or not."""
    return course_of(clock).terms.wall


def alarm_if_provisional(made: Timed, now: datetime) -> None:
    """Have admins told, once a year, that a promise reaches into a year without published holidays."""
    if made.made.provisional:
        calendars.alarm(made.made.resolve_by.year, now)


def as_row(made: Promise) -> Row:
    """The stored form of a promise."""
    return {
        "accept_by": made.accept_by,
        "reply_by": made.reply_by,
        "resolve_by": made.resolve_by,
        "provisional": made.provisional,
        "why": [reason.as_dict() for reason in made.why],
    }
