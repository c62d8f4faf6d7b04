"""What an enterprise is promised, and why it is that time.

Pure. A clock starts at dispatch and is told by a `Course`: its terms, when it was stopped, what was
granted on top. The promise follows from the whole course each time, so that nothing is forgotten when
any of it changes. Working days end when the office closes, and the start day is not counted (Civil
Code of the PRC, articles 201 to 203); urgent matters run on the wall clock, day off or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.foundation.reasons import Reason
from app.sla.calendar import MINUTE, WorkingCalendar, whole_minute
from app.sla.explained import days_explained, said

DAY_HOURS = 24

# Of each clock: the reason in working days, and in hours.
_TERM = {
    "accept": ("sla.accept_days", "sla.accept_hours"),
    "reply": ("sla.reply_days", "sla.reply_hours"),
    "resolve": ("sla.resolve_days", "sla.resolve_hours"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """The times allowed: `_wd` in working days, `_hours` in hours of the wall clock.

    Either all three in working days or all three in hours. Raises ValueError for anything else, for a
    time below 1, and for a solution due before the reply.
    """

    accept_wd: int | None = None
    accept_hours: int | None = None
    reply_wd: int | None = None
    reply_hours: int | None = None
    resolve_wd: int | None = None
    resolve_hours: int | None = None

    def __post_init__(self) -> None:
        days = (self.accept_wd, self.reply_wd, self.resolve_wd)
        hours = (self.accept_hours, self.reply_hours, self.resolve_hours)
        counted, empty = (hours, days) if self.wall else (days, hours)
        times = [each for each in counted if each is not None]
        if len(times) < len(counted) or any(each is not None for each in empty):
            raise ValueError("terms are all in working days or all in hours, none left out")
        if min(times) < 1:
            raise ValueError("terms are at least 1")
        if times[2] < times[1]:
            raise ValueError("the solution would be due before the reply")

    @property
    def wall(self) -> bool:
        """Whether the wall clock counts, day off or not."""
        return self.resolve_hours is not None


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stood still from `since` on; `until` is None as long as it does.

    Raises ValueError when it would end before it begins.
    """

    since: datetime
    until: datetime | None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise ValueError("a pause ends before it begins")


@dataclass(frozen=True, slots=True)
class Extension:
    """Working days granted on top (24 hours each on the wall clock). ValueError below 1."""

    days: int

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("an extension is at least one day")


@dataclass(frozen=True, slots=True)
class Course:
    """All that a clock was given. `start` is aware, any offset; pauses stand in any order."""

    start: datetime
    terms: Terms
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """Three moments in the calendar's zone.

    `provisional`: the promise reaches into a year whose holidays are not published. `why` explains
    it in words: the terms, what was granted, when the clock stood still, the days that were skipped
    or made up.
    """

    accept_by: datetime
    reply_by: datetime
    resolve_by: datetime
    provisional: bool
    why: tuple[Reason, ...]


def course_row(course: Course) -> dict[str, Any]:
    """The stored form of a course; datetimes stay datetimes."""
    return {
        "start": course.start,
        "terms": asdict(course.terms),
        "pauses": [asdict(each) for each in course.pauses],
        "extensions": [asdict(each) for each in course.extensions],
    }


def course_of(row: Mapping[str, Any]) -> Course:
    """The course that a row stores. What else a pause or an extension carries is its keeper's matter."""
    return Course(
        row["start"],
        Terms(**row["terms"]),
        tuple(Pause(each["since"], each["until"]) for each in row["pauses"]),
        tuple(Extension(each["days"]) for each in row["extensions"]),
    )


def paused(course: Course) -> bool:
    """Whether the clock stands still now."""
    return any(each.until is None for each in course.pauses)


def promise(course: Course, calendar: WorkingCalendar) -> Promise:
    """The promise of a course.

    Extensions lengthen the time to solve. Then each closed pause moves what was not yet due when it
    began by the time that passed in it: minutes of office hours, or of the wall clock where that
    counts. Time before the start and time that two pauses share is nobody's twice. An open pause adds
    nothing yet.
    """
    wall, begun = course.terms.wall, calendar.local(course.start)
    (accept_by, reply_by, resolve_by), why = _terms_applied(begun, course.terms, calendar)
    for extension in course.extensions:
        resolve_by, reason = _extended(resolve_by, extension.days, wall, calendar)
        why.append(reason)
    first = reply_by, resolve_by
    for since, until in _stops(course):
        minutes = elapsed_minutes(since, until, wall, calendar)
        late = since >= resolve_by
        why.append(
            _paused_reason(calendar.local(since), calendar.local(until), minutes, wall, late)
        )
        if since < reply_by:
            reply_by = _moved(reply_by, minutes, wall, calendar)
        if not late:
            resolve_by = _moved(resolve_by, minutes, wall, calendar)
    why += _moves_explained(first, (reply_by, resolve_by), course, calendar)
    end = max(accept_by, resolve_by).date()
    provisional = not wall and calendar.is_provisional(end)
    if not wall:
        why += days_explained(begun.date(), resolve_by.date(), calendar)
        if calendar.title:
            why.append(Reason("sla.own_calendar", {"calendar": calendar.title}))
    if provisional:
        why.append(Reason("sla.provisional", {"year": calendar.published_through + 1}))
    return Promise(accept_by, reply_by, resolve_by, provisional, tuple(why))


