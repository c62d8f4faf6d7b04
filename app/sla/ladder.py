"""The ladder: whom a promise that nears its end, or has passed it, climbs to next.

Pure, and data of the district (`config.terms.Rung`). A rung stands at, before or after the moment of
one clock, so many working days away, or 24 hours each where the wall clock counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from app.sla.calendar import DAY, WorkingCalendar
from config.terms import Rung

__all__ = ["Moments", "Rung", "Times", "next_rung", "quiet_until", "rung_time"]


class Moments(Protocol):
    """What has the moments of the three clocks: `Times`, a `Promise`."""

    @property
    def accept_by(self) -> datetime:
        """When it must be accepted."""

    @property
    def reply_by(self) -> datetime:
        """When the first reply is due."""

    @property
    def resolve_by(self) -> datetime:
        """When the solution is due."""


@dataclass(frozen=True, slots=True)
class Times:
    """The moments of the three clocks; aware, any offset."""

    accept_by: datetime
    reply_by: datetime
    resolve_by: datetime


def rung_time(rung: Rung, times: Moments, wall: bool, calendar: WorkingCalendar) -> datetime:
    """When the rung is due, in the calendar's zone.

    Working days keep the time of day, drawn into the office hours where it lies outside them.
    """
    base = calendar.local(getattr(times, f"{rung.clock}_by"))
    if rung.offset == 0:
        return base
    if wall:
        return (base.astimezone(UTC) + timedelta(hours=24 * rung.offset)).astimezone(calendar.zone)
    day = calendar.add_working_days(base.date(), rung.offset)
    return datetime.combine(day, _in_office_hours(base.time(), calendar), calendar.zone)


def next_rung(
    rungs: Sequence[Rung],
    times: Moments,
    *,
    accepted: bool,
    replied: bool,
    climbed: frozenset[str],
    wall: bool,
    calendar: WorkingCalendar,
) -> tuple[datetime, Rung] | None:
    """The rung to climb next and when it is due, the earliest of those left; None when none is.

    The rungs of a clock are climbed in their order: none comes before one that stands before it, nor
    after one that stands after it. Those of acceptance fall away once accepted, those of the reply
    once replied. Of two at the same time the one that stands first comes first.
    """
    over = {clock for clock, done in (("accept", accepted), ("reply", replied)) if done}
    found: list[tuple[datetime, int, Rung]] = []
    for clock in dict.fromkeys(rung.clock for rung in rungs):
        if clock not in over:
            found += _first_left(rungs, clock, times, climbed, wall, calendar)
    if not found:
        return None
    at, _, rung = min(found, key=lambda each: each[:2])
    return at, rung


def quiet_until(moment: datetime, quiet: tuple[time, time], zone: ZoneInfo) -> datetime | None:
    """When the quiet hours end that `moment` lies in; None when it lies in none.

    `quiet` is from and to in local time, over midnight where "to" is the earlier. Its end is not quiet.
    """
    begins, ends = quiet
    here = moment.astimezone(zone)
    today, now = here.date(), here.time()
    if begins <= ends:
        return datetime.combine(today, ends, zone) if begins <= now < ends else None
    if now >= begins:
        return datetime.combine(today + DAY, ends, zone)
    return datetime.combine(today, ends, zone) if now < ends else None


def _first_left(
    rungs: Sequence[Rung],
    clock: str,
    times: Moments,
    climbed: frozenset[str],
    wall: bool,
    calendar: WorkingCalendar,
) -> Iterator[tuple[datetime, int, Rung]]:
    """The first rung of the clock that stands above all its climbed ones: time, place, rung."""
    own = [(place, rung) for place, rung in enumerate(rungs) if rung.clock == clock]
    highest = max((place for place, rung in own if rung.code in climbed), default=-1)
    reached: datetime | None = None
    for place, rung in own:
        due = rung_time(rung, times, wall, calendar)
        reached = due if reached is None else max(reached, due)
        if place > highest:
            yield reached, place, rung
            return


def _in_office_hours(at: time, calendar: WorkingCalendar) -> time:
    """The last time of the office hours that is not after `at`, else their beginning."""
    found = calendar.office_hours[0][0]
    for opens, closes in calendar.office_hours:
        if at >= opens:
            found = min(at, closes)
    return found
