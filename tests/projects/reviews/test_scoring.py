"""Marks, what they come to, and what stands in the way of passing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from app.foundation.errors import Conflict
from app.projects.reviews import scoring
from app.projects.reviews.states import DECIDED, DECISIONS, NONE, SCORING, STATES, TABLE, after
from config import pack as packs
from config.review_terms import Criterion
from tests.config.test_pack import DISTRICT

TERMS = packs.load(DISTRICT).reviews
CODES = [each.code for each in TERMS.criteria]
CLEAN = {each.code: {"hit": False, "note": ""} for each in TERMS.red_lines}


def scored(person: str, *marks: int) -> dict[str, object]:
    return {"person": person, "name": person, "marks": dict(zip(CODES, marks, strict=True))}


def review(*scores, lines=CLEAN, reviewers=("甲", "乙")):
    named = [{"person": each, "name": each} for each in reviewers]
    return {"reviewers": named, "scores": list(scores), "red_lines": lines}


def test_weights_are_percent_of_the_whole():
    weighed = [Criterion("a", "", "", 30), Criterion("b", "", "", 70)]
    assert scoring.mark({"a": 100, "b": 50}, weighed) == 65
    assert scoring.total([], weighed) is None
    both = [{"marks": {"a": 100, "b": 50}}, {"marks": {"a": 0, "b": 1}}, {"marks": {"a": 9}}]
    assert scoring.total(both, weighed) == Fraction(657, 20)


@pytest.mark.parametrize(
    ("exact", "shown"),
    [(None, None), (Fraction(1, 3), "0.33"), (Fraction(1, 200), "0.01"), (Fraction(60), "60.00")],
)
def test_marks_are_shown_half_up(exact, shown):
    assert scoring.rounded(exact) == (None if shown is None else Decimal(shown))


@settings(max_examples=30)
@over(st.lists(st.tuples(*[st.integers(0, 100)] * len(CODES)), min_size=1, max_size=5))
def test_the_mean_lies_between_the_lowest_and_the_highest(marks):
    scores = [scored(str(at), *each) for at, each in enumerate(marks)]
    each = [scoring.mark(one["marks"], TERMS.criteria) for one in scores]
    found = scoring.total(scores, TERMS.criteria)
    assert 0 <= min(each) <= found <= max(each) <= 100


GOOD, POOR = (80, 80, 80, 80), (60, 60, 60, 59)


@pytest.mark.parametrize(
    ("made", "codes"),
    [
        (review(scored("甲", *GOOD), scored("乙", *GOOD)), []),
        (review(scored("甲", *GOOD)), ["review.scores_missing"]),
        (review(scored("甲", *GOOD), scored("丙", *GOOD)), ["review.scores_missing"]),
        (review(scored("甲", *POOR), scored("乙", *POOR)), ["review.below_least"]),
        (
            review(scored("甲", *GOOD), scored("乙", *GOOD), lines={}),
            ["review.red_lines_open"],
        ),
        (
            review(
                scored("甲", *(100,) * 4),
                scored("乙", *(100,) * 4),
                lines={**CLEAN, "ecology": {"hit": True, "note": "占用生态红线"}},
            ),
            ["review.red_line_hit"],
        ),
        (review(lines={}), ["review.scores_missing", "review.red_lines_open"]),
    ],
)
def test_what_stands_in_the_way(made, codes):
    assert [each.code for each in scoring.obstacles(made, TERMS)] == codes


def test_a_criterion_that_came_later_lacks_its_marks():
    more = (*TERMS.criteria, Criterion("later", "新指标", "New", 1))
    made = review(scored("甲", *GOOD), scored("乙", *GOOD))
    found = scoring.obstacles(made, replace(TERMS, criteria=more))
    assert [each.code for each in found] == ["review.scores_missing"]


def test_every_state_and_action_is_in_the_table_or_refused():
    for state in (NONE, *STATES):
        for action in ("open", "score", "answer", *DECISIONS):
            running = state == SCORING
            legal = not running if action == "open" else running
            assert ((state, action) in TABLE) is legal
            if legal:
                assert after(state, action) in STATES
            else:
                with pytest.raises(Conflict):
                    after(state, action)
    assert [after(SCORING, each) for each in DECISIONS] == list(DECIDED)