def elapsed_minutes(start: datetime, end: datetime, wall: bool, calendar: WorkingCalendar) -> int:
    """Minutes from `start` to `end`, of office hours or of the wall clock; negative when it is earlier.

    Both are read to the whole minute.
    """
    if not wall:
        return calendar.working_minutes(start, end)
    first, last = (whole_minute(calendar.local(each).astimezone(UTC)) for each in (start, end))
    return (last - first) // MINUTE


def remaining_minutes(by: datetime, now: datetime, wall: bool, calendar: WorkingCalendar) -> int:
    """Minutes that are left until `by`; negative when it has passed.

    For a clock that stands still, give the beginning of its pause as `now`.
    """
    return elapsed_minutes(now, by, wall, calendar)


def _terms_applied(
    begun: datetime, terms: Terms, calendar: WorkingCalendar
) -> tuple[list[datetime], list[Reason]]:
    """Accept, reply and resolve as the terms have them, and the reasons from the start on."""
    times: list[datetime] = []
    why = [Reason("sla.start_wall" if terms.wall else "sla.start", {"at": said(begun)})]
    for clock, (in_days, in_hours) in _TERM.items():
        hours, days = getattr(terms, f"{clock}_hours"), getattr(terms, f"{clock}_wd")
        if terms.wall:
            by = _hours_after(begun, hours, calendar)
            why.append(Reason(in_hours, {"hours": hours, "at": said(by)}))
        else:
            by = calendar.deadline(begun, days)
            why.append(Reason(in_days, {"days": days, "at": said(by)}))
        times.append(by)
    return times, why


def _extended(
    by: datetime, days: int, wall: bool, calendar: WorkingCalendar
) -> tuple[datetime, Reason]:
    if wall:
        hours = days * DAY_HOURS
        later = _hours_after(by, hours, calendar)
        return later, Reason("sla.extended_hours", {"hours": hours, "at": said(later)})
    later = calendar.deadline(by, days)
    return later, Reason("sla.extended_days", {"days": days, "at": said(later)})


def _stops(course: Course) -> Iterator[tuple[datetime, datetime]]:
    """The closed pauses in order, from the start on, those that overlap as one."""
    closed = sorted(
        (max(each.since, course.start), each.until)
        for each in course.pauses
        if each.until is not None and each.until > course.start
    )
    while closed:
        since, until = closed.pop(0)
        while closed and closed[0][0] <= until:
            until = max(until, closed.pop(0)[1])
        yield since, until


def _moved(by: datetime, minutes: int, wall: bool, calendar: WorkingCalendar) -> datetime:
    if wall:
        return (by.astimezone(UTC) + minutes * MINUTE).astimezone(calendar.zone)
    return calendar.add_working_minutes(by, minutes) if minutes else by


def _paused_reason(
    since: datetime, until: datetime, minutes: int, wall: bool, late: bool
) -> Reason:
    span = {"since": said(since), "until": said(until)}
    if late:
        return Reason("sla.paused_late", span)
    length = {"hours": minutes // 60, "minutes": minutes % 60}
    return Reason("sla.paused_wall" if wall else "sla.paused", {**span, **length})


def _moves_explained(
    before: tuple[datetime, datetime],
    after: tuple[datetime, datetime],
    course: Course,
    calendar: WorkingCalendar,
) -> Iterator[Reason]:
    """Where the pauses have moved reply and solution to, and that the clock stands still."""
    if after[0] != before[0]:
        yield Reason("sla.reply_moved", {"at": said(after[0])})
    if after[1] != before[1]:
        yield Reason("sla.resolve_moved", {"at": said(after[1])})
    for each in course.pauses:
        if each.until is None:
            yield Reason("sla.paused_open", {"since": said(calendar.local(each.since))})


def _hours_after(moment: datetime, hours: int, calendar: WorkingCalendar) -> datetime:
    """Real hours: added in UTC, so that a change of offset does not stretch them."""
    return (moment.astimezone(UTC) + timedelta(hours=hours)).astimezone(calendar.zone)
