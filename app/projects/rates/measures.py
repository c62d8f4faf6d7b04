"""The further metrics of projects: landing, yields, symmetry, days from step to step. Pure.

Source: "明确三年落地转化率、投入产出比、亩均税收等核心内容", and of symmetry
"推动项目进度和计划相对称、投入和产出相对称、税收贡献与政策扶持相对称". None of it says how it is reckoned:
the definitions are the district's. Money is 万元, land mu.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from app.foundation import days
from app.foundation.amounts import ZERO
from app.projects.rates import formulas
from app.projects.rates.firms import Firm
from app.projects.rates.standing import Standing
from config.rate_terms import RateTerms

STEP_DAYS = (
    ("days_to_file", "signed", "filed"),
    ("days_to_start", "filed", "started"),
    ("days_to_production", "started", "production"),
)
MEASURES = (
    "landing",
    "landing_matured",
    "input_output",
    "land_yield",
    "fiscal",
    "tax_per_mu",
    "plan_symmetry",
    "output_symmetry",
    "payout_symmetry",
    *(name for name, _, _ in STEP_DAYS),
)
_CENT, _HUNDRED = Decimal("0.01"), Decimal(100)


@dataclass(frozen=True, slots=True)
class Period:
    """Months of cohorts, both included, and the local day as of which it is reckoned."""

    first: str
    last: str
    day: date

    def has(self, day: date | None) -> bool:
        """Whether a day lies in its months."""
        return day is not None and self.first <= days.month_of(day) <= self.last


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of `count` projects or firms; None of nothing. `unranked` are left out of it as too young."""

    value: Decimal | None
    count: int
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    unranked: int = 0


NOTHING = Measure(None, 0)


def measures_of(
    found: Sequence[Standing], firms: Iterable[Firm], period: Period, terms: RateTerms
) -> dict[str, Measure]:
    """All of MEASURES for some projects and the firms whose they are."""
    known = list(firms)
    working = [each for each in found if "production" in each.dates and not each.exited_on]
    return {
        "landing": landing(found, period, terms, matured=False),
        "landing_matured": landing(found, period, terms, matured=True),
        "input_output": input_output(working),
        "land_yield": land_yield(working),
        "fiscal": fiscal(working),
        "tax_per_mu": tax_per_mu(known, period.day, terms),
        "plan_symmetry": plan_symmetry(found, period.day),
        "output_symmetry": output_symmetry(working),
        "payout_symmetry": payout_symmetry(known),
        **{name: between(found, period, *ends) for name, *ends in STEP_DAYS},
    }


def landing(
    found: Iterable[Standing], period: Period, terms: RateTerms, *, matured: bool
) -> Measure:
    """三年落地转化率: in production within the landing months of being signed ÷ signed in the period.

    %, by count. Matured: only of the months that have had that long. An exit is treated as by the five rates.
    """
    before = formulas.matured_before(terms.landing_months, period.day)
    of = [
        each
        for each in found
        if period.has(each.dates.get("signed"))
        and not (matured and days.month_of(each.dates["signed"]) >= before)
    ]
    landed = sum(_landed(each, terms.landing_months) for each in of)
    value = formulas.percent(landed, len(of))
    return Measure(value, len(of), Decimal(landed), Decimal(len(of)))


def input_output(working: Iterable[Standing]) -> Measure:
    """投入产出比: sales of the trailing twelve months ÷ all that was invested. 1, as 1 : x.

    Over projects in production that have not exited, where both are stated.
    """
    return _ratio((each.sales12, each.invested or None) for each in working)


def land_yield(working: Iterable[Standing]) -> Measure:
    """用地收益率: sales of the trailing twelve months ÷ land. 万元 per mu.

    Over projects in production that have not exited, where both are stated.
    """
    return _ratio((each.sales12, each.land_mu) for each in working)


def fiscal(working: Iterable[Standing]) -> Measure:
    """财税贡献率: tax of the trailing twelve months ÷ all that was invested. %.

    Over projects in production that have not exited, where both are stated.
    """
    return _ratio(((each.tax12, each.invested or None) for each in working), _HUNDRED)


def tax_per_mu(firms: Iterable[Firm], day: date, terms: RateTerms) -> Measure:
    """亩均税收: tax of the trailing twelve months ÷ land, owned and leased, by firm. 万元 per mu.

    Firms that have been in production for less than the district's months are not ranked, and not in it.
    """
    known = list(firms)
    ranked = [each for each in known if each.is_ranked(day, terms.unranked_months)]
    found = _ratio((each.tax, each.land_mu) for each in ranked)
    young = len(known) - len(ranked)
    return Measure(found.value, found.count, found.numerator, found.denominator, young)


def plan_symmetry(found: Iterable[Standing], day: date) -> Measure:
    """进度和计划相对称: actual investment of the year to date ÷ its part of the present plan.

    A ratio; 1 is in step. The part is months that are over ÷ 12; over the projects of the completion.
    """
    months = formulas.months_over(day.year, day)
    spent = [each for one in found if (each := formulas.completing(one, day.year))]
    part = Decimal(months) / 12
    return _ratio((sum(each.actual[:months], start=ZERO), each.plan * part) for each in spent)


def output_symmetry(working: Iterable[Standing]) -> Measure:
    """投入和产出相对称: (sales of twelve months ÷ promised) ÷ (invested ÷ planned investment).

    A ratio; 1 is in step. Over projects in production that have not exited, where all four are stated.
    """
    of = [
        each
        for each in working
        if each.sales12 is not None and each.promised_sales and each.investment and each.invested
    ]
    if not of:
        return NOTHING
    sales = _sum(each.sales12 for each in of) / _sum(each.promised_sales for each in of)
    money = _sum(each.invested for each in of) / _sum(each.investment for each in of)
    return Measure(_rounded(sales / money), len(of), _rounded(sales), _rounded(money))


def payout_symmetry(firms: Iterable[Firm]) -> Measure:
    """税收贡献与政策扶持相对称: tax of the trailing twelve months ÷ what was paid under policies in them. 1.

    Over firms in production that were paid anything then; null where none was.
    """
    return _ratio((each.tax, each.paid) for each in firms)


def between(found: Iterable[Standing], period: Period, start: str, end: str) -> Measure:
    """Days from a step to the next, the median, over projects that came to the next in the period. Days.

    What came the other way round is left out: it tells of the order of papers, not of time.
    """
    took = [
        (each.dates[end] - each.dates[start]).days
        for each in found
        if start in each.dates and period.has(each.dates.get(end))
    ]
    forward = [each for each in took if each >= 0]
    return Measure(Decimal(median(forward)) if forward else None, len(forward))


def _landed(standing: Standing, months: int) -> bool:
    day, signed = standing.dates.get("production"), standing.dates["signed"]
    if day is None or (standing.exited_on is not None and day > standing.exited_on):
        return False
    return day <= days.months_later(signed, months)


def _ratio(
    pairs: Iterable[tuple[Decimal | None, Decimal | None]], times: Decimal = Decimal(1)
) -> Measure:
    """The sum of the first ÷ the sum of the second, over the pairs of which both are known."""
    known = [(top, below) for top, below in pairs if top is not None and below]
    top, below = _sum(each for each, _ in known), _sum(each for _, each in known)
    value = _rounded(top / below * times) if below else None
    return Measure(value, len(known), _rounded(top), _rounded(below))


def _sum(values: Iterable[Decimal | None]) -> Decimal:
    return sum((each for each in values if each is not None), start=ZERO)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)
