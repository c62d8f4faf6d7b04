"""What an enterprise is promised, and why it is that time.

Pure. A promise starts at dispatch. Reply and solution are counted in working days and end when the
office closes; acceptance of urgent matters is counted in hours on the wall clock, day off or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.foundation.reasons import Reason
from app.sla.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Terms:
    """The times allowed: `_wd` in working days, `accept_hours` in hours of the wall clock.

    `accept_hours` wins over `accept_wd` where both are given. Raises ValueError when neither is,
    for a time below 1, and for a solution due before the reply.
    """

    accept_wd: int | None
    accept_hours: int | None
    reply_wd: int
    resolve_wd: int

    def __post_init__(self) -> None:
        given = (self.accept_wd, self.accept_hours, self.reply_wd, self.resolve_wd)
        if self.accept_wd is None and self.accept_hours is None:
            raise ValueError("terms say nothing about acceptance")
        if any(value is not None and value < 1 for value in given):
            raise ValueError("terms are at least 1")
        if self.resolve_wd < self.reply_wd:
            raise ValueError("the solution would be due before the reply")


@dataclass(frozen=True, slots=True)
class Promise:
    """Three moments in the calendar's zone.

    `provisional`: the promise reaches into a year whose holidays are not published. `why` explains
    it in words, rules first, then the days that were skipped or made up.
    """

    accept_by: datetime
    reply_by: datetime
    resolve_by: datetime
    provisional: bool
    why: tuple[Reason, ...]


def promise(start: datetime, terms: Terms, calendar: WorkingCalendar) -> Promise:
    """The promise of `terms` to a matter dispatched at `start` (aware; any offset)."""
    begun = calendar.local(start)
    if terms.accept_hours is not None:
        # Hours are real ones: added in UTC, so that a change of offset does not stretch them.
        later = begun.astimezone(UTC) + timedelta(hours=terms.accept_hours)
        accept_by = later.astimezone(calendar.zone)
        accept = Reason("sla.accept_hours", {"hours": terms.accept_hours, "at": _said(accept_by)})
    else:
        assert terms.accept_wd is not None  # noqa: S101  # Terms lets nothing else through
        accept_by = calendar.deadline(begun, terms.accept_wd)
        accept = Reason("sla.accept_days", {"days": terms.accept_wd, "at": _said(accept_by)})
    reply_by = calendar.deadline(begun, terms.reply_wd)
    resolve_by = calendar.deadline(begun, terms.resolve_wd)
    end = max(accept_by, resolve_by).date()
    why = (
        Reason("sla.start", {"at": _said(begun)}),
        accept,
        Reason("sla.reply_days", {"days": terms.reply_wd, "at": _said(reply_by)}),
        Reason("sla.resolve_days", {"days": terms.resolve_wd, "at": _said(resolve_by)}),
        *_days_explained(begun.date(), resolve_by.date(), calendar),
        *_provisional(end, calendar),
    )
    return Promise(accept_by, reply_by, resolve_by, calendar.is_provisional(end), why)


def _days_explained(start: date, end: date, calendar: WorkingCalendar) -> Iterator[Reason]:
    """One reason for each kind of day skipped, in order, then one for each make-up day."""
    kinds: dict[str, list[date]] = {}
    for day, code in calendar.skipped(start, end):
        kinds.setdefault(code, []).append(day)
    for code, days in kinds.items():
        first, last = str(days[0]), str(days[-1])
        yield Reason(
            f"sla.skipped.{code}",
            {
                "count": len(days),
                "span": first if first == last else f"{first} – {last}",
                "dates": [str(day) for day in days],
            },
        )
    for day in calendar.made_up(start, end):
        yield Reason("sla.made_up", {"date": str(day)})


def _provisional(end: date, calendar: WorkingCalendar) -> Iterator[Reason]:
    if calendar.is_provisional(end):
        yield Reason("sla.provisional", {"year": calendar.published_through + 1})


def _said(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
