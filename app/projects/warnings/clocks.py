"""Clocks that stand still while government keeps a project waiting. Pure; days are local."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.foundation import days

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` to before `until`."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Clock:
    """A time that runs from `start`, and is over on the day `due`; so many days `off` were taken off it."""

    start: date
    due: date
    off: int

    def over(self, today: date) -> bool:
        """Whether it is over."""
        return self.due <= today


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same days as spans that neither touch nor overlap, in order."""
    found: list[Span] = []
    for each in sorted(spans, key=lambda span: (span.since, span.until)):
        if each.until <= each.since:
            continue
        if found and each.since <= found[-1].until:
            found[-1] = Span(found[-1].since, max(found[-1].until, each.until))
        else:
            found.append(each)
    return tuple(found)


def days_in(spans: Sequence[Span], start: date, end: date) -> int:
    """How many days of merged spans lie from `start` to before `end`."""
    both = ((max(each.since, start), min(each.until, end)) for each in spans)
    return sum((until - since).days for since, until in both if until > since)


def overlaps(spans: Sequence[Span], start: date, end: date) -> bool:
    """Whether any day of the spans lies from `start` to before `end`."""
    return any(each.since < end and start < each.until for each in spans)


def clock(start: date, end: date, off: Sequence[Span], today: date) -> Clock:
    """The clock from `start` that by itself is over on `end`, with these merged spans taken off it.

    Each day of theirs after the start, before the clock is over, moves its end by one; what may come after
    `today` is not foreseen. More days off never make it end earlier.
    """
    due = end
    while due <= today:
        later = end + timedelta(days=days_in(off, start, due))
        if later == due:
            break
        due = later
    return Clock(start, due, (due - end).days)


def months_after(start: date, months: int, off: Sequence[Span], today: date) -> Clock:
    """The clock of so many months from a day on."""
    return clock(start, days.months_later(start, months), off, today)


def next_month(day: date) -> date:
    """The first day of the month after."""
    return days.end_of_month(day) + DAY
