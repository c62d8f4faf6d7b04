"""The projects behind a number: who is in the denominator of a rate, and whether in the numerator too."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bson import ObjectId

from app.foundation import amounts, days
from app.foundation.db import Row
from app.foundation.district import pack
from app.people.access import require
from app.people.who import Who
from app.projects.asking import KNOWN
from app.projects.rates import formulas, reading, reckoning
from app.projects.rates.documents import StoredStanding
from app.projects.rates.formulas import COMPLETION, SINCE, STEPS
from app.projects.rates.past import until
from app.projects.rates.queries import SEE, Asked, Frame, frame, visible
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
    phased = _phased(mine, rate, found, matured)
    query = {"$and": [mine, _members(rate, found, matured, phased)]}
    order = [(f"dates.{SINCE.get(rate, 'started')}", 1), ("_id", 1)]
    rows = StoredStanding.rows().find(query).sort(order).skip(skipped).limit(page_size)
    items = (phased.get(row["_id"]) or _behind(_then(row, found), rate, found) for row in rows)
    some = [each for each in items if each is not None]
    return Page(found, some, StoredStanding.rows().count_documents(query))


def _then(row: Row, found: Frame) -> Standing:
    return until(of_row(row), found.at.day)


def _phased(mine: Row, rate: str, found: Frame, matured: bool) -> dict[ObjectId, Behind]:
    """Of a past day the members among those whose stored dates do not tell of it, by project."""
    if found.at.today:
        return {}
    standings = reading.phased(found.at, mine)
    known = {each.id: _behind(each, rate, found) for each in standings}
    return {key: each for key, each in known.items() if each and (each.matured or not matured)}


def _members(rate: str, found: Frame, matured: bool, phased: Collection[ObjectId]) -> Row:
    """What finds the denominator among stored standings; of a past day with these that are phased.

    Since when they are in it, all stored dates tell: it is an end that they do not.
    """
    wanted = _by_dates(rate, found, matured)
    if found.at.today:
        return wanted
    return {"$or": [{"$and": [wanted, reading.UNPHASED]}, {"_id": {"$in": list(phased)}}]}


def _by_dates(rate: str, found: Frame, matured: bool) -> Row:
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
