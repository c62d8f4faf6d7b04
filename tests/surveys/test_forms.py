"""What makes a form, and what may be answered to it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from app.foundation.errors import Invalid
from app.surveys.forms import check, question, questions
from app.surveys.reading import asked, fed, read, shown, suggested
from app.surveys.veiling import veiled
from tests.surveys.stories import QUESTIONS, YES

FORM = questions(QUESTIONS)


def one(**said: Any) -> Any:
    return question({"key": "a", "text": "问", "type": "text", **said})


@pytest.mark.parametrize(
    ("form", "blamed"),
    [
        ([one(), one()], "questions.1.key"),
        ([one(key="A b")], "questions.0.key"),
        ([one(type="choice", choices=["甲"])], "questions.0.choices"),
        ([one(type="multi", choices=["甲", "甲"])], "questions.0.choices"),
        ([one(choices=["甲", "乙"])], "questions.0.choices"),
        ([one(only_if={"key": "b", "values": ["yes"]})], "questions.0.only_if"),
        ([one(), one(key="b", only_if={"key": "a", "values": ["x"]})], "questions.1.only_if"),
        (
            [one(type="yes_no"), one(key="b", only_if={"key": "a", "values": ["maybe"]})],
            "questions.1.only_if",
        ),
        ([one(opens_issue={"category": "FINANCE", "when": ["yes"]})], "questions.0.opens_issue"),
        (
            [one(type="yes_no", opens_issue={"category": "NONE", "when": ["yes"]})],
            "questions.0.opens_issue",
        ),
        ([one(type="text", feeds="amount")], "questions.0.feeds"),
        (
            [one(type="money", feeds="amount"), one(key="b", type="money", feeds="amount")],
            "questions.1.feeds",
        ),
        ([], "questions"),
    ],
)
def test_what_cannot_be_answered_is_no_form(form, blamed):
    with pytest.raises(Invalid) as refused:
        check(form, {"FINANCE"})
    assert set(refused.value.fields) == {blamed}


def test_a_form_of_every_kind():
    check(FORM, {"FINANCE"})


@pytest.mark.parametrize(
    ("kind", "said", "stored"),
    [
        ("text", "扩产", "扩产"),
        ("number", "12", 12),
        ("number", 1.5, 1.5),
        ("money", "1,200.50", "1200.50"),
        ("money", 3, "3.00"),
        ("yes_no", True, "yes"),
        ("date", "2026-11-24", "2026-11-24"),
        ("month", "2026-11", "2026-11"),
    ],
)
def test_answers_as_they_are_kept(kind, said, stored):
    assert shown(read([one(type=kind)], {"a": said}, whole=True)) == {"a": stored}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("number", "很多"),
        ("number", ["1"]),
        ("text", ["甲"]),
        ("money", "1.005"),
        ("money", True),
        ("money", "约五百"),
        ("yes_no", "也许"),
        ("date", "20261124"),
        ("date", "2026-W48-2"),
        ("date", 20261124),
        ("month", "2026-13"),
        ("month", "2026-11-24"),
    ],
)
def test_what_is_no_answer(kind, said):
    with pytest.raises(Invalid) as refused:
        read([one(type=kind)], {"a": said}, whole=False)
    assert set(refused.value.fields) == {"answers.a"}


def test_choices_are_kept_in_the_order_of_the_form():
    multi = one(type="multi", choices=["甲", "乙", "丙"])
    assert read([multi], {"a": ["丙", "甲", "丙"]}, whole=True) == {"a": ["甲", "丙"]}
    with pytest.raises(Invalid):
        read([multi], {"a": ["丁"]}, whole=True)


def test_what_is_not_asked_is_neither_wanted_nor_kept():
    assert read(FORM, {"borrows": "no", "funds": "500"}, whole=True) == {"borrows": "no"}
    with pytest.raises(Invalid) as refused:
        read(FORM, {"borrows": "yes"}, whole=True)
    assert set(refused.value.fields) == {"answers.funds"}
    assert read(FORM, {"borrows": "yes"}, whole=False) == {"borrows": "yes"}


def test_what_answers_suggest_and_fill():
    stored = read(FORM, YES, whole=True)
    assert [(each.key, category) for each, category in suggested(FORM, stored)] == [
        ("borrows", "FINANCE")
    ]
    assert fed(FORM, stored) == {"funds_needed": "500.00"}


SAID = st.fixed_dictionaries(
    {},
    optional={
        "borrows": st.sampled_from(["yes", "no", "", None, True]),
        "funds": st.sampled_from(["", "1.25", "0", 3]),
        "use": st.lists(st.sampled_from(["设备", "研发"])),
        "jobs": st.integers(0, 50),
        "since": st.sampled_from(["2026-11", ""]),
    },
)


@settings(max_examples=30)
@drawn(SAID)
def test_reading_what_was_kept_changes_nothing(said):
    stored = read(FORM, said, whole=False)
    assert read(FORM, shown(stored), whole=False) == stored
    assert all(asked(each, stored) for each in FORM if each.key in stored)


COUNTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 12), max_size=6)


@settings(max_examples=30)
@drawn(COUNTS, st.integers(1, 6))
def test_what_is_untold_cannot_be_told_from_the_sum(counts, least):
    untold = veiled(counts, least)
    shown_ones = [number for name, number in counts.items() if name not in untold and number]
    hidden = sum(counts[name] for name in untold)
    assert all(number >= least for number in shown_ones)
    assert hidden == 0 or hidden >= least or not shown_ones
