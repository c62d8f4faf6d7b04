"""Money and land are exact decimals, days and months text that sorts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from bson import Decimal128
from hypothesis import given, settings
from hypothesis import strategies as st

from app.foundation import amounts, days

DAYS = st.dates(date(1999, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "amount"),
    [("12", "12.00"), ("1,234.5", "1234.50"), (" -0.01 ", "-0.01"), ("999999999999.99",) * 2],
)
def test_an_amount_has_two_places(text, amount):
    assert str(amounts.money(text)) == amount


@pytest.mark.parametrize("wrong", ["1.234", "一百", "", "NaN", "1e99", 1.5, True, "Infinity"])
def test_what_is_no_amount(wrong):
    with pytest.raises(ValueError, match=r"exact|number|decimal"):
        amounts.money(wrong)


def test_land_has_three_places():
    assert str(amounts.land("33.335")) == "33.335"
    with pytest.raises(ValueError, match="exact"):
        amounts.land("0.0001")


@settings(max_examples=50)
@given(st.lists(st.decimals(-(10**11), 10**11, places=2), max_size=20))
def test_sums_are_exact_and_survive_storing(values):
    kept = [amounts.read(amounts.stored(value)) for value in values]
    assert amounts.total([*kept, None]) == sum(values, Decimal(0))


def test_what_was_kept_is_read_whatever_it_was():
    assert amounts.read(None) is None
    assert amounts.read(Decimal128("1.50")) == amounts.read(Decimal("1.50")) == Decimal("1.50")


@settings(max_examples=100)
@given(DAYS, st.integers(-300, 300))
def test_months_later_and_between_agree(day, count):
    later = days.months_later(day, count)
    assert days.month_of(later)[-2:] == f"{(day.month - 1 + count) % 12 + 1:02}"
    if day.day <= 28:
        assert days.months_between(day, later) == count
    assert days.months_later(days.months_later(day, 12), -12).month == day.month


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 1),  # February has no 31st: its last day counts
        (date(2026, 1, 15), date(2026, 2, 14), 0),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2026, 3, 1), date(2026, 1, 1), -2),
    ],
)
def test_whole_months_between(start, end, months):
    assert days.months_between(start, end) == months


def test_a_month_is_read_strictly():
    assert days.month("2026-11") == date(2026, 11, 1)
    assert days.end_of_month(date(2024, 2, 3)) == date(2024, 2, 29)
    for wrong in ("2026-13", "2026-1", "2026-11-01", "nonsense"):
        with pytest.raises(ValueError, match=r".*"):
            days.month(wrong)
