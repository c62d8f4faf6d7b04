"""The further metrics for those who may see them: reckoned from every standing, so a second or more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.foundation.district import pack
from app.people.access import require, scope
from app.people.who import Who
from app.projects.rates import firms, reading, restanding
from app.projects.rates.firms import Firm
from app.projects.rates.measures import Measure, Period, measures_of
from app.projects.rates.queries import BY, SEE, Asked, Frame, Group, frame, visible
from app.projects.rates.standing import Standing
from app.projects.rates.supported import supported
from app.projects.ties import COLUMNS

FIGURES = "figure.see"


@dataclass(frozen=True, slots=True)
class Measured:
    """The metrics of each group, and of all that one may see together."""

    frame: Frame
    by: str
    lines: list[tuple[Group, dict[str, Measure]]]
    total: dict[str, Measure]
    pending: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A firm of which tax and land are known, and its rank; None while it is too young for one."""

    firm: Firm
    rank: int | None


def metrics(who: Who, asked: Asked, now: datetime) -> Measured:
    """The metrics as asked for. Raises Forbidden, and Invalid for days that do not fit."""
    require(who, SEE)
    found = frame(asked, now)
    standings = list(reading.exact(found.at, visible(who, asked)))
    fields = BY[asked.by]
    groups: dict[Group, list[Standing]] = {}
    of: dict[object, Group] = {}
    for each in standings:
        of[each.id] = group = tuple(getattr(each, name) for name in fields)
        groups.setdefault(group, []).append(each)
    with_land: dict[Group, list[Firm]] = {}
    all_firms = supported(firms.firms(standings, found.at), found.at)
    for firm in all_firms:
        with_land.setdefault(of[firm.first], []).append(firm)
    period = Period(found.first, found.last, found.at.day)
    terms = pack().rates
    lines = [
        (group, measures_of(some, with_land.get(group, ()), period, terms))
        for group, some in sorted(groups.items(), key=lambda each: tuple(map(str, each[0])))
    ]
    total = measures_of(standings, all_firms, period, terms)
    return Measured(found, asked.by, lines, total, restanding.pending())


def ranking(who: Who, asked: Asked, now: datetime) -> tuple[Frame, list[Ranked]]:
    """Firms by tax per mu, the highest first and equal ones of equal rank; the unranked follow, by name.

    Only of firms and projects whose figures `who` may see. Raises Forbidden, and Invalid for days that do
    not fit.
    """
    require(who, SEE)
    require(who, FIGURES)
    found = frame(asked, now)
    mine = {"$and": [visible(who, asked), scope(who, FIGURES, COLUMNS)]}
    known = [
        each
        for each in firms.firms(reading.exact(found.at, mine), found.at, firms.theirs(who))
        if each.tax_per_mu is not None
    ]
    months = pack().rates.unranked_months
    old = [each for each in known if each.is_ranked(found.at.day, months)]
    young = [each for each in known if not each.is_ranked(found.at.day, months)]
    old.sort(key=lambda each: (-(each.tax_per_mu or 0), each.name))
    ranks: dict[Decimal | None, int] = {}
    for rank, each in enumerate(old, start=1):
        ranks.setdefault(each.tax_per_mu, rank)
    ranked = [Ranked(each, ranks[each.tax_per_mu]) for each in old]
    return found, ranked + [Ranked(each, None) for each in sorted(young, key=lambda one: one.name)]
