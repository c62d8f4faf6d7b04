"""What a policy gives: an amount rule as data. Pure; money is 万元 with two places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from app.foundation.amounts import ZERO
from app.foundation.reasons import Reason
from app.policies.rules.conditions import Facts, Figure

KINDS = ("fixed", "percent", "per_unit")
_CENT, _HUNDRED = Decimal("0.01"), Decimal(100)


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same for everybody."""

    amount: Decimal


@dataclass(frozen=True, slots=True)
class Percent:
    """So many percent of a figure; never more than `cap`, nor less than `floor` where anything is due."""

    percent: Decimal
    figure: Figure
    cap: Decimal | None = None
    floor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PerUnit:
    """So much for `each` of what a claim counts (`unit` is its word); bounds as of Percent."""

    each: Decimal
    unit: str
    cap: Decimal | None = None
    floor: Decimal | None = None


Rule = Fixed | Percent | PerUnit


@dataclass(frozen=True, slots=True)
class Estimate:
    """What would be due (None: cannot be told yet), why, and what is to be stated. `private` as of Judged."""

    amount: Decimal | None
    reason: Reason
    todo: Reason | None = None
    private: bool = False


def estimate(rule: Rule, facts: Facts, day: date, quantity: int | None = None) -> Estimate:
    """What the rule gives a firm as of a day; `quantity` is what its claim counts."""
    match rule:
        case Fixed():
            return Estimate(rule.amount, Reason("policy.amount.fixed"))
        case PerUnit():
            return _per_unit(rule, quantity)
        case Percent():
            return _percent(rule, facts, day)


def most(rule: Rule) -> Decimal | None:
    """What nobody gets more than; None where the rule says no such thing."""
    return rule.amount if isinstance(rule, Fixed) else rule.cap


def figures_of(rule: Rule) -> Iterator[Figure]:
    """The figures that a rule looks at."""
    if isinstance(rule, Percent):
        yield rule.figure


def _per_unit(rule: PerUnit, quantity: int | None) -> Estimate:
    if quantity is None:
        reason = Reason("policy.amount.quantity_needed", {"unit": rule.unit})
        return Estimate(None, reason, reason)
    params = {"quantity": quantity, "unit": rule.unit, "each": str(rule.each)}
    return Estimate(_bounded(rule.each * quantity, rule), Reason("policy.amount.per_unit", params))


def _percent(rule: Percent, facts: Facts, day: date) -> Estimate:
    figure = rule.figure
    kind, span = f"{figure.whose}_{figure.measure}", figure.months(day)
    params = {"first": span[0], "last": span[-1]}
    if gaps := facts.missing(figure, day):
        params |= {"least": "—", "months": "、".join(gaps)}
        todo = Reason(f"policy.todo.{kind}", params)
        return Estimate(None, Reason("policy.amount.figure_needed"), todo)
    total = facts.figures[figure].total
    params |= {"percent": f"{rule.percent.normalize():f}", "total": str(total)}
    amount = _bounded(total * rule.percent / _HUNDRED, rule)
    return Estimate(amount, Reason("policy.amount.percent", params), private=True)


def _bounded(raw: Decimal, rule: Percent | PerUnit) -> Decimal:
    """Half a cent goes up. Where nothing is due, no floor makes it something."""
    if raw <= 0:
        return ZERO
    amount = max(raw, rule.floor or ZERO)
    if rule.cap is not None:
        amount = min(amount, rule.cap)
    return amount.quantize(_CENT, ROUND_HALF_UP)
