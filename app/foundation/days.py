"""Days and months of the district's calendar: stored as `2026-11-24` and `2026-11`, which sort as text."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime

from app.foundation.district import local


def today(now: datetime) -> date:
    """The day it is in the district at this moment."""
    return local(now).date()


def month_of(day: date) -> str:
    """The month that the day lies in, as `2026-11`."""
    return f"{day:%Y-%m}"


def month(text: str) -> date:
    """The first day of a month written `2026-11`. Raises ValueError for anything else."""
    if len(text) != 7:
        raise ValueError(text)
    return date.fromisoformat(f"{text}-01")


def months_later(day: date, count: int) -> date:
    """The same day `count` months on (before, where negative); the month's last where it has no such day."""
    index = day.year * 12 + day.month - 1 + count
    year, at = divmod(index, 12)
    return date(year, at + 1, min(day.day, monthrange(year, at + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Whole months from one day to another; negative when the other comes first."""
    if end < start:
        return -months_between(end, start)
    count = (end.year - start.year) * 12 + end.month - start.month
    return count - (months_later(start, count) > end)


def end_of_month(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=monthrange(day.year, day.month)[1])
