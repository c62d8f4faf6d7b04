"""What waits for what: orders are sound, and rings are named."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.projects.graphs import Cyclic, order

CASES = [
    ({}, []),
    ({"A": [], "B": ["A"]}, ["A", "B"]),
    ({"C": ["B"], "B": ["A"], "A": []}, ["A", "B", "C"]),
    ({"A": ["elsewhere"]}, ["A"]),
]


@pytest.mark.parametrize(("after", "expected"), CASES)
def test_each_stands_behind_what_it_waits_for(after, expected):
    assert order(after) == expected


def test_a_ring_is_named():
    with pytest.raises(Cyclic) as caught:
        order({"A": [], "B": ["A", "D"], "C": ["B"], "D": ["C"]})
    assert caught.value.cycle == ("B", "D", "C", "B")
    with pytest.raises(Cyclic):
        order({"A": ["A"]})


def test_a_long_chain_is_no_matter():
    chain = {str(n): [str(n + 1)] for n in range(5000)} | {"5000": []}
    assert order(chain)[0] == "5000"


codes = st.sampled_from("ABCDEF")


@given(st.dictionaries(codes, st.lists(codes, max_size=3, unique=True)))
@settings(max_examples=30, deadline=None)
def test_either_an_order_or_a_true_ring(after):
    ring, found = (), []
    try:
        found = order(after)
    except Cyclic as cyclic:
        ring = cyclic.cycle
    assert all(before in after[one] for one, before in pairwise(ring))
    assert ring[:1] == ring[-1:]
    assert sorted(found) == (sorted(after) if not ring else [])
    for place, code in enumerate(found):
        assert not {*found[place:]} & {*after[code]}
