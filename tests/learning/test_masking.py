"""What names a person is taken out of a text; what the text is about stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.masking import MASK, masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请打13812345678找我", "请打***********找我"),
        ("电话138 1234 5678。", "电话*************。"),
        ("138-1234-5678", "*************"),
        ("座机0523-86881234转8", "座机*************转8"),
        ("身份证32128419900101123X办的", "身份证******************办的"),
        ("一三八幺二三四五六七八", "***********"),
        ("１３８１２３４５６７８", "***********"),
        ("500千伏安，3个月了，2026年11月", "500千伏安，3个月了，2026年11月"),
        ("一二期两条线", "一二期两条线"),
        ("", ""),
    ],
)
def test_numbers_of_people(text, shown):
    assert masked(text) == shown


def test_names_that_are_known():
    assert masked("我是王小明，找王", ["王小明", None, "", "王"]) == "我是***，找王"


@given(st.text(alphabet="电话138 -〇一0523Xx，"))
def test_the_length_stays_and_no_long_number_does(text):
    hidden = masked(text)
    assert len(hidden) == len(text)
    run = longest = 0
    for each in hidden:
        run = run + 1 if each in "0123456789〇一" else 0
        longest = max(longest, run)
    assert longest < 7
    assert all(new in (old, MASK) for old, new in zip(text, hidden, strict=True))
