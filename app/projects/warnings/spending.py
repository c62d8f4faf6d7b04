"""What was invested, month by month, against the plan of the year and the time that has gone by. Pure."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from app.foundation import days
from app.foundation.amounts import ZERO
from app.projects.rates.formulas import completing
from app.projects.rates.standing import MONTHS, Standing, Year
from app.projects.warnings.clocks import Span, days_in, next_month, overlaps

_TENTH = Decimal("0.1")
HUNDRED = Decimal(100)


def years_of(month: date) -> tuple[str, str]:
    """The years of a standing that are looked at when figures to this month are judged."""
    return str(month.year), str(month.year - 1)


@dataclass(frozen=True, slots=True)
class Gap:
    """So many percentage `points` of the year's plan is investment behind after its first `months`.

    Money is 万元. `off` days of the year were taken off; `known_on` is the day after those months.
    """

    year: int
    months: int
    actual: Decimal
    plan: Decimal
    points: Decimal
    off: int
    known_on: date


def gap(standing: Standing, off: Sequence[Span], month: date) -> Gap | None:
    """序时 gap after this month of its year; None where there is no plan, or it has not started by then.

    months ÷ 12 · 100, less the share of the year's days that were taken off, − % of the plan; above 0 is
    behind. Source of the measure: 序时进度, as in `rates.formulas.schedule_gap`, which has it the other way.
    """
    spent = completing(standing, month.year)
    started, end = standing.dates.get("started"), next_month(month)
    if spent is None or not spent.plan or started is None or started >= end:
        return None
    first = month.replace(month=1)
    taken = days_in(off, max(first, started), end)
    year_days = 366 if isleap(month.year) else 365
    expected = HUNDRED * month.month / MONTHS - HUNDRED * taken / year_days
    actual = sum(spent.actual[: month.month], start=ZERO)
    points = (max(expected, ZERO) - actual / spent.plan * HUNDRED).quantize(_TENTH, ROUND_HALF_UP)
    return Gap(month.year, month.month, actual, spent.plan, points, taken, end)


def idle(standing: Standing, started: date, off: Sequence[Span], month: date) -> list[str]:
    """The months (`2026-11`) on end to this one without investment, or none stated, after the start's own.

    Months with a day that is taken off are left out. Looks back a year at most.
    """
    found: list[str] = []
    first, at = max(next_month(started), days.months_later(month, 1 - MONTHS)), month
    while at >= first:
        if standing.years.get(str(at.year), Year()).actual[at.month - 1]:
            break
        if not overlaps(off, at, next_month(at)):
            found.append(days.month_of(at))
        at = days.months_later(at, -1)
    return found
