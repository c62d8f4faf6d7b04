"""From values to points and ranks: tables of the rules, and laws that hold whatever the values."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.foundation.messages import LANGUAGES, say
from app.scoreboards.scoring import Value, scores
from app.scoreboards.stored import row_of, score_of
from app.scoreboards.template import (
    DIRECTIONS,
    MISSING,
    NORMALISATIONS,
    SMALL,
    Item,
    Template,
)
from tests.scoreboards.made import item, scored, template, value


@pytest.mark.parametrize(
    ("how", "values", "totals"),
    [
        ({"normalisation": "percent"}, (80, 45, 100), (80, 45, 100)),
        ({"normalisation": "percent", "direction": "down"}, (80, 0, 100), (20, 100, 0)),
        ({"normalisation": "percent", "cap": 60}, (80, 45, 100), (60, 45, 60)),
        ({"normalisation": "minmax"}, (10, 15, 20), (0, 50, 100)),
        ({"normalisation": "minmax"}, (7, 7, 7), (100, 100, 100)),
        ({"normalisation": "minmax", "direction": "down"}, (10, 15, 20), (100, 50, 0)),
        ({"normalisation": "rank"}, (1, 9, 5), ("33.33", 100, "66.67")),
        ({"normalisation": "rank"}, (9, 9, 5), (100, 100, "33.33")),
        ({"normalisation": "rank", "direction": "down"}, (1, 9, 5), (100, "33.33", "66.67")),
        ({"normalisation": "target", "target": "10"}, (5, 10, 30), (50, 100, 100)),
        ({"normalisation": "target", "target": "10", "cap": 150}, (5, 12, 30), (50, 120, 150)),
        (
            {"normalisation": "target", "target": "10", "direction": "down"},
            (20, 10, 0),
            (50, 100, 100),
        ),
        ({"normalisation": "target", "target": "10"}, (-5, 0, 10), (0, 0, 100)),
    ],
)
def test_normalising(how, values, totals):
    made = (
        template(item(**{"source": "projects.started"} | how))
        if how["normalisation"] != "percent"
        else template(item(**how))
    )
    found = scored(made, **dict(zip("abc", values, strict=True)))
    assert tuple(found[each].total for each in "abc") == tuple(map(Decimal, totals))


@pytest.mark.parametrize(
    ("now", "last", "total"),
    [(12, 10, 120), (30, 10, 150), (0, 0, 100), (3, 0, 150), (8, None, 0), (-3, -5, 100)],
)
def test_against_last_year(now, last, total):
    how = {"normalisation": "last_year", "source": "projects.started", "cap": 150}
    before = None if last is None else Decimal(last)
    found = scored(template(item(**how)), a=value(now, last=before), b=5)
    assert found["a"].total == total


def test_ties_share_a_rank_and_the_next_is_left_out():
    found = scored(template(item()), a=90, b=80, c=80, d=70, e=None)
    assert [found[each].rank for each in "abcde"] == [1, 2, 2, 4, None]


def test_what_looks_equal_is_equal():
    """Two scores that both read 66.67 are no first and second."""
    found = scored(template(item(weight=100)), a="66.671", b="66.672")
    assert found["a"].total == found["b"].total
    assert found["a"].rank == found["b"].rank == 1


SMALL_SAMPLE = value(90, sample=3)


@pytest.mark.parametrize(
    ("rule", "total", "small", "rank"), [("flag", 90, True, 1), ("exclude", None, False, None)]
)
def test_small_samples(rule, total, small, rank):
    found = scored(template(item(), small=rule), least=5, a=SMALL_SAMPLE, b=value(80, sample=5))
    assert (found["a"].total, found["a"].small, found["a"].rank) == (total, small, rank)
    assert (found["b"].small, found["b"].rank) == (False, 2 if rank else 1)
    assert "score.step.small" in {step.code for step in found["a"].items[0].steps}


def test_a_template_says_itself_what_is_small():
    found = scored(template(item(least=3)), least=5, a=SMALL_SAMPLE)
    assert not found["a"].small


def two_items(missing: str) -> Template:
    return template(item("a", weight=60), item("b", weight=40), missing=missing)


@pytest.mark.parametrize(("missing", "total"), [("spread", 90), ("zero", 54)])
def test_what_is_missing(missing, total):
    values = {"x": {"a": value(90), "b": value(None)}}
    [found] = scores(two_items(missing), values, {}, 0)
    assert (found.total, found.rank) == (total, 1)


def test_too_little_is_known_for_a_rank():
    values = {"x": {"a": value(None), "b": value(90)}, "y": {"a": value(50), "b": value(50)}}
    found = scores(two_items("spread"), values, {}, 0)
    assert [(each.subject, each.rank) for each in found] == [("y", 1), ("x", None)]
    assert found[1].why[0].code == "score.not_eligible"
    assert found[1].why[0].params == {"weight": 40, "least": 50}


def test_the_excluded_are_in_nobodys_range_and_shown():
    made = template(item(source="projects.started", normalisation="minmax"))
    found = scored(made, out={"c": "数据待核"}, a=10, b=20, c=100)
    assert (found["b"].total, found["b"].rank) == (100, 1)
    assert (found["c"].rank, found["c"].excluded) == (None, True)
    assert found["c"].why[0].params["reason"] == "数据待核"
    assert found["c"].items[0].value.value == 100


def test_too_few_firms_are_not_told_of():
    found = scored(template(item()), a=value(None, firms=2, withheld=True), b=70)
    codes = [step.code for step in found["a"].items[0].steps]
    assert codes == ["score.step.withheld", "score.step.missing_spread"]
    assert found["a"].rank is None


def test_every_step_is_said_in_numbers():
    made = template(item(source="projects.started", normalisation="minmax", weight=100))
    [minmax, weight] = scored(made, a=10, b=15, c=20)["b"].items[0].steps
    assert say(minmax.code, "zh", **minmax.params) == "（15 − 10）÷（20 − 10）× 100 = 50"
    assert say(weight.code, "zh", **weight.params) == "50 × 权重 100% = 50"


numbers = st.decimals(min_value=-50, max_value=150, places=1)
lasts = st.one_of(st.none(), numbers)
items = st.builds(
    Item,
    code=st.just("x"),
    name=st.just("x"),
    weight=st.integers(1, 100),
    source=st.just("projects.started"),
    normalisation=st.sampled_from(NORMALISATIONS),
    direction=st.sampled_from(DIRECTIONS),
    cap=st.integers(1, 200),
    target=st.decimals(min_value="0.1", max_value=100, places=1),
)
values_ = st.builds(
    Value,
    value=st.one_of(st.none(), numbers),
    last=lasts,
    sample=st.one_of(st.none(), st.integers(0, 9)),
)


@st.composite
def contests(draw):
    """A template whose weights are 100 together, and values of some subjects."""
    count = draw(st.integers(1, 4))
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=count - 1, max_size=count - 1)))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    made = tuple(
        replace(draw(items), code=f"i{n}", weight=weight) for n, weight in enumerate(weights)
    )
    found = Template(
        title="x",
        of="units",
        every="month",
        small=draw(st.sampled_from(SMALL)),
        missing=draw(st.sampled_from(MISSING)),
        items=made,
    )
    subjects = [f"s{n}" for n in range(draw(st.integers(1, 5)))]
    known = {each: {one.code: draw(values_) for one in made} for each in subjects}
    return found, known


@settings(max_examples=30, deadline=None)
@given(contests())
def test_scores_stay_within_bounds_and_sum_up(contest):
    made, values = contest
    best = max(each.cap for each in made.items)
    for each in scores(made, values, {}, 5):
        for one in each.items:
            assert one.normalised is None or 0 <= one.normalised <= one.item.cap
            assert one.points is None or 0 <= one.points * 100 <= one.item.cap * one.item.weight
        if each.total is not None:
            assert 0 <= each.total <= best
            weight = sum(one.item.weight for one in each.items if one.counts)
            points = sum(one.points for one in each.items if one.counts)
            assert abs(each.total - points * 100 / weight) <= Decimal("0.005")
    ranked = [each for each in scores(made, values, {}, 5) if each.rank]
    for each in ranked:
        assert each.rank == 1 + sum(other.total > each.total for other in ranked)


@settings(max_examples=60, deadline=None)
@given(contests(), st.data())
def test_a_better_value_never_lowers_a_score(contest, data):
    made, values = contest
    subject, one = sorted(values)[0], made.items[0]
    before = values[subject][one.code]
    if before.value is None:
        return
    step = data.draw(st.decimals(min_value=0, max_value=60, places=1))
    better = replace(before, value=before.value + (step if one.direction == "up" else -step))
    after = {**values, subject: {**values[subject], one.code: better}}
    [was] = [each for each in scores(made, values, {}, 5) if each.subject == subject]
    [now] = [each for each in scores(made, after, {}, 5) if each.subject == subject]
    assert (was.total is None) == (now.total is None)
    assert was.total is None or now.total >= was.total


@settings(max_examples=30, deadline=None)
@given(contests())
def test_what_is_stored_is_what_was_scored(contest):
    made, values = contest
    for each in scores(made, values, {"s1": "数据待核"}, 5):
        assert score_of(row_of(each), made) == each
        for reason in (*each.why, *(step for one in each.items for step in one.steps)):
            assert all(say(reason.code, language, **reason.params) for language in LANGUAGES)
