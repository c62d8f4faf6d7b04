"""The formulas: public figures, what an exit does, what is never left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.foundation import district
from app.projects.rates import formulas, rollups
from app.projects.rates.formulas import STEPS
from app.projects.rates.rollups import Rates
from app.projects.rates.standing import Standing, of_row, row_of
from tests.projects.rates.made import DAYS, LAST, standing, standings, year


def rates_of(found: list[Standing], day: date = LAST, of_year: int = 2026) -> Rates:
    terms = district.pack().rates
    cells = [(span, values) for each in found for span, values in rollups.spans_of(each).items()]
    months = [(rollups.age_of(span, day, terms), v) for span, v in cells if len(span) == 7]
    years = [values for span, values in cells if span == str(of_year)]
    return rollups.rates_of(months, years, of_year, day, terms)


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"),
    [(63, 138, "45.7"), (25, 54, "46.3"), (38, 84, "45.2"), (307, 500, "61.4")],
)
def test_public_figures(numerator, denominator, percent):
    """泰州市 2022 and others, as printed."""
    assert formulas.percent(numerator, denominator) == Decimal(percent)


def test_the_public_gap():
    """常州市: 93.3 % after 9 months are 18.3 points ahead of time."""
    assert formulas.schedule_gap(Decimal("93.3"), Decimal(100), 9) == Decimal("18.3")


def test_of_nothing_there_is_no_rate(app):
    found = rates_of([])
    assert {each.count.percent for each in found.open.values()} == {None}
    assert found.completion.current.share.percent is None
    assert found.completion.current.gap is None
    assert all(each.small for each in found.open.values())


@pytest.mark.parametrize(
    ("rate", "dates", "fields"),
    [
        ("filed", {"signed": "2026-01-05", "filed": "2026-03-01"}, {}),
        ("started", {"filed": "2026-01-05", "started": "2026-03-01"}, {}),
        ("production", {"started": "2026-01-05", "production": "2026-03-01"}, {}),
        ("on_target", {"production": "2026-01-05"}, {"on_target_on": "2026-03-01"}),
    ],
)
@pytest.mark.parametrize(
    ("exited", "counts"), [(None, True), ("2026-03-01", True), ("2026-02-28", False)]
)
def test_an_exit_keeps_what_was_reached_by_then(rate, dates, fields, exited, counts):
    member = STEPS[rate](standing(dates=dates, exited_on=exited, **fields))
    assert member is not None
    assert member.by(LAST) is counts


@pytest.mark.parametrize(
    ("signed", "as_of", "matured"),
    [
        ("2026-01-01", "2026-04-30", False),
        ("2026-01-31", "2026-05-01", True),
        ("2026-02-01", "2026-05-31", False),
    ],
)
def test_a_cohort_matures_when_its_last_day_has_had_the_window(app, signed, as_of, matured):
    found = rates_of([standing(dates={"signed": signed})], date.fromisoformat(as_of))
    assert found.open["filed"].count.denominator == 1
    assert found.matured["filed"].count.denominator == int(matured)


@pytest.mark.parametrize(
    ("as_of", "months"),
    [
        ("2025-12-31", 0),
        ("2026-01-30", 0),
        ("2026-01-31", 1),
        ("2026-11-24", 10),
        ("2026-12-31", 12),
        ("2027-06-01", 12),
    ],
)
def test_a_month_is_over_on_its_last_day(as_of, months):
    assert formulas.months_over(2026, date.fromisoformat(as_of)) == months


@pytest.mark.parametrize(
    ("dates", "counted"),
    [
        ({}, False),
        ({"started": "2026-12-31"}, True),
        ({"started": "2027-01-01"}, False),
        ({"started": "2024-01-01", "completed": "2025-12-31"}, False),
        ({"started": "2024-01-01", "completed": "2026-01-01"}, True),
    ],
)
def test_the_completion_is_over_what_was_being_built(dates, counted):
    found = standing(dates=dates, years={"2026": year(100)})
    assert (formulas.completing(found, 2026) is not None) is counted


def test_a_plan_that_was_lowered_shows_both_rates(app):
    spent = year(80, 20, 20, first=100)
    found = rates_of([standing(dates={"started": "2025-01-01"}, years={"2026": spent})])
    assert found.completion.months == 10
    assert found.completion.first.share.percent == Decimal("40.0")
    assert found.completion.current.share.percent == Decimal("50.0")
    assert found.completion.current.gap == Decimal("-33.3")


def test_more_than_planned_is_all_and_the_amounts_say_the_rest(app):
    found = rates_of(
        [standing(dates={"started": "2025-01-01"}, years={"2026": year(100, 120)})]
    ).completion.current
    assert found.share.percent == Decimal(100)
    assert found.share.numerator == 120
    assert found.gap == Decimal("36.7")


def test_by_investment_large_projects_weigh_more(app):
    small = standing(dates={"signed": "2026-01-01"}, investment=Decimal(1000))
    large = standing(
        dates={"signed": "2026-01-01", "filed": "2026-01-09"}, investment=Decimal(9000)
    )
    found = rates_of([small, large]).open["filed"]
    assert (found.count.percent, found.money.percent) == (Decimal(50), Decimal(90))


def percents(found: Rates) -> list[Decimal | None]:
    steps = [each for kind in (found.open, found.matured) for each in kind.values()]
    plans = (found.completion.first, found.completion.current)
    return [
        *(share.percent for each in steps for share in (each.count, each.money)),
        *(each.share.percent for each in plans),
    ]


@settings(max_examples=30, deadline=None)
@given(found=st.lists(standings(), max_size=6), day=DAYS)
def test_no_rate_leaves_0_to_100(app, found, day):
    for each in percents(rates_of(found, day)):
        assert each is None or 0 <= each <= 100


@settings(max_examples=30, deadline=None)
@given(found=st.lists(standings(), min_size=1, max_size=5), exit_day=DAYS, data=st.data())
def test_an_exit_never_raises_a_rate(app, found, exit_day, data):
    at = data.draw(st.integers(0, len(found) - 1))
    before = [*found[:at], replace(found[at], exited_on=None), *found[at + 1 :]]
    after = [*found[:at], replace(found[at], exited_on=exit_day), *found[at + 1 :]]
    for was, now in zip(percents(rates_of(before)), percents(rates_of(after)), strict=True):
        assert (was is None) == (now is None)
        assert now is None or now <= was


@settings(max_examples=30, deadline=None)
@given(found=standings())
def test_a_standing_is_stored_and_read(found):
    assert of_row(row_of(found)) == found


@settings(max_examples=30, deadline=None)
@given(before=standings(), after=standings(), others=st.lists(standings(), max_size=3))
def test_cells_follow_a_change(before, after, others):
    held: rollups.Cells = {}
    for each in (before, *others):
        rollups.add(held, rollups.contributions(each))
    rollups.add(held, rollups.change(before, after))
    anew: rollups.Cells = {}
    for each in (after, *others):
        rollups.add(anew, rollups.contributions(each))
    assert held == anew
