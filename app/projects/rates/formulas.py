"""The five rates of projects and what each is made of. Pure.

Source: "从签约项目备案率、备案项目开工率、项目投资完成率、开工项目投产率、投产项目达效率五个维度来看".
It names the rates and says no more of them; the definitions, windows and shares are the district's
(`config/district/rates.yaml`).

A rate of steps has a cohort, the projects that came to one step in a period, and asks how many of them have
come to the next by a day T. An exit takes no project out of a cohort; what was reached by the day of the
exit stays reached, what came after it does not count. So an exit never raises a rate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from app.foundation import days
from app.foundation.amounts import ZERO
from app.projects.rates.standing import MONTHS, Standing, Year

FILED, STARTED, COMPLETION, PRODUCTION, ON_TARGET = RATES = (
    "filed",
    "started",
    "completion",
    "production",
    "on_target",
)
HUNDRED, _TENTH = Decimal(100), Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Member:
    """A project in a cohort: since when, and when it came to the next step, if it did before any exit."""

    since: date
    reached: date | None

    def by(self, day: date) -> bool:
        """Whether it had come to the next step by the end of a day."""
        return self.reached is not None and self.reached <= day


@dataclass(frozen=True, slots=True)
class Spending:
    """A project in the completion of a year: its first and present plan, what each month brought; 万元."""

    first: Decimal
    plan: Decimal
    actual: tuple[Decimal, ...]


def filing(standing: Standing) -> Member | None:
    """签约项目备案率: filed by T ÷ signed in the period. By count, and by planned investment (万元). %."""
    return _member(standing, "signed", standing.dates.get("filed"))


def starting(standing: Standing) -> Member | None:
    """备案项目开工率: started by T ÷ filed in the period. By count, and by planned investment (万元). %.

    The start is the reported one; what the authority recognises is told beside it.
    Public figures: 63 of 138 are 45.7 % (泰州市一季度省集中开工通报).
    """
    return _member(standing, "filed", standing.dates.get("started"))


def producing(standing: Standing) -> Member | None:
    """开工项目投产率: in production by T ÷ started in the period. By count, and by planned investment. %."""
    return _member(standing, "started", standing.dates.get("production"))


def targeting(standing: Standing) -> Member | None:
    """投产项目达效率: on target by T ÷ in production in the period. By count, and by planned investment. %.

    On target is `target.when_on_target`. What never promised sales and tax is in the cohort, not on target.
    """
    return _member(standing, "production", standing.on_target_on)


def completing(standing: Standing, year: int) -> Spending | None:
    """项目投资完成率: Σ actual investment of the year to date ÷ Σ plan of the whole year. 万元, %.

    Over the projects with a plan for the year that started by its end and had not completed before it. An
    exit changes nothing of it: what was planned stays planned, what was spent stays spent. Public figures:
    307 of 500 are 61.4 %.
    """
    money = standing.years.get(str(year), Year())
    started, completed = standing.dates.get("started"), standing.dates.get("completed")
    if money.first is None or money.plan is None or started is None or started.year > year:
        return None
    if completed is not None and completed.year < year:
        return None
    return Spending(money.first, money.plan, tuple(each or ZERO for each in money.actual))


STEPS: Mapping[str, Callable[[Standing], Member | None]] = {
    FILED: filing,
    STARTED: starting,
    PRODUCTION: producing,
    ON_TARGET: targeting,
}
SINCE: Mapping[str, str] = {
    FILED: "signed",
    STARTED: "filed",
    PRODUCTION: "started",
    ON_TARGET: "production",
}
"""The step that makes the cohort of each rate of steps."""


def percent(numerator: Decimal | int, denominator: Decimal | int) -> Decimal | None:
    """The share in %, with one place, halves up, never outside of 0 to 100; None of nothing.

    More than was planned is 100 %: numerator and denominator stand beside it and tell the rest.
    """
    if not denominator:
        return None
    share = Decimal(numerator) / Decimal(denominator) * HUNDRED
    return min(max(share, Decimal(0)), HUNDRED).quantize(_TENTH, ROUND_HALF_UP)


def schedule_gap(actual: Decimal, plan: Decimal, months: int) -> Decimal | None:
    """序时 gap, in percentage points with one place: % of the plan of the year − months ÷ 12 · 100.

    Above 0 is ahead of time; the share is not capped here. None of no plan. Public figures: 93.3 % after
    9 months are 18.3 points ahead.
    """
    if not plan:
        return None
    return (actual / plan * HUNDRED - Decimal(months * 100) / MONTHS).quantize(
        _TENTH, ROUND_HALF_UP
    )


def months_over(year: int, day: date) -> int:
    """How many months of the year are over by the end of a day; a month is over on its last day."""
    next_day = day + timedelta(days=1)
    return min(max((next_day.year - year) * MONTHS + next_day.month - 1, 0), MONTHS)


def matured_before(window: int, day: date) -> str:
    """The month (`2026-11`) before which a cohort has had its whole window by a day.

    A cohort has matured when the month that lies `window` months after its own lies wholly before the
    month of the day: whoever came on its last day has then had the window to the full.
    """
    return days.month_of(days.months_later(day.replace(day=1), -window))


def _member(standing: Standing, since: str, reached: date | None) -> Member | None:
    day = standing.dates.get(since)
    if day is None:
        return None
    left = standing.exited_on
    if reached is not None and left is not None and reached > left:
        reached = None
    return Member(day, reached)
