"""Standings by hand, for the pure rules."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bson import ObjectId
from hypothesis import strategies as st

from app.projects.rates.standing import Standing, Year

MADE_AT = datetime(2026, 11, 24, tzinfo=UTC)
LAST = date(2026, 11, 24)


def standing(**fields: Any) -> Standing:
    """One of nothing but what is named; days as text."""
    plain = {
        "id": ObjectId(),
        "code": "XM1",
        "name": "扩建",
        "enterprise": None,
        "unit": "321204002",
        "industry": "equipment",
        "level": "district",
        "kind": "new",
        "size_class": None,
        "leader": None,
        "commissioner": None,
        "course": "going",
        "suspensions": (),
        "planned": {},
        "years": {},
        "zero_months": 0,
        "made_at": MADE_AT,
    }
    nothing = ("investment", "promised_sales", "promised_tax", "land_mu", "suspended_since")
    nothing += ("exited_on", "on_target_on", "sales12", "tax12", "last_month")
    nothing += ("invested", "paid_in")
    days = {name: day(each) for name, each in fields.pop("dates", {}).items()}
    ends = ("exited_on", "on_target_on")
    fields |= {name: day(fields[name]) for name in ends if name in fields}
    return Standing(**(dict.fromkeys(nothing) | plain | fields), dates=days)


def day(text: str | date | None) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else text


def year(plan: int, *actual: int | None, first: int | None = None) -> Year:
    stated = [None if each is None else Decimal(each) for each in actual]
    months = tuple(stated + [None] * (12 - len(stated)))
    return Year(Decimal(plan if first is None else first), Decimal(plan), months)


DAYS = st.dates(date(2023, 1, 1), LAST)
MONEY = st.decimals(0, 100_000, places=2)
STEPS = ("signed", "filed", "started", "completed", "production")


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """Any, in any order of days."""
    dates = {name: draw(DAYS) for name in STEPS if draw(st.booleans())}
    actual = draw(st.lists(st.none() | MONEY, min_size=12, max_size=12))
    years = {str(each): Year(draw(MONEY), draw(MONEY), tuple(actual)) for each in (2025, 2026)}
    return standing(
        dates=dates,
        exited_on=draw(st.none() | DAYS),
        on_target_on=draw(st.none() | DAYS),
        investment=draw(st.none() | MONEY),
        years=years if draw(st.booleans()) else {},
        unit=draw(st.sampled_from(("A", "B"))),
        industry=draw(st.sampled_from(("x", "y"))),
    )
