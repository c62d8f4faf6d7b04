"""The district's calendar and terms, as the pure clocks want them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from app.foundation.district import pack
from app.sla.calendar import WorkingCalendar, china
from app.sla.promise import Promise, Terms, promise
from config.pack import Pack

FIRST_YEAR = 2024


@lru_cache(maxsize=4)
def calendar_of(district: Pack) -> WorkingCalendar:
    """The working calendar of a pack, from the first year we know to two past the last published."""
    days = district.holidays
    return china(
        range(FIRST_YEAR, days.published_through + 3),
        zone=district.zone,
        office_hours=district.office_hours,
        published_through=days.published_through,
        days_off=days.days_off,
        working_days=days.working_days,
    )


def calendar() -> WorkingCalendar:
    """The working calendar of the pack in use."""
    return calendar_of(pack())


def terms(category: str, *, urgent: bool) -> Terms:
    """What the district promises for a category of the pack."""
    entry, times = pack().category(category), pack().promises
    if urgent:
        reply = min(times.urgent.reply_wd, entry.reply_wd)
        return Terms(None, times.urgent.accept_hours, reply, entry.resolve_wd)
    return Terms(times.normal.accept_wd, None, entry.reply_wd, entry.resolve_wd)


def redo_terms(*, urgent: bool) -> Terms:
    """What the district promises after "not solved"."""
    times = pack().promises
    if urgent:
        return Terms(None, times.urgent.accept_hours, times.urgent.reply_wd, times.redo_wd)
    return Terms(times.normal.accept_wd, None, min(1, times.redo_wd), times.redo_wd)


def promised(start: datetime, given: Terms) -> Promise:
    """The promise of `given` to a matter that starts at `start`."""
    return promise(start, given, calendar())


def as_row(made: Promise) -> dict[str, Any]:
    """The stored form of a promise."""
    return {
        "accept_by": made.accept_by,
        "reply_by": made.reply_by,
        "resolve_by": made.resolve_by,
        "provisional": made.provisional,
        "why": [reason.as_dict() for reason in made.why],
    }
