"""A commitment held against what came of it; pure. Money 万元, land mu, days local."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.foundation import amounts, days
from app.projects.commitments.documents import DEADLINES
from app.projects.rates.standing import Standing

YES, NO, NOT_DUE, UNKNOWN = MET = ("yes", "no", "not_due", "unknown")
AMOUNTS = ("intensity", "tax_per_mu", "sales", "floor_ratio")
_REACHED = {"start_by": "started", "complete_by": "completed", "production_by": "production"}
_PLACES = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Compared:
    """An item of a commitment. `gap` is actual - promised; of a day how many days later, to today if open.

    `met`: yes; no (missed, or too late); not_due, while there is time; unknown, where the ledger lacks what
    it takes to say. The floor-area ratio is stated by somebody: `source`.
    """

    item: str
    promised: Decimal | date
    actual: Decimal | date | None
    gap: Decimal | int | None
    met: str
    source: str = ""


def compare(
    commitment: Mapping[str, Any], standing: Standing | None, today: date, target_months: int
) -> list[Compared]:
    """Each item that a stored commitment promises, beside its actual by the standing.

    Investment per mu is Σ actual investment ÷ land, due when building is to end or has; tax per mu is the
    trailing twelve months' tax ÷ land and sales those twelve months', due when it is to be on target, or
    `target_months` after production where no day was promised. Amounts are compared exact, and shown half up
    to 0.01. One that is not due but reached is met already.
    """
    rows = [_amount(commitment, name, standing, today, target_months) for name in AMOUNTS]
    rows += [_deadline(commitment, name, standing, today) for name in DEADLINES]
    return [row for row in rows if row is not None]


def _amount(
    commitment: Mapping[str, Any], name: str, standing: Standing | None, today: date, months: int
) -> Compared | None:
    promised = amounts.read(commitment.get(name))
    if promised is None:
        return None
    stated = name == "floor_ratio"
    source = (commitment.get("floor_ratio_source") or "") if stated else ""
    actual = amounts.read(commitment.get("floor_ratio_actual")) if stated else None
    if not stated and standing is not None:
        actual = _actual(name, standing)
    due = _due(commitment, name, standing, months)
    if actual is not None and actual >= promised:
        met = YES
    elif due is None or today <= due:
        met = NOT_DUE
    else:
        met = UNKNOWN if actual is None else NO
    gap = None if actual is None else _shown(actual - promised)
    return Compared(name, promised, None if actual is None else _shown(actual), gap, met, source)


def _actual(name: str, standing: Standing) -> Decimal | None:
    if name == "sales":
        return standing.sales12
    whole = standing.invested if name == "intensity" else standing.tax12
    return whole / standing.land_mu if whole is not None and standing.land_mu else None


def _due(
    commitment: Mapping[str, Any], name: str, standing: Standing | None, months: int
) -> date | None:
    """The day after which it is missed; None while nothing says."""
    dates = standing.dates if standing else {}
    if name in ("intensity", "floor_ratio"):
        return dates.get("completed") or _day(commitment, "complete_by")
    if promised := _day(commitment, "on_target_by"):
        return promised
    production = dates.get("production")
    return days.months_later(production, months) if production else None


def _deadline(
    commitment: Mapping[str, Any], name: str, standing: Standing | None, today: date
) -> Compared | None:
    promised = _day(commitment, name)
    if promised is None:
        return None
    if standing is None:
        return Compared(name, promised, None, None, NOT_DUE if today <= promised else UNKNOWN)
    stage = _REACHED.get(name)
    actual = standing.dates.get(stage) if stage else standing.on_target_on
    if actual is not None:
        return Compared(
            name, promised, actual, (actual - promised).days, YES if actual <= promised else NO
        )
    late = (today - promised).days
    return Compared(name, promised, None, late if late > 0 else None, NO if late > 0 else NOT_DUE)


def _day(commitment: Mapping[str, Any], name: str) -> date | None:
    text = commitment.get(name)
    return date.fromisoformat(text) if text else None


def _shown(value: Decimal) -> Decimal:
    return value.quantize(_PLACES, ROUND_HALF_UP)
