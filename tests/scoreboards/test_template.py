"""Templates as data: the pack's, what is wrong with others, and the periods they are of."""

from __future__ import annotations

import pytest

from app.foundation.district import pack
from app.foundation.errors import Invalid
from app.scoreboards import periods
from app.scoreboards.template import check_publishable, content_of, template_of
from tests.scoreboards.made import content, item


def shipped(code):
    return next(each for each in pack().scoreboards.contests if each.code == code)


def test_nothing_is_invented_where_the_items_are_not_known(app):
    assert template_of(shipped("contest_5").content).items == ()
    three = template_of(shipped("contest_3_1").content)
    assert [each.source for each in three.items] == ["projects.started", "projects.completed"]
    assert {each.options["size_class"] for each in three.items} == {"gte_500m"}
    assert {each.code for each in pack().scoreboards.contests if each.basis == "public"} == {
        "contest_3_1"
    }


def test_the_packs_can_be_published_or_are_empty(app):
    for each in pack().scoreboards.contests:
        made = template_of(each.content)
        assert template_of(content_of(made)) == made
        if made.items:
            check_publishable(made)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (content(item(source="rates.nobody")), "items.0.source"),
        (content(item(source="visits.visits")), "items.0.source"),
        (content(item(), of="enterprises"), "of"),
        (content(item(source="metrics.input_output")), "items.0.normalisation"),
        (content(item(normalisation="target")), "items.0.target"),
        (content(item(normalisation="target", target="-1")), "items.0.target"),
        (content(item(normalisation="target", target="1e-300")), "items.0.target"),
        (content(item(normalisation="target", target="0.00001")), "items.0.target"),
        (content(item(options={"size_class": "gte_500m"})), "items.0.options.size_class"),
        (content(item(options={"cohort": "ripe"})), "items.0.options.cohort"),
        (content(item(weight=101)), "items.0.weight"),
        (content(item(cap=0)), "items.0.cap"),
        (content(item(), item()), "items.1.code"),
        (content(item(extra=1)), "items.0.extra"),
        (content(item(), every="week"), "every"),
    ],
)
def test_what_is_wrong_is_named(app, wrong, field):
    with pytest.raises(Invalid) as caught:
        template_of(wrong)
    assert field in caught.value.fields


@pytest.mark.parametrize(
    ("items", "code"),
    [((), "scoreboard.no_items"), ((item(weight=99),), "scoreboard.weights")],
)
def test_what_cannot_be_published(app, items, code):
    with pytest.raises(Invalid) as caught:
        check_publishable(template_of(content(*items)))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("code", "first", "last", "following", "year_before"),
    [
        ("2026-12", "2026-12", "2026-12", "2027-01", "2025-12"),
        ("2026-Q4", "2026-10", "2026-12", "2027-Q1", "2025-Q4"),
        ("2026", "2026-01", "2026-12", "2027", "2025"),
    ],
)
def test_periods(code, first, last, following, year_before):
    found = periods.of(code)
    assert (found.first, found.last) == (first, last)
    assert periods.following(found).code == following
    assert periods.year_before(found).code == year_before
    assert periods.holding(found.ends, found.every) == found
    assert (found.over(found.ends), found.begun(found.begins)) == (False, True)


@pytest.mark.parametrize("code", ["2026-13", "2026-Q5", "26", "2026-1", "2026-Q4\n", "1999"])
def test_no_periods(code):
    with pytest.raises(ValueError, match=code.strip()):
        periods.of(code)


def test_a_quarter_is_no_month():
    with pytest.raises(ValueError, match="2026-Q4"):
        periods.of("2026-Q4", "month")
