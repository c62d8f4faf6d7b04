"""投产失衡 of a unit: a rate of its projects far below the district's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from bson import ObjectId

from app.foundation import days
from app.foundation.district import pack
from app.foundation.reasons import Reason
from app.people.who import Held, Who
from app.projects.rates import queries
from app.projects.rates.formulas import ON_TARGET, PRODUCTION
from app.projects.rates.queries import Asked
from app.projects.rates.rollups import Stepped
from app.projects.warnings.documents import KeptWarning
from app.projects.warnings.facts import PROD_IMBALANCE, YELLOW, Evidence, Finding
from app.projects.warnings.keeping import carry_out
from app.projects.warnings.steps import Subject, step_of
from config.warning_terms import ProductionTerms

WATCHED = (PRODUCTION, ON_TARGET)
ALL_COHORTS = "1990-01"
_HOUSE = Who(ObjectId("0" * 24), "", (Held("admin"),))
"""The rates are asked for as somebody asks who sees all of them."""


def judge(now: datetime) -> None:
    """Let the warnings of units be what the matured rates say. Joins the surrounding transaction.

    Over all cohorts that had their time. Raises what `keeping.carry_out` raises.
    """
    answer = queries.rates(_HOUSE, Asked(by="unit", first=ALL_COHORTS), now)
    rates = {str(line.group[0]): line.rates.matured for line in answer.lines}
    query = {"project": None, "cleared_at": None}
    live = {row["unit"]: row for row in KeptWarning.rows().find(query)}
    terms, today = pack().warnings.production, days.today(now)
    steps = []
    for unit in {*rates, *live}:
        evidence = tuple(below(rates.get(unit, {}), answer.total.matured, terms, today))
        finding = Finding(PROD_IMBALANCE, evidence) if evidence else None
        steps.append(step_of(Subject(unit), live.get(unit), finding, now))
    carry_out([step for step in steps if step is not None], now)


def below(
    unit: Mapping[str, Stepped],
    district: Mapping[str, Stepped],
    terms: ProductionTerms,
    today: date,
) -> Iterator[Evidence]:
    """Which watched rates of a unit, by count, lie so many points below the district's. Pure.

    Source: assumption. Those of too few projects say nothing.
    """
    month = days.month_of(today)
    for rate in WATCHED:
        own, all_ = unit.get(rate), district.get(rate)
        if own is None or all_ is None or own.count.denominator < terms.unit_least:
            continue
        mine, theirs = own.count.percent, all_.count.percent
        if mine is None or theirs is None or theirs - mine < Decimal(terms.unit_points):
            continue
        said = {
            "unit": str(mine),
            "district": str(theirs),
            "points": str(theirs - mine),
            "n": int(own.count.denominator),
            "month": month,
        }
        first = today.replace(day=1)
        yield Evidence(YELLOW, first, Reason(f"warning.unit_{rate}", said))
