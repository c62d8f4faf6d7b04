"""How two decisions are set against how an issue ended, and how parts are counted together."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.comparing import MOST_EXAMPLES, Case, Ended, Placed, Tally, tally, verdict


def to(department, category="甲", **more):
    return Placed(department, category, more.get("urgent", False), more.get("restricted", False))


CASES = [
    # before, after, ended by, what that is
    (to("A"), to("A"), Ended("B", "甲"), "same"),
    (to("A"), to("B"), Ended("B", "乙"), "better"),
    (to(None), to("B"), Ended("B", "甲"), "better"),
    (to("A"), to("B"), Ended("A", "甲"), "worse"),
    (to("A"), to(None), Ended("A", "甲"), "worse"),
    (to("A"), to("B"), Ended("C", "甲"), "both_wrong"),
    (to("A"), to(None), Ended("C", "甲"), "both_wrong"),
    (to("A"), to("B"), Ended(None, "甲"), "unknown"),
    (to("A", "甲"), to("A", "乙"), Ended("A", "乙"), "better"),
    (to("A", "甲"), to("A", "乙"), Ended("A", "甲"), "worse"),
    (to("A", "甲"), to("A", "乙"), Ended("A", "丙"), "both_wrong"),
    (to("A", "甲"), to("A", "乙"), Ended("B", "乙"), "both_wrong"),
]


@pytest.mark.parametrize(("before", "after", "ended", "found"), CASES)
def test_which_of_the_two_is_right(before, after, ended, found):
    assert verdict(before, after, ended) == found


def test_trading_places_turns_better_into_worse():
    turned = {"better": "worse", "worse": "better"}
    places = [to(d, c) for d, c in product((None, "A", "B"), ("甲", "乙"))]
    for before, after, by, category in product(places, places, (None, "A", "B"), ("甲", "乙")):
        ended = Ended(by, category)
        found = verdict(before, after, ended)
        assert verdict(after, before, ended) == turned.get(found, found)


DEPARTMENTS = st.none() | st.sampled_from("ABC")
CATEGORIES = st.sampled_from("甲乙")
PLACED = st.builds(
    Placed,
    department=DEPARTMENTS,
    category=CATEGORIES,
    urgent=st.booleans(),
    restricted=st.booleans(),
    terms=st.sampled_from([(), (1,)]),
    fits=st.lists(st.sampled_from(["a.b", "$c"]), unique=True).map(tuple),
)
CASE = st.builds(
    Case,
    id=st.integers(0, 10**6).map(str),
    number=st.just("JY1"),
    text=st.text(max_size=60),
    before=PLACED,
    after=PLACED,
    ended=st.builds(Ended, department=DEPARTMENTS, category=CATEGORIES),
    secret=st.booleans(),
)


def counted(cases):
    made = Tally()
    for each in cases:
        made.add(each)
    return made


def told(row):
    return {name: sorted(map(repr, row[name])) for name in ("by_category", "by_pair", "fits")}


@given(st.lists(st.lists(CASE, max_size=30), max_size=5))
def test_the_whole_is_the_sum_of_its_parts_in_any_order(parts):
    whole = counted(each for part in parts for each in part).as_row()
    for order in (parts, parts[::-1]):
        merged = Tally()
        for part in order:
            merged.merge(tally(counted(part).as_row()))
        row = merged.as_row()
        assert row["counts"] == whole["counts"]
        assert told(row) == told(whole)
        shown = [(each["verdict"], each["id"]) for each in row["examples"]]
        assert shown == [(each["verdict"], each["id"]) for each in whole["examples"]]


@given(st.lists(CASE, max_size=120))
def test_what_is_secret_is_counted_and_not_shown(cases):
    row = counted(cases).as_row()
    assert row["counts"].get("issues", 0) == len(cases)
    secret = {each.id for each in cases if each.secret} - {e.id for e in cases if not e.secret}
    assert secret.isdisjoint(each["id"] for each in row["examples"])
    assert len(row["examples"]) <= MOST_EXAMPLES
    assert all(len(each["text"]) <= 40 for each in row["examples"])


def test_what_would_be_worse_is_shown_first():
    cases = [
        Case(f"{n:03}", "JY1", "文", before, after, ended, secret=False)
        for n, (before, after, ended, _) in enumerate(CASES * 10)
    ]
    shown = [each["verdict"] for each in counted(cases).as_row()["examples"]]
    assert shown == ["worse"] * 30 + ["both_wrong"] * 20
