"""The way of a day's round, what a start-up is, and how often is often enough; pure."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given as examples
from hypothesis import settings, strategies

from app.foundation.geo import distance_m
from app.reports.quotas import Quota, wanted
from app.reports.rounds import is_startup
from app.reports.routes import legs_of, route

POINTS = strategies.tuples(
    strategies.floats(32.3, 32.7, allow_nan=False), strategies.floats(119.8, 120.3, allow_nan=False)
)


class TestTheWay:
    @settings(max_examples=30, deadline=None)
    @examples(strategies.lists(POINTS, max_size=8), strategies.none() | POINTS)
    def test_it_visits_all_and_is_never_longer_than_the_order_given(self, points, start):
        order = route(points, start)
        assert sorted(order) == list(range(len(points)))
        assert route(points, start) == order
        if points and start is None:
            assert order[0] == 0
        given = [start, *points] if start else points
        unsorted = sum(distance_m(a, b) for a, b in pairwise(given))
        assert sum(legs_of(points, order, start)) <= unsorted + 0.01

    def test_there_and_not_to_and_fro(self):
        east = [(32.5, 120.0 + step / 100) for step in (1, 5, 2, 4, 3)]
        assert route(east, (32.5, 120.0)) == [0, 2, 4, 3, 1]


@pytest.mark.parametrize(
    ("production", "startup"),
    [
        (None, False),
        ("2026-11-25", False),
        ("2026-11-24", True),
        ("2024-11-25", True),
        ("2024-11-24", False),
        ("2010-01-01", False),
    ],
)
def test_a_start_up_is_within_two_years_of_production(production, startup):
    assert is_startup(production, date(2026, 11, 24)) is startup


@pytest.mark.parametrize(
    ("growth_class", "most"),
    [("new", 4), ("potential", 2), ("rising", 1), ("above_scale", 1), (None, 1), ("other", 1)],
)
def test_quotas_go_by_the_class_of_growth(growth_class, most):
    assert wanted(growth_class) == most
    assert [Quota(most, made).missing for made in (0, most, most + 3)] == [most, 0, 0]
