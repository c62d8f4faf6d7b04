"""What may be told of a table: nothing withheld can be computed from what is told."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.boards.public import released
from app.boards.withholding import moved, share, told, withheld_to

K = 3
SOME = settings(max_examples=30, deadline=None)
COUNTS = st.lists(st.integers(0, 9), min_size=1, max_size=4)


def as_table(counts):
    return dict(zip("ABCD", counts, strict=False))


@SOME
@given(COUNTS)
def test_what_is_withheld_has_several_numbers_that_all_told_is_true_of(counts):
    """Whoever knows the rule, and tries all tables that it would tell the same of."""
    table = as_table(counts)
    cells = told(table, K)
    if cells is None:
        return
    assert all(value is None or value == 0 or value >= K for value in cells.values())
    withheld = [key for key, value in cells.items() if value is None]
    left = sum(table[key] for key in withheld)
    possible = {key: set() for key in withheld}
    for guess in itertools.product(range(left + 1), repeat=len(withheld)):
        other = {**table, **dict(zip(withheld, guess, strict=True))}
        if sum(guess) == left and told(other, K) == cells:
            for key, value in zip(withheld, guess, strict=True):
                possible[key].add(value)
    assert all(len(values) > 1 for values in possible.values()), (table, cells, possible)


@SOME
@given(st.lists(COUNTS, min_size=1, max_size=3))
def test_where_one_table_of_a_family_is_withheld_whole_all_are(some):
    tables = {str(n): as_table(counts) for n, counts in enumerate(some)}
    whole = [withheld_to(table) is None for table in tables.values()]
    assert (released(tables) is None) == any(whole)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({}, {}),
        ({"A": 0, "B": 7}, {"A": 0, "B": 7}),
        ({"A": 4, "B": 9, "C": 30}, {"A": None, "B": None, "C": 30}),
        ({"A": 1, "B": 5, "C": 30}, {"A": None, "B": None, "C": None}),
        ({"A": 4, "B": 9, "C": 9, "D": 30}, {"A": None, "B": None, "C": None, "D": 30}),
        ({"A": 4, "B": 4, "C": 4}, None),
        ({"A": 3}, None),
        ({"A": 2, "B": 6}, None),
    ],
)
def test_the_next_larger_ones_are_withheld_too(table, expected):
    assert told(table, 5) == expected


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (10, 20, 50),
        (20, 20, 100),
        (0, 20, 0),
        (4, 20, None),
        (16, 20, None),
        (4, 4, None),
        (5, 1000, 1),
        (0, 0, None),
    ],
)
def test_a_share_is_of_enough(part, whole, expected):
    assert share(part, whole, 5) == expected


def test_by_how_much_tables_differ():
    assert moved({"A": 3, "B": 2}, {"B": 5, "C": 1}) == 7
