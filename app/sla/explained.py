"""The days a promise ran over, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from app.foundation.reasons import Reason
from app.sla.calendar import WorkingCalendar


def days_explained(start: date, end: date, calendar: WorkingCalendar) -> Iterator[Reason]:
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


def said(moment: datetime) -> str:
    """A moment as people read it."""
    return moment.strftime("%Y-%m-%d %H:%M")
