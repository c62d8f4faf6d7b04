"""What differs between two versions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rulebooks.differing import Changed, Listed, differences
from config.routing_terms import terms_of
from tests.rulebooks.stories import content, rule


def compared(before, after):
    return differences(terms_of(before, "before"), terms_of(after, "after"))


A, B, C, D = (rule(name, "HOUSING") for name in "甲乙丙丁")
RULES = [
    ([], [A], Listed(added=("甲",))),
    ([A], [], Listed(removed=("甲",))),
    ([A], [{**A, "note": "为什么"}], Listed(changed=("甲",))),
    ([A, B, C], [C, A, B], Listed(moved=("丙",))),
    ([A, B, C, D], [B, C, D, A], Listed(moved=("甲",))),
    ([A, B], [C, B, A], Listed(added=("丙",), moved=("乙",))),
    ([A, B], [A, B], Listed()),
    ([A, A], [A], Listed(removed=("#2",))),
    ([{"when": {}}], [{"when": {}, "then": {}}], Listed(changed=("#1",))),
]


@pytest.mark.parametrize(("before", "after", "found"), RULES)
def test_rules_that_came_went_changed_and_moved(before, after, found):
    assert compared(content(*before), content(*after)).rules == found


def test_words_numbers_and_restrictions():
    before = content(urgent_words=["爆炸", "停产"], negation_reach=4)
    other = {"code": "petition", "name": "信访事项", "way": "向信访部门反映"}
    same = before["restrictions"][0]
    after = content(
        urgent_words=["停产", "燃气泄漏"],
        negation_reach=5,
        thresholds={**before["thresholds"], "place": 0.9},
        restrictions=[other, {**same, "way": "拨打12388"}],
    )
    found = compared(before, after)
    assert found.words == {"urgent_words": Listed(added=("燃气泄漏",), removed=("爆炸",))}
    assert found.numbers == (Changed("place", 0.8, 0.9), Changed("negation_reach", 4, 5))
    assert found.restrictions.added == ("petition",)
    assert found.restrictions.changed == (same["code"],)


def test_lists_that_rules_call_by_name():
    found = compared(content(lists={"lift": ["电梯"]}), content(lists={"road": ["道路"]})).words
    assert found == {"@lift": Listed(removed=("电梯",)), "@road": Listed(added=("道路",))}


def test_words_have_no_order():
    found = compared(content(negations=["没", "未"]), content(negations=["未", "没"]))
    assert found.words == {}


NAMES = st.lists(st.sampled_from("甲乙丙丁戊己庚辛"), unique=True, max_size=8)


@given(NAMES, NAMES)
def test_without_what_came_went_and_moved_both_are_in_the_same_order(before, after):
    made = [content(*(rule(name, "HOUSING") for name in names)) for names in (before, after)]
    found = compared(*made).rules
    gone = {*found.added, *found.removed, *found.moved}
    assert [n for n in before if n not in gone] == [n for n in after if n not in gone]
    assert {*found.added} == {*after} - {*before}
    assert found.changed == ()
    assert compared(made[0], made[0]).rules == Listed()
