"""The metrics that a contest may score: what each is of, and what can be chosen about it. Pure.

None is of a single enterprise. Metrics `of_firms` are made of tax or sales of firms: they count only where
at least the district's number of firms is behind them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.projects.documents import LEVELS, SIZES
from app.projects.rates.formulas import COMPLETION, ON_TARGET, STEPS
from app.projects.rates.measures import MEASURES
from app.reports.rates import RATES as WORK

UNITS, DEPARTMENTS, COMMISSIONERS = KINDS = ("units", "departments", "commissioners")
CLERKS = "clerks"
"""Not scored in contests, but appraised."""
ENTERED = "entered"
GAP = "completion_gap"
COUNTED = ("signed", "filed", "started", "completed", "production")
VISITS = ("visits", "firms", "issues", *(VISIT_SHARES := ("photos_verified", "quotas_met")))
COVERAGE, HOURS = "coverage", "hours_to_answer"
PERIOD, YEAR_TO_DATE = WINDOWS = ("period", "year")
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "measure": ("count", "money"),
    "cohort": ("open", "matured"),
    "plan": ("current", "first"),
    "window": WINDOWS,
    "size_class": tuple(code for code, _ in SIZES),
    "level": LEVELS,
    "industry": (),
}
"""What can be chosen, the first by itself; of industries any."""
_OF_SALES_AND_TAX = {
    "input_output",
    "land_yield",
    "fiscal",
    "tax_per_mu",
    "output_symmetry",
    "payout_symmetry",
}
_PERCENT = {"landing", "landing_matured", "fiscal"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """`percent`: its values are from 0 to 100. `family` is who reads it, `name` what it is called there."""

    family: str
    name: str
    of: tuple[str, ...]
    percent: bool = False
    options: tuple[str, ...] = ()
    of_firms: bool = False

    @property
    def code(self) -> str:
        """What templates call it."""
        return f"{self.family}.{self.name}"


_PROJECTS, _NARROWING = (UNITS, COMMISSIONERS), ("level", "industry")


def _five() -> list[Metric]:
    steps = [
        Metric(
            family="rates",
            name=rate,
            of=_PROJECTS,
            percent=True,
            options=("measure", "cohort", "window", *_NARROWING),
            of_firms=rate == ON_TARGET,
        )
        for rate in STEPS
    ]
    options = ("plan", *_NARROWING)
    return [
        *steps,
        Metric(family="rates", name=COMPLETION, of=_PROJECTS, percent=True, options=options),
        Metric(family="rates", name=GAP, of=_PROJECTS, options=options),
    ]


def _of_projects() -> list[Metric]:
    further = [
        Metric(
            family="metrics",
            name=name,
            of=_PROJECTS,
            percent=name in _PERCENT,
            options=("window", *_NARROWING),
            of_firms=name in _OF_SALES_AND_TAX,
        )
        for name in MEASURES
    ]
    options = ("window", "size_class", *_NARROWING)
    counted = [
        Metric(family="projects", name=name, of=_PROJECTS, options=options) for name in COUNTED
    ]
    return [*further, *counted]


def _of_people() -> list[Metric]:
    work = [
        Metric(family="work", name=name, of=(*KINDS, CLERKS), percent=name != HOURS)
        for name in (*WORK, COVERAGE, HOURS)
    ]
    visits = [
        Metric(family="visits", name=name, of=(COMMISSIONERS,), percent=name in VISIT_SHARES)
        for name in VISITS
    ]
    return [*work, *visits]


METRICS: Mapping[str, Metric] = {
    each.code: each for each in (*_five(), *_of_projects(), *_of_people())
}
"""By code, such as `rates.filed`."""
BY_HAND = Metric(family=ENTERED, name=ENTERED, of=KINDS, percent=True)
"""A figure that somebody enters: what no rule can compute."""
