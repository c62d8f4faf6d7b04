"""Days that people name for what is to come, and the one where they name none."""

from __future__ import annotations

from datetime import date, datetime

from app.calendars import registry
from app.foundation import days
from app.foundation.district import pack
from app.foundation.errors import Invalid

MOST_MONTHS = 120
"""Nothing here is planned further ahead."""


def day_ahead(said: str | date, field: str, now: datetime) -> date:
    """A local day from today on. Raises Invalid, blaming the field, for one that is over, that is too far
    ahead, or that is none (`2026-02-30`)."""
    try:
        day = said if isinstance(said, date) else date.fromisoformat(said)
    except ValueError:
        raise _unfit(field, "register.not_a_day") from None
    today = days.today(now)
    if day < today:
        raise _unfit(field, "offers.day_is_over")
    if day > days.months_later(today, MOST_MONTHS):
        raise _unfit(field, "offers.day_too_far")
    return day


def next_look(now: datetime) -> str:
    """The local day by which somebody follows up where nobody says when."""
    ahead = pack().offers.follow_up_wd
    return registry.current().add_working_days(days.today(now), ahead).isoformat()


def looked_at(said: date | None, was: str | None, now: datetime) -> str:
    """The day of the next look after one: what was said; else what stands, unless it has come; else ours.

    Raises Invalid like `day_ahead`.
    """
    if said is not None:
        return day_ahead(said, "follow_up_on", now).isoformat()
    return was if was is not None and was > days.today(now).isoformat() else next_look(now)


def _unfit(field: str, code: str) -> Invalid:
    return Invalid("request.invalid", fields={field: [code]})
