"""Which tools fit: each condition by itself, as a table."""

from __future__ import annotations

from decimal import Decimal

import pytest
from bson import Decimal128
from hypothesis import given, settings
from hypothesis import strategies as st

from app.offers.finance.matching import (
    MET,
    NOT_MET,
    UNKNOWN,
    Dictionary,
    Wanting,
    amount_in,
    judge,
    ranked,
)

KNOWN = Dictionary(
    industries=frozenset({"C34", "C35"}), directions={"D1": frozenset({"C35"})}, named={}
)
BARE = {
    "code": "T1",
    "kind": "loan",
    **dict.fromkeys(
        ("industries", "directions", "tags", "size_classes", "growth_classes", "units"), ()
    ),
    "amount_min": None,
    "amount_max": None,
}
FIRM = {
    "industry": "C34",
    "tags": frozenset({"srdi"}),
    "growth_class": "new",
    "sizes": frozenset({"gte_500m"}),
    "unit": "U1",
    "amount": Decimal("500.00"),
}
HUNDRED, THOUSAND = Decimal128("100.00"), Decimal128("1000.00")


@pytest.mark.parametrize(
    ("asks", "firm", "verdict"),
    [
        ({}, {}, MET),
        ({"industries": ["C34"]}, {}, MET),
        ({"industries": ["C35"]}, {}, NOT_MET),
        ({"industries": ["C34"]}, {"industry": None}, UNKNOWN),
        ({"industries": ["C99"]}, {"industry": "C99"}, NOT_MET),  # a term that has ended
        ({"directions": ["D1"]}, {"industry": "C35"}, MET),
        ({"directions": ["D1"]}, {}, NOT_MET),
        ({"directions": ["D2"]}, {"industry": "C35"}, NOT_MET),  # a direction that has ended
        ({"industries": ["C34"], "directions": ["D1"]}, {"industry": "C35"}, MET),
        ({"tags": ["srdi", "high_tech"]}, {}, MET),
        ({"tags": ["high_tech"]}, {}, NOT_MET),
        ({"tags": ["high_tech"]}, {"tags": None}, UNKNOWN),
        ({"size_classes": ["gte_500m"]}, {}, MET),
        ({"size_classes": ["under_100m"]}, {}, NOT_MET),
        ({"size_classes": ["under_100m"]}, {"sizes": None}, UNKNOWN),
        ({"growth_classes": ["new"]}, {}, MET),
        ({"growth_classes": ["rising"]}, {}, NOT_MET),
        ({"growth_classes": ["rising"]}, {"growth_class": None}, UNKNOWN),
        ({"units": ["U1"]}, {}, MET),
        ({"units": ["U2"]}, {}, NOT_MET),
        ({"units": ["U2"]}, {"unit": None}, UNKNOWN),
        ({"amount_min": HUNDRED, "amount_max": THOUSAND}, {}, MET),
        ({"amount_max": HUNDRED}, {}, NOT_MET),
        ({"amount_min": THOUSAND}, {}, NOT_MET),
        ({"amount_min": HUNDRED}, {"amount": Decimal("100.00")}, MET),
        ({"amount_max": HUNDRED}, {"amount": None}, UNKNOWN),
        ({"amount_max": HUNDRED, "tags": ["high_tech"]}, {"amount": None}, NOT_MET),
    ],
)
def test_what_a_tool_asks_for(asks, firm, verdict):
    found = judge({**BARE, **asks}, Wanting(**{**FIRM, **firm}), KNOWN)
    assert found.verdict == verdict
    expected = {each.verdict for each in found.conditions}
    assert verdict in expected or not expected


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("需要贷款500万元周转", "500.00"),
        ("融资 1.5亿元", "15000.00"),
        ("缺口300.25万", "300.25"),
        ("需要500万元，其中500万元用于设备", "500.00"),
        ("年产20万吨，需要贷款", None),
        ("贷款300万元，另需担保200万元", None),
        ("想了解贷款政策", None),
        ("需要3,000万元", "3000.00"),
        ("需要３，０００万元", "3000.00"),
        ("融资1.234亿元", None),  # hundredths of 亿 are what people say
        ("需要500-800万元", None),
        ("需要500万元至800万元", None),
        ("需要500至800万元", None),
        ("需要500万美元", None),
        ("年产100万片，求贷款", None),
        ("求贷款0万元", None),
    ],
)
def test_how_much_is_wanted_in_words(text, amount):
    assert amount_in(text) == (None if amount is None else Decimal(amount))


def test_the_fund_of_ones_own_industry_comes_first():
    tools = [
        {**BARE, "code": "A", "amount_max": THOUSAND},
        {**BARE, "code": "B", "kind": "fund", "industries": ["C34"]},
        {**BARE, "code": "C", "kind": "fund", "industries": ["C35"]},
        {**BARE, "code": "D", "kind": "fund"},
    ]
    order = ranked([judge(each, Wanting(**FIRM), KNOWN) for each in tools])
    assert [each.tool["code"] for each in order] == ["B", "A", "D", "C"]
    assert [each.own_fund for each in order] == [True, False, False, False]


LISTS = ("industries", "tags", "size_classes", "growth_classes", "units")


@settings(max_examples=30, deadline=None)
@given(
    tools=st.lists(
        st.fixed_dictionaries(
            {
                name: st.lists(st.sampled_from(["C34", "srdi", "new", "U1"]), max_size=2)
                for name in LISTS
            }
        ),
        max_size=5,
    ),
    known=st.booleans(),
)
def test_ranking_loses_nothing_and_puts_what_does_not_fit_last(tools, known):
    firm = Wanting(**FIRM) if known else Wanting()
    found = [judge({**BARE, "code": str(n), **each}, firm, KNOWN) for n, each in enumerate(tools)]
    order = ranked(found)
    assert sorted(each.tool["code"] for each in order) == sorted(
        each.tool["code"] for each in found
    )
    refused = [each.verdict == NOT_MET for each in order]
    assert refused == sorted(refused)
    if not known:
        assert NOT_MET not in {each.verdict for each in order}
