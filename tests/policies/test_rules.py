"""Conditions and amount rules: tables, and the laws that they obey."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.policies.rules.amounts import Fixed, Percent, PerUnit, estimate
from app.policies.rules.conditions import (
    MET,
    NOT_MET,
    UNKNOWN,
    Facts,
    Figure,
    Stated,
    judge,
    todo_of,
)
from app.policies.rules.language import (
    Unreadable,
    amount_row,
    amount_rule,
    condition,
    condition_row,
    unknown_codes,
)

TODAY = date(2026, 11, 24)
SALES = {"kind": "figure", "whose": "enterprise", "measure": "sales", "least": "2000.00"}
YEAR = {"from": "2026-01", "to": "2026-03"}
FIGURE = Figure("enterprise", "sales", first="2026-01", last="2026-03")
KNOWN = Facts(
    tags=frozenset({"srdi"}),
    industry="C34",
    unit="A",
    growth_class="new",
    size_classes=frozenset({"100m_500m"}),
    founded_on="2020-05-01",
    production_on="2024-11-24",
    above_scale=False,
)


def stated(total: str, *months: str) -> Facts:
    return replace(KNOWN, figures={FIGURE: Stated(Decimal(total), frozenset(months))})


def tags(how: str, *values: str) -> dict:
    return {"kind": "tags", "how": how, "values": list(values)}


def day(of: str, **limit) -> dict:
    return {"kind": "date", "of": of, **limit}


@pytest.mark.parametrize(
    ("raw", "facts", "verdict"),
    [
        (tags("any", "srdi", "pre_ipo"), KNOWN, MET),
        (tags("all", "srdi", "pre_ipo"), KNOWN, NOT_MET),
        (tags("none", "pre_ipo"), KNOWN, MET),
        (tags("none", "srdi"), KNOWN, NOT_MET),
        (tags("none", "srdi"), replace(KNOWN, tags=None), UNKNOWN),
        ({"kind": "industry", "values": ["C34", "C35"]}, KNOWN, MET),
        ({"kind": "industry", "values": ["C35"]}, KNOWN, NOT_MET),
        ({"kind": "industry", "values": ["C35"]}, replace(KNOWN, industry=None), UNKNOWN),
        ({"kind": "unit", "values": ["B"]}, KNOWN, NOT_MET),
        ({"kind": "growth_class", "values": ["new"]}, KNOWN, MET),
        ({"kind": "size_class", "values": ["100m_500m", "gte_500m"]}, KNOWN, MET),
        ({"kind": "size_class", "values": ["gte_500m"]}, KNOWN, NOT_MET),
        (
            {"kind": "size_class", "values": ["gte_500m"]},
            replace(KNOWN, size_classes=frozenset()),
            NOT_MET,
        ),
        (
            {"kind": "size_class", "values": ["gte_500m"]},
            replace(KNOWN, size_classes=None),
            UNKNOWN,
        ),
        (day("production_on", within_months=24), KNOWN, MET),
        (day("production_on", within_months=23), KNOWN, NOT_MET),
        (day("production_on", within_months=24), replace(KNOWN, production_on=None), UNKNOWN),
        (
            day("production_on", within_months=24),
            replace(KNOWN, production_on="2026-11-25"),
            NOT_MET,
        ),
        (day("founded_on", before="2020-05-01"), KNOWN, NOT_MET),
        (day("founded_on", before="2020-05-02"), KNOWN, MET),
        (day("founded_on", since="2020-05-01"), KNOWN, MET),
        ({"kind": "above_scale", "entered": False}, KNOWN, MET),
        ({"kind": "above_scale", "entered": True}, KNOWN, NOT_MET),
        ({"kind": "above_scale", "entered": True}, replace(KNOWN, above_scale=None), UNKNOWN),
        ({**SALES, **YEAR}, stated("2000.00", "2026-01", "2026-02", "2026-03"), MET),
        ({**SALES, **YEAR}, stated("1999.99", "2026-01", "2026-02", "2026-03"), NOT_MET),
        ({**SALES, **YEAR}, stated("9000.00", "2026-01", "2026-02"), UNKNOWN),
        ({**SALES, **YEAR}, KNOWN, UNKNOWN),
        ({"kind": "any", "of": [tags("any", "pre_ipo"), {**SALES, **YEAR}]}, KNOWN, UNKNOWN),
        ({"kind": "any", "of": [tags("any", "srdi"), {**SALES, **YEAR}]}, KNOWN, MET),
        ({"kind": "all", "of": [tags("any", "pre_ipo"), {**SALES, **YEAR}]}, KNOWN, NOT_MET),
        ({"kind": "all", "of": [tags("any", "srdi"), {**SALES, **YEAR}]}, KNOWN, UNKNOWN),
    ],
)
def test_a_condition_against_facts(raw, facts, verdict):
    read = condition(raw)
    assert judge(read, facts, TODAY).verdict == verdict
    assert condition(condition_row(read)) == read


def test_a_verdict_says_what_it_looked_at_and_what_is_to_be_stated():
    raw = {"kind": "all", "of": [tags("any", "srdi"), {**SALES, **YEAR}]}
    judged = judge(condition(raw), stated("9", "2026-01"), TODAY, {"tags": {"srdi": "专精特新"}})
    had, sold = judged.of
    assert (had.value, had.reason.params["wanted"]) == (["srdi"], "专精特新")
    assert sold.reason.params["months"] == "2026-02、2026-03"
    assert [each.code for each in todo_of(judged)] == ["policy.todo.enterprise_sales"]
    ruled_out = judge(condition({**raw, "of": [tags("any", "x"), raw["of"][1]]}), KNOWN, TODAY)
    assert todo_of(ruled_out) == []


def test_the_last_months_are_whole_ones():
    assert Figure("projects", "tax", last_months=3).months(TODAY) == (
        "2026-08",
        "2026-09",
        "2026-10",
    )


DEEP: dict = tags("any", "srdi")
for _ in range(6):
    DEEP = {"kind": "all", "of": [DEEP]}


@pytest.mark.parametrize(
    ("raw", "code", "where"),
    [
        ([], "not_an_object", "/"),
        ({"kind": "weather"}, "one_of", "kind"),
        ({"kind": ["all"]}, "one_of", "kind"),
        ({"kind": "all", "of": []}, "parts", "of"),
        ({"kind": "all", "of": [tags("some", "a")]}, "one_of", "of.0.how"),
        ({**tags("any", "a"), "also": 1}, "unknown_key", "also"),
        (tags("any"), "values", "values"),
        (day("founded_on"), "one_of_days", "of"),
        (day("founded_on", before="2026-02-30"), "day", "before"),
        (day("founded_on", within_months=0), "whole", "within_months"),
        ({"kind": "above_scale"}, "flag", "entered"),
        (SALES, "period", "from"),
        ({**SALES, "from": "2026-03", "to": "2026-01"}, "turned_round", "to"),
        ({**SALES, "from": "2026-13", "to": "2026-14"}, "month", "from"),
        ({**SALES, **YEAR, "last_months": 3}, "period", "last_months"),
        ({**SALES, **YEAR, "least": 2000}, "amount", "least"),
        ({**SALES, **YEAR, "least": "0.001"}, "amount", "least"),
        ({**SALES, **YEAR, "measure": "paid_in"}, "of_projects_only", "measure"),
        (DEEP, "too_deep", "of.0.of.0.of.0.of.0.of.0.of"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(raw, code, where):
    with pytest.raises(Unreadable) as told:
        condition(raw)
    assert told.value.reason.code == f"policy.rule.{code}"
    assert told.value.reason.params["where"] == where


def test_codes_that_no_dictionary_has_are_told():
    raw = condition({"kind": "any", "of": [tags("any", "srdi", "moon")]})
    (told,) = unknown_codes(raw, {"tags": {"srdi"}})
    assert told.params == {"where": "of.0.values", "value": "moon"}


FULL = stated("1234.56", "2026-01", "2026-02", "2026-03")
TEN = {"kind": "percent", "percent": "10", "figure": {"whose": "enterprise", "measure": "sales"}}
TEN["figure"] |= YEAR


@pytest.mark.parametrize(
    ("raw", "facts", "quantity", "amount"),
    [
        ({"kind": "fixed", "amount": "50.00"}, KNOWN, None, "50.00"),
        (TEN, FULL, None, "123.46"),
        ({**TEN, "cap": "100.00"}, FULL, None, "100.00"),
        ({**TEN, "floor": "200.00"}, FULL, None, "200.00"),
        ({**TEN, "floor": "200.00"}, stated("0", *FIGURE.months(TODAY)), None, "0.00"),
        ({**TEN, "floor": "5.00"}, stated("-3", *FIGURE.months(TODAY)), None, "0.00"),
        (TEN, KNOWN, None, None),
        ({"kind": "per_unit", "each": "1.50", "unit": "项"}, KNOWN, 3, "4.50"),
        ({"kind": "per_unit", "each": "1.50", "unit": "项", "cap": "4.00"}, KNOWN, 3, "4.00"),
        ({"kind": "per_unit", "each": "1.50", "unit": "项"}, KNOWN, None, None),
    ],
)
def test_what_a_rule_gives(raw, facts, quantity, amount):
    rule = amount_rule(raw)
    given_ = estimate(rule, facts, TODAY, quantity)
    assert (None if given_.amount is None else str(given_.amount)) == amount
    assert (given_.todo is None) == (amount is not None)
    assert amount_rule(amount_row(rule)) == rule


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({"kind": "gift"}, "one_of"),
        ({"kind": "fixed", "amount": "-1"}, "amount"),
        ({**TEN, "percent": 10}, "percent"),
        ({**TEN, "percent": "0"}, "percent"),
        ({**TEN, "figure": None}, "not_an_object"),
        ({**TEN, "cap": "1.00", "floor": "2.00"}, "floor_above_cap"),
        ({"kind": "per_unit", "each": "1.00", "unit": ""}, "text"),
    ],
)
def test_a_rule_that_cannot_be_read(raw, code):
    with pytest.raises(Unreadable) as told:
        amount_rule(raw)
    assert told.value.reason.code == f"policy.rule.{code}"


CODES = st.sampled_from(["a", "b", "c"])
VALUES = st.lists(CODES, min_size=1, max_size=2, unique=True)
LEAVES = st.one_of(
    st.builds(
        lambda how, values: tags(how, *values), st.sampled_from(["any", "all", "none"]), VALUES
    ),
    st.builds(
        lambda kind, values: {"kind": kind, "values": values},
        st.sampled_from(["industry", "unit", "growth_class", "size_class"]),
        VALUES,
    ),
    st.builds(
        lambda of, months: day(of, within_months=months),
        st.sampled_from(["founded_on", "production_on"]),
        st.integers(1, 40),
    ),
    st.builds(lambda entered: {"kind": "above_scale", "entered": entered}, st.booleans()),
    st.builds(lambda least: {**SALES, **YEAR, "least": f"{least}.00"}, st.integers(1, 30)),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda kind, of: {"kind": kind, "of": of},
        st.sampled_from(["all", "any"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
).filter(lambda raw: repr(raw).count("'of': [") <= 5)
FACTS = st.builds(
    lambda tags, one, two, three, sizes, founded, production, scale, total: Facts(
        tags=tags,
        industry=one,
        unit=two,
        growth_class=three,
        size_classes=sizes,
        founded_on=founded,
        production_on=production,
        above_scale=scale,
        figures={FIGURE: Stated(Decimal(total), frozenset(FIGURE.months(TODAY)))},
    ),
    st.frozensets(CODES),
    CODES,
    CODES,
    CODES,
    st.frozensets(CODES),
    st.sampled_from(["2020-01-01", "2025-06-01"]),
    st.sampled_from(["2024-01-01", "2026-06-01"]),
    st.booleans(),
    st.integers(-5, 40),
)
NAMES = ("tags", "industry", "unit", "growth_class", "size_classes", "founded_on", "production_on")
HIDDEN = st.frozensets(st.sampled_from([*NAMES, "above_scale", "figures"]))


def hiding(facts: Facts, names: frozenset[str]) -> Facts:
    """The same with less known."""
    return replace(facts, **{name: {} if name == "figures" else None for name in names})


@settings(max_examples=30, deadline=None)
@given(TREES, FACTS, HIDDEN, HIDDEN)
def test_to_learn_a_fact_changes_no_definite_verdict(raw, facts, some, others):
    read = condition(raw)
    full = judge(read, facts, TODAY)
    less = judge(read, hiding(facts, some), TODAY)
    least = judge(read, hiding(facts, some | others), TODAY)
    assert full.verdict != UNKNOWN
    assert less.verdict in (UNKNOWN, full.verdict)
    assert least.verdict in (UNKNOWN, less.verdict)
    assert bool(todo_of(least)) == (least.verdict == UNKNOWN)


@settings(max_examples=30, deadline=None)
@given(st.integers(-500, 500_000), st.integers(1, 99), st.none() | st.integers(1, 900))
def test_no_amount_is_above_its_cap_or_less_than_nothing(cents, percent, cap):
    bound = Decimal(cap) if cap else None
    facts = stated(str(Decimal(cents) / 100), *FIGURE.months(TODAY))
    for rule in (
        Percent(Decimal(percent), FIGURE, cap=bound),
        PerUnit(Decimal(percent), "项", cap=bound),
        Fixed(Decimal(percent)),
    ):
        amount = estimate(rule, facts, TODAY, 3).amount
        assert amount is not None
        assert amount >= 0
        assert bound is None or isinstance(rule, Fixed) or amount <= bound
