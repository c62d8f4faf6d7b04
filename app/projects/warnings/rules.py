"""The rules by which a project is warned of. Pure.

The speeches name 进度迟缓, 长期无法开工, 投资严重滞后, 投产失衡 and 严重违约; thresholds are the district's
(`config/district/warnings.yaml`, each with its source). Days are local, money is 万元. Documented delay
that government caused is taken off every clock, so it never makes or worsens a warning. What is not known
warns of nothing; a project that has left is not warned of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.foundation import days
from app.foundation.reasons import Reason
from app.projects.documents import EXITED, STAGES, SUSPENDED
from app.projects.rates.standing import Standing
from app.projects.warnings import spending
from app.projects.warnings.clocks import DAY, Clock, clock, months_after, next_month
from app.projects.warnings.facts import (
    BREACH,
    INVEST_LAG,
    NO_START,
    PROD_IMBALANCE,
    RED,
    SLOW,
    YELLOW,
    Evidence,
    Facts,
    Finding,
)
from config.warning_terms import WarningTerms

NODES = ("signed", "filed", "land", "started", "completed", "certificate", "production")
"""Stages whose planned month a project can be late for."""
BUILT = ("completed", "certificate", "production")


@dataclass(frozen=True, slots=True)
class Case:
    """What one project is judged by on a day."""

    standing: Standing
    facts: Facts
    terms: WarningTerms
    today: date

    def came(self, stage: str) -> date | None:
        """When it came to a stage."""
        return self.standing.dates.get(stage)

    @property
    def started(self) -> date | None:
        """The start, reported or recognised."""
        return self.came("started") or self.came("recognised")

    @property
    def built(self) -> bool:
        """Whether building has ended: it has completed, or is in production already."""
        return any(stage in self.standing.dates for stage in BUILT)

    def after(self, start: date, months: int) -> Clock:
        """The clock of so many months from a day on."""
        return months_after(start, months, self.facts.off, self.today)


def judge(standing: Standing, facts: Facts, terms: WarningTerms, today: date) -> dict[str, Finding]:
    """What a project is to be warned of on a day, by kind; the worst of the evidence first."""
    if standing.course == EXITED:
        return {}
    case = Case(standing, facts, terms, today)
    found = {kind: Finding(kind, _worst_first(rule(case))) for kind, rule in RULES.items()}
    return {kind: finding for kind, finding in found.items() if finding.evidence}


def slow(case: Case) -> Iterator[Evidence]:
    """进度迟缓: the start or a node past its planned month; investment behind the time of the year."""
    for stage in NODES:
        planned = case.standing.planned.get(stage)
        if planned is not None and not _reached(case.standing, stage):
            begun = _begun(case.standing, stage)
            yield from _late(case, f"warning.late.{stage}", begun, planned, {})
    for node in case.facts.milestones:
        said = {"title": node.title}
        yield from _late(case, "warning.late.milestone", node.made, node.due, said)
    yield from _behind(case)


def no_start(case: Case) -> Iterator[Evidence]:
    """长期无法开工: signed, filed, or to start by the land contract, long ago; and not started."""
    if case.started is not None or case.built:
        return
    terms = case.terms.no_start
    for level, code, start, months in (
        (YELLOW, "warning.signed_not_started", case.came("signed"), terms.signed_months),
        (RED, "warning.filed_not_started", case.came("filed"), terms.filed_months_red),
        (RED, "warning.land_not_started", case.facts.land_start, terms.land_months_red),
    ):
        if start is not None:
            yield from _over(case, level, code, case.after(start, months), months=months)


def invest_lag(case: Case) -> Iterator[Evidence]:
    """投资严重滞后: months without investment, too little paid in; suspended with too little done."""
    started = case.started
    if started is None or case.built:
        return
    terms, total = case.terms.invest_lag, case.standing.investment
    idle = spending.idle(case.standing, started, case.facts.off, _last_month(case))
    if len(idle) >= terms.zero_months:
        at = sorted(idle)
        since = next_month(days.month(at[terms.zero_months - 1]))
        said = {"months": len(idle), "from": at[0], "to": at[-1]}
        yield Evidence(YELLOW, since, Reason("warning.no_investment", said))
    paid = case.standing.paid_in
    if total and paid is not None and paid * 100 < total * terms.paid_percent:
        said = {"paid": str(paid), "of": str(total), "less": terms.paid_percent}
        due = case.after(started, terms.started_months)
        yield from _over(case, YELLOW, "warning.little_paid_in", due, **said)
    yield from _suspended(case, total)


def production(case: Case) -> Iterator[Evidence]:
    """投产失衡: completed and not in production; in production and far from the promised sales."""
    terms = case.terms.production
    completed, producing = case.came("completed"), case.came("production")
    if completed is not None and producing is None:
        months = terms.completed_months
        due = case.after(completed, months)
        yield from _over(case, YELLOW, "warning.not_in_production", due, months=months)
    if producing is not None:
        due = case.after(producing, terms.production_months_red)
        yield from _short(case, due, "sales", terms.sales_percent_red)


def breach(case: Case) -> Iterator[Evidence]:
    """严重违约: long after production far from promised sales or tax; falsified data; reds unanswered."""
    terms = case.terms.breach
    if producing := case.came("production"):
        due = case.after(producing, terms.production_months)
        yield from _short(case, due, "sales", terms.percent)
        yield from _short(case, due, "tax", terms.percent)
    for day in case.facts.falsified:
        yield Evidence(RED, day, Reason("warning.falsified", {"on": day.isoformat()}))
    if len(case.facts.unanswered) >= terms.reds:
        since = sorted(case.facts.unanswered)[terms.reds - 1]
        said = {"n": len(case.facts.unanswered), "days": terms.answer_days}
        yield Evidence(RED, since, Reason("warning.unanswered", said))


RULES: dict[str, Callable[[Case], Iterator[Evidence]]] = {
    SLOW: slow,
    NO_START: no_start,
    INVEST_LAG: invest_lag,
    PROD_IMBALANCE: production,
    BREACH: breach,
}


def last_month(terms: WarningTerms, today: date) -> date:
    """The first day of the last month whose figures are judged by a day."""
    back = 1 if today.day >= terms.figures_day else 2
    return days.months_later(today.replace(day=1), -back)


def _late(
    case: Case, code: str, begun: date, planned: date, said: dict[str, str]
) -> Iterator[Evidence]:
    """Past the planned month: from its first day after on, and months later in red."""
    terms, first = case.terms.slow, next_month(planned)
    yellow = clock(begun, first + (terms.late_days - 1) * DAY, case.facts.off, case.today)
    red = clock(begun, days.months_later(first, terms.late_months_red), case.facts.off, case.today)
    level, due = (RED, red) if red.over(case.today) else (YELLOW, yellow)
    yield from _over(case, level, code, due, planned=planned.isoformat(), **said)


def _behind(case: Case) -> Iterator[Evidence]:
    """Investment behind the time of the year, in percentage points of its plan."""
    if case.built:
        return
    gap = spending.gap(case.standing, case.facts.off, _last_month(case))
    terms = case.terms.slow
    if gap is None or gap.points < terms.gap_points:
        return
    said = {
        "year": gap.year,
        "months": gap.months,
        "points": str(gap.points),
        "actual": str(gap.actual),
        "plan": str(gap.plan),
        "off": gap.off,
    }
    level = RED if gap.points > terms.gap_points_red else YELLOW
    yield Evidence(level, gap.known_on, Reason("warning.behind", said))


def _suspended(case: Case, total: Decimal | None) -> Iterator[Evidence]:
    since, terms = case.standing.suspended_since, case.terms.invest_lag
    if case.standing.course != SUSPENDED or since is None:
        return
    due = case.after(since, terms.suspended_months_red)
    months = terms.suspended_months_red
    invested = case.standing.invested
    if total and invested is not None and invested * 100 < total * terms.invested_percent_red:
        said = {"invested": str(invested), "of": str(total), "months": months}
        less = terms.invested_percent_red
        yield from _over(case, RED, "warning.suspended_little_invested", due, less=less, **said)
    developed = case.facts.developed
    if developed is not None and Fraction(developed) < terms.developed_share_red:
        share = {"share": str(developed), "less": str(terms.developed_share_red)}
        yield from _over(
            case, RED, "warning.suspended_little_developed", due, months=months, **share
        )


def _short(case: Case, due: Clock, what: str, percent: int) -> Iterator[Evidence]:
    """In red when the clock is over and twelve months brought less than this share of what was promised."""
    promised = getattr(case.standing, f"promised_{what}")
    brought = getattr(case.standing, f"{what}12")
    if promised and brought is not None and brought * 100 < promised * percent:
        said = {
            "brought": str(brought),
            "promised": str(promised),
            "month": case.standing.last_month or "",
            "less": percent,
        }
        yield from _over(case, RED, f"warning.short_of_{what}", due, **said)


def _over(case: Case, level: str, code: str, due: Clock, **said: Any) -> Iterator[Evidence]:
    """Evidence that a clock is over."""
    if due.over(case.today):
        days_ = {"start": due.start.isoformat(), "due": due.due.isoformat(), "off": due.off}
        yield Evidence(level, due.due, Reason(code, {**days_, **said}))


def _worst_first(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(evidence, key=lambda each: each.level != RED))


def _reached(standing: Standing, stage: str) -> bool:
    """Whether it came to the stage or to a later one."""
    return any(each in standing.dates for each in STAGES[STAGES.index(stage) :]) or (
        "recognised" in standing.dates and STAGES.index(stage) <= STAGES.index("started")
    )


def _begun(standing: Standing, stage: str) -> date:
    """When the work towards a stage began: with the last stage before it that was reached."""
    before = STAGES[: STAGES.index(stage)]
    return max((d for s, d in standing.dates.items() if s in before), default=date.min)


def _last_month(case: Case) -> date:
    return last_month(case.terms, case.today)
