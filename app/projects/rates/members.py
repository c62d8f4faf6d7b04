"""The projects behind a number: who is in the denominator of a rate, and whether in the numerator too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.foundation import amounts, days
from app.foundation.db import Row
from app.foundation.district import pack
from app.people.access import require
from app.people.who import Who
from app.projects.rates import formulas, reading, reckoning
from app.projects.rates.documents import StoredStanding
from app.projects.rates.formulas import COMPLETION, SINCE, STEPS
from app.projects.rates.past import until
from app.projects.rates.queries import SEE, Asked, Frame, frame, visible
from app.projects.rates.reading import KNOWN
from app.projects.rates.standing import Standing, of_row


@dataclass(frozen=True, slots=True)
class Behind:
    """A project of a denominator. Of a rate of steps: since when, and when it came to the next step.

    `counts` is whether it is in the numerator; `matured` whether it has had the whole window. Of the
    completion: what it was to invest in the year by both plans, and what it did; all that counts.
    """

    standing: Standing
    since: date
    reached: date | None
    counts: bool
    matured: bool
    first: Decimal | None = None
    plan: Decimal | None = None
    actual: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the projects behind a number, and how many there are."""

    frame: Frame
    items: list[Behind]
    total: int


def behind(
    who: Who,
    asked: Asked,
    rate: str,
    now: datetime,
    *,
    matured: bool = False,
    page: int = 1,
    page_size: int = 20,
) -> Page:
    """The projects that a rate is of, in order of their days; with `matured` those that had the time.

    Their number is the rate's denominator. Raises Forbidden, and Invalid for days that do not fit.
    """
    require(who, SEE)
    found = frame(asked, now)
    skipped, mine = (page - 1) * page_size, visible(who, asked)
    if found.at.basis == KNOWN and not found.at.today:
        known = (_behind(each, rate, found) for each in reading.standings(found.at, mine))
        members = [each for each in known if each and (each.matured or not matured)]
        members.sort(key=lambda each: (each.since, each.standing.id))
        return Page(found, members[skipped : skipped + page_size], len(members))
    query = {"$and": [mine, _members(rate, found, matured)]}
    order = [(f"dates.{SINCE.get(rate, 'started')}", 1), ("_id", 1)]
    rows = StoredStanding.rows().find(query).sort(order).skip(skipped).limit(page_size)
    some = _all(list(rows), rate, found)
    return Page(found, some, StoredStanding.rows().count_documents(query))


def _all(rows: Sequence[Row], rate: str, found: Frame) -> list[Behind]:
    standings = (until(of_row(row), found.at.day) for row in rows)
    return [each for standing in standings if (each := _behind(standing, rate, found))]


def _members(rate: str, found: Frame, matured: bool) -> Row:
    """What finds the denominator among stored standings."""
    if rate == COMPLETION:
        return reckoning.being_built(found.year, found.at.day)
    wanted = reckoning.cohort(rate, found.first, found.last, found.at.day)
    if matured:
        [span] = wanted.values()
        span["$lt"] = f"{_matured_before(rate, found)}-01"
    return wanted


def _behind(standing: Standing, rate: str, found: Frame) -> Behind | None:
    if rate == COMPLETION:
        spent = formulas.completing(standing, found.year)
        if spent is None:
            return None
        months = formulas.months_over(found.year, found.at.day)
        actual = amounts.total(spent.actual[:months])
        since = standing.dates["started"]
        return Behind(standing, since, None, True, True, spent.first, spent.plan, actual)
    member = STEPS[rate](standing)
    if member is None or not found.first <= days.month_of(member.since) <= found.last:
        return None
    old = days.month_of(member.since) < _matured_before(rate, found)
    return Behind(standing, member.since, member.reached, member.by(found.at.day), old)


def _matured_before(rate: str, found: Frame) -> str:
    window = getattr(pack().rates.windows, rate)
    return formulas.matured_before(window, found.at.day)
