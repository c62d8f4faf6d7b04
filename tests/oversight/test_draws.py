"""Lots: the same for everybody who draws again, fair, and bound to seed and population."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.oversight import draws
from app.oversight.draws import Item

SEED = hashlib.sha256(b"one").hexdigest()
few = settings(max_examples=30, deadline=None)
ids = st.sets(st.text("0123456789abcdef", min_size=4, max_size=8), min_size=1, max_size=30)
strata = st.sampled_from(["", "a", "b", "c"])
seeds = st.binary(min_size=32, max_size=32).map(bytes.hex)


@st.composite
def populations(draw) -> list[Item]:
    return [Item(each, draw(strata)) for each in sorted(draw(ids))]


def names(drawn: draws.Drawn) -> list[str]:
    return [lot.item.id for lot in drawn.lots]


@few
@given(seeds, populations(), st.integers(0, 40), st.randoms())
def test_the_same_again_whatever_the_order_and_nobody_twice(seed, items, size, random):
    first = draws.draw(seed, items, size)
    mixed = random.sample(items, len(items))
    assert draws.draw(seed, [*mixed, items[0]], size) == first
    assert len({*names(first)}) == len(first.lots) == min(size, len(items))
    assert {lot.item for lot in first.lots} <= {*items}


@few
@given(populations(), st.data())
def test_another_id_or_stratum_is_another_population(items, data):
    at = data.draw(st.integers(0, len(items) - 1))
    before = draws.population_hash(items)
    for other in (Item("zzzz", items[at].stratum), Item(items[at].id, "other")):
        assert draws.population_hash([*items[:at], other, *items[at + 1 :]]) != before
    assert draws.population_hash([*items, Item("zzzz")]) != before


@few
@given(populations(), st.integers(0, 40))
def test_strata_share_to_within_one(items, size):
    drawn = draws.draw(SEED, items, size)
    got = Counter(lot.item.stratum for lot in drawn.lots)
    for name, count in Counter(each.stratum for each in items).items():
        exact = min(size, len(items)) * count / len(items)
        assert abs(got[name] - exact) < 1
        assert got[name] <= count


def test_anybody_can_make_it_again_from_what_is_shown():
    items = [Item(f"ticket:{n:024x}") for n in range(50)]
    drawn = draws.draw(SEED, items, 5)
    lines = "".join(f"{name} \n" for name in sorted(each.id for each in items))
    digest = hashlib.sha256(lines.encode()).hexdigest()
    key = bytes.fromhex(SEED)

    def rank(name: str) -> str:
        return hmac.new(key, f"{digest}:{name}".encode(), hashlib.sha256).hexdigest()

    assert drawn.commitment == hashlib.sha256(key).hexdigest()
    assert drawn.population_hash == digest
    assert names(drawn) == sorted((each.id for each in items), key=rank)[:5]


@pytest.mark.parametrize("stratum", [lambda n: "", lambda n: "ab"[n % 2]])
def test_everybody_has_about_the_same_chance(stratum):
    """A quarter of 20, by 400 fixed seeds: 100 each, give or take five standard deviations (8.7)."""
    items = [Item(f"{n:02}", stratum(n)) for n in range(20)]
    counts: Counter[str] = Counter()
    for n in range(400):
        counts.update(names(draws.draw(hashlib.sha256(f"{n}".encode()).hexdigest(), items, 5)))
    assert sum(counts.values()) == 2000
    assert all(57 <= counts[each.id] <= 143 for each in items), counts
    expected = 100
    # The 99.9 % point of chi-square with 19 degrees of freedom, larger than what lots without return give.
    assert sum((counts[each.id] - expected) ** 2 / expected for each in items) < 43.8


@pytest.mark.parametrize(
    ("count", "size", "percent", "drawn"),
    [
        (10, 3, None, 3),
        (2, 3, None, 2),
        (10, None, 25, 3),
        (1, None, 1, 1),
        (0, None, 50, 0),
        (200, None, 100, 200),
    ],
)
def test_how_many(count, size, percent, drawn):
    assert draws.wanted(count, size=size, percent=percent) == drawn


@pytest.mark.parametrize("seed", ["00", "zz" * 32, "00" * 33])
def test_an_unfit_seed(seed):
    with pytest.raises(ValueError, match=r"seed|hex"):
        draws.draw(seed, [Item("a")], 1)


def test_nobody_is_in_two_strata():
    with pytest.raises(ValueError, match="two strata"):
        draws.draw(SEED, [Item("a", "x"), Item("a", "y")], 1)
