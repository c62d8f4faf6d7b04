"""Months and other spans of days, in the district's zone, and when a month is frozen."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from app.foundation.district import local, pack
from app.reports.rates import Period

DAY = timedelta(days=1)


def of_month(month: str, as_of: datetime) -> Period:
    """A month, such as 2026-11."""
    return Period(_start(first_day(month)), _start(first_day(following(month))), as_of)


def of_days(first: date, last: date, as_of: datetime) -> Period:
    """From one day to another, both included."""
    return Period(_start(first), _start(last + DAY), as_of)


def month_of(moment: datetime) -> str:
    """The month that a moment lies in."""
    return f"{local(moment):%Y-%m}"


def first_day(month: str) -> date:
    """Its first day."""
    return date.fromisoformat(f"{month}-01")


def following(month: str) -> str:
    """The next month."""
    return f"{first_day(month) + timedelta(days=31):%Y-%m}"


def before(month: str) -> str:
    """The month before."""
    return f"{first_day(month) - DAY:%Y-%m}"


def freezes_at(month: str) -> datetime:
    """When the figures of a month are frozen: the district's day of the next one, at its beginning."""
    return _start(first_day(following(month)).replace(day=pack().reports.freeze_day))


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), pack().zone)
