"""达产达效: when twelve months' sales and tax came to what was promised. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.foundation import amounts, days
from config.rate_terms import TargetTerms

SPAN = 12
"""Months that are summed up: a year, so that seasons do not matter."""

Pair = tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True, slots=True)
class Sold:
    """What a month (`2026-11`) brought in sales and tax, 万元."""

    month: str
    sales: Decimal | None = None
    tax: Decimal | None = None


def trailing(sold: Sequence[Sold], last: str | None) -> Pair:
    """Sales and tax of the twelve months to `last`; None where nothing of it is stated."""
    if last is None:
        return None, None
    first = days.month_of(days.months_later(days.month(last), 1 - SPAN))
    within = [each for each in sold if first <= each.month <= last]
    return _sum([each.sales for each in within]), _sum([each.tax for each in within])


def when_on_target(
    production: date | None, sold: Sequence[Sold], promised: Pair, terms: TargetTerms
) -> date | None:
    """The end of the first month in which the trailing twelve months' sales and tax were on target.

    Each must have come to `terms.percent` of what was promised a year. The months are those `from_month` to
    `until_month` after the month of production, so the first that is summed up is the one after it. Months
    not stated count as nothing. None while it has not, and where sales or tax were never promised: there is
    nothing then to be on target of.
    """
    if production is None or promised[0] is None or promised[1] is None or not sold:
        return None
    share = Decimal(terms.percent) / 100
    stated = {each.month for each in sold}
    for count in range(terms.from_month, terms.until_month + 1):
        day = days.end_of_month(days.months_later(production.replace(day=1), count))
        if days.month_of(day) > max(stated):
            return None
        sales, tax = trailing(sold, days.month_of(day))
        if _reaches(sales, share * promised[0]) and _reaches(tax, share * promised[1]):
            return day
    return None


def _reaches(sum_: Decimal | None, least: Decimal) -> bool:
    return sum_ is not None and sum_ >= least


def _sum(values: Sequence[Decimal | None]) -> Decimal | None:
    stated = [value for value in values if value is not None]
    return amounts.total(stated) if stated else None
