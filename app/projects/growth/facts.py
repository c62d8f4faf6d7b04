"""What the ledger knows of a firm that grows, and what is to be done next; pure.

Money is 万元. A fact that is not known is None, and no rule of the district fits it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.foundation import days
from config.review_terms import Help

YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """How a firm, or a project of it, has done since production.

    `last_month` (`2026-11`) is the last with sales or tax stated, `sales12` and `tax12` what the twelve
    months to it brought; `promised_…` are a year's. `scale_sales` is from how much a year the firm is entered
    into the statistics above scale, None where it is entered already or nobody says.
    """

    production_on: date
    promised_sales: Decimal | None = None
    promised_tax: Decimal | None = None
    sales12: Decimal | None = None
    tax12: Decimal | None = None
    last_month: str | None = None
    on_target_on: date | None = None
    scale_sales: Decimal | None = None


def months_since(grown: Grown, today: date) -> int:
    """Whole months since production."""
    return days.months_between(grown.production_on, today)


def months_left(grown: Grown, today: date, target_months: int) -> int:
    """Whole months until it is to be on target, `target_months` after production; below 0 after that."""
    return days.months_between(today, days.months_later(grown.production_on, target_months))


def percent(made: Decimal | None, promised: Decimal | None, months: int) -> Decimal | None:
    """What was made in the trailing twelve months ÷ (a year's promise x months ÷ 12), in percent.

    `months` is how many of the twelve lie after production. None without a promise or a figure.
    """
    if made is None or not promised or months < 1:
        return None
    return made * 100 * YEAR / (promised * min(months, YEAR))


def months_stated(grown: Grown) -> int:
    """Months from that of production to the last stated, both counted."""
    if grown.last_month is None:
        return 0
    first = grown.production_on.replace(day=1)
    return max(days.months_between(first, days.month(grown.last_month)) + 1, 0)


def months_unstated(grown: Grown, today: date) -> int:
    """Closed months in a row, up to the last, for which neither sales nor tax is stated.

    The month of production is the first that could be; the present one is not closed.
    """
    begun = grown.production_on.replace(day=1)
    if grown.last_month is not None:
        begun = max(begun, days.months_later(days.month(grown.last_month), 1))
    return max(days.months_between(begun, today.replace(day=1)), 0)


def facts(grown: Grown, today: date, target_months: int) -> Mapping[str, Decimal | int | None]:
    """The facts that rules speak of (`config.review_terms.FACTS`).

    Of one that is on target, what is missing to be so is no fact any more.
    """
    stated = months_stated(grown)
    missing = grown.promised_sales is None or grown.promised_tax is None
    towards: dict[str, Decimal | int | None] = {
        "promise_missing": int(missing),
        "sales_percent": percent(grown.sales12, grown.promised_sales, stated),
        "tax_percent": percent(grown.tax12, grown.promised_tax, stated),
        "months_left": months_left(grown, today, target_months),
    }
    if grown.on_target_on is not None:
        towards = dict.fromkeys(towards)
    return {
        **towards,
        "months_unstated": months_unstated(grown, today),
        "scale_percent": percent(grown.sales12, grown.scale_sales, YEAR),
    }


def next_help(
    known: Mapping[str, Decimal | int | None], month: int, rules: Sequence[Help]
) -> list[Help]:
    """The rules that fit these facts in this month after production, in the district's order."""
    return [rule for rule in rules if rule.from_month <= month and _fits(rule, known[rule.fact])]


def _fits(rule: Help, value: Decimal | int | None) -> bool:
    if value is None:
        return False
    if rule.at_least is not None:
        return value >= rule.at_least
    return rule.below is not None and value < rule.below
