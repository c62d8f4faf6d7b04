"""A standing as it truly was on a past day, by what is known now. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from app.foundation import days
from app.projects.documents import EXITED, GOING, SUSPENDED
from app.projects.rates.pledged import Pledged
from app.projects.rates.standing import Standing


def until(standing: Standing, day: date) -> Standing:
    """The standing without what came after a day: as it truly stood at its end.

    Plans are those known now; figures of months that were not over are left out. The trailing sums and
    `zero_months` stay those of `made_at`. Not for what is `phased`: what came of that, only its entries say.
    """
    month = days.month_of(day + timedelta(days=1))
    years = {
        year: replace(
            money,
            actual=tuple(
                each if f"{year}-{at:02}" < month else None
                for at, each in enumerate(money.actual, start=1)
            ),
        )
        for year, money in standing.years.items()
        if int(year) <= day.year
    }
    suspensions = tuple(
        replace(each, until=_by(each.until, day))
        for each in standing.suspensions
        if each.since <= day
    )
    exited = _by(standing.exited_on, day)
    stopped = bool(suspensions) and suspensions[-1].until is None and exited is None
    since = suspensions[-1].since if stopped else None
    return replace(
        standing,
        dates={name: each for name, each in standing.dates.items() if each <= day},
        suspensions=suspensions,
        exited_on=exited,
        suspended_since=since,
        course=EXITED if exited else SUSPENDED if since else GOING,
        on_target_on=_by(standing.on_target_on, day),
        years=years,
        pledged=tuple(_pledged(each, day) for each in standing.pledged if each.since <= day),
    )


def _pledged(found: Pledged, day: date) -> Pledged:
    return replace(found, came=_by(found.came, day))


def _by(found: date | None, day: date) -> date | None:
    return found if found is not None and found <= day else None
