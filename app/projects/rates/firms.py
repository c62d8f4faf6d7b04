"""Firms by their land and tax: what they state themselves, else what their projects come to together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.ties import COLUMNS
from app.foundation import amounts, days
from app.foundation.db import Row
from app.foundation.entries import STANDING, known
from app.people.access import scope
from app.people.who import Who
from app.projects.asking import KNOWN
from app.projects.figures.documents import ENTERPRISE, FigureEntry
from app.projects.rates import decimals
from app.projects.rates.firms_then import firms_known, firms_now
from app.projects.rates.reading import At
from app.projects.rates.standing import Standing
from app.projects.rates.target import Sold, trailing

OwnTax = tuple[Decimal, str]
"""Tax of twelve months (万元), and the last of them."""


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm in production since a day: tax of twelve months (万元) and land (mu); None where not known.

    `until` is the last of these months (`2026-11`); where projects state it, of any. `first` is the project
    of it that went into production first: the firm is counted where that one is. `paid` is what it was paid
    under policies in the same months (万元), None for nothing; see `supported`.
    """

    enterprise: ObjectId | None
    name: str
    production_on: date
    tax: Decimal | None
    land_mu: Decimal | None
    first: ObjectId
    until: str | None = None
    paid: Decimal | None = None

    def is_ranked(self, day: date, months: int) -> bool:
        """Whether by a day it has been in production for so many whole months."""
        return days.months_later(self.production_on, months) <= day

    @property
    def tax_per_mu(self) -> Decimal | None:
        """万元 per mu, two places."""
        if self.tax is None or not self.land_mu:
            return None
        return (self.tax / self.land_mu).quantize(Decimal("0.01"), ROUND_HALF_UP)


def theirs(who: Who) -> Row:
    """What finds the enterprises whose own figures `who` may see."""
    return scope(who, "figure.see", COLUMNS)


def firms(found: Iterable[Standing], at: At, theirs: Row | None = None) -> list[Firm]:
    """The firms of these projects that are in production, by their first project.

    With `theirs`, of no other enterprises is what they state themselves considered.

    A project without a firm is one by itself. A firm's own figures come before those of its projects, and
    its own land and day of production likewise. As it was known on a day, so are the firm's name, land and
    day of production; whose figures one may see is always asked of the firms as they are.
    """
    by_firm: dict[ObjectId, list[Standing]] = {}
    for each in found:
        if "production" in each.dates and not each.exited_on:
            by_firm.setdefault(each.enterprise or each.id, []).append(each)
    rows = firms_known(by_firm, at.moment) if then(at) else firms_now(by_firm)
    open_ones = (
        list(rows)
        if theirs is None
        else Enterprise.rows().distinct("_id", {"$and": [{"_id": {"$in": list(rows)}}, theirs]})
    )
    taxes = _own_tax(open_ones, at)
    return [_firm(of, rows.get(key), taxes.get(key)) for key, of in by_firm.items()]


def _firm(of: list[Standing], row: Row | None, own: OwnTax | None) -> Firm:
    of.sort(key=lambda each: (each.dates["production"], each.id))
    first, said = of[0], row or {}
    stated = said.get("production_on")
    production = date.fromisoformat(stated) if stated else first.dates["production"]
    mine = [said.get(name) for name in ("land_owned_mu", "land_leased_mu")]
    land = [decimals.read(each) for each in mine] if any(mine) else [each.land_mu for each in of]
    months = [each.last_month for each in of if each.tax12 is not None and each.last_month]
    tax, until = own or (_together(each.tax12 for each in of), max(months, default=None))
    name = said.get("name") or first.name
    return Firm(first.enterprise, name, production, tax, _together(land), first.id, until)


def then(at: At) -> bool:
    """Whether what was known then is asked for, rather than what is known now."""
    return at.basis == KNOWN and not at.today


def _own_tax(keys: list[ObjectId], at: At) -> Mapping[ObjectId, OwnTax]:
    """What firms state themselves: tax of the twelve months to the last of them that is over by the day."""
    held = known(at.moment) if then(at) else STANDING
    month = days.month_of(at.day + timedelta(days=1))
    query = {"subject": {"$in": keys}, "kind": ENTERPRISE, "month": {"$lt": month}, **held}
    stated: dict[ObjectId, list[Sold]] = {}
    for row in FigureEntry.rows().find(query, {"subject": 1, "month": 1, "tax": 1}):
        if row.get("tax") is not None:
            sold = Sold(row["month"], tax=decimals.read(row["tax"]))
            stated.setdefault(row["subject"], []).append(sold)
    lasts = {key: max(one.month for one in of) for key, of in stated.items()}
    sums = {key: (trailing(of, lasts[key])[1], lasts[key]) for key, of in stated.items()}
    return {key: (tax, last) for key, (tax, last) in sums.items() if tax is not None}


def _together(values: Iterable[Decimal | None]) -> Decimal | None:
    stated = [each for each in values if each is not None]
    return amounts.total(stated) if stated else None
