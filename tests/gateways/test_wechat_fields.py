"""Values are cut to what WeChat lets a field hold; WeChat's rules are the stand-in's own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gateways.wechat_fields import fit
from config.notice_terms import FIELD_KINDS
from tests.standins.wechat_messages import RULES


@pytest.mark.parametrize(
    ("kind", "value", "fitted"),
    [
        ("thing", "刚" * 20, "刚" * 20),
        ("thing", "长" * 21, "长" * 19 + "…"),
        ("thing", "一行\n又一行\t完", "一行 又一行 完"),
        ("thing", "😀" * 11, "😀" * 9 + "…"),
        ("phrase", "已经全部办结了", "已经全部办"),
        ("phrase", "OK，已办结", "已办结"),
        ("phrase", "done", ""),
        ("character_string", "JY20261124-0007", "JY20261124-0007"),
        ("character_string", "x" * 40, "x" * 32),
        ("character_string", "编号JY-7", "JY-7"),
        ("number", "共 12.5 件", "12.5"),
        ("number", "9" * 40, "9" * 32),
        ("name", "欧阳" * 6, "欧阳" * 5),
        ("phone_number", "+86-0523-88888888 转 8", "+86-0523-88888888"),
        ("time", "2026-11-24 17:30", "2026年11月24日 17:30"),
        ("date", "2026-01-02", "2026年1月2日"),
        ("date", "明天", ""),
        ("thing", "", ""),
    ],
)
def test_each_kind_has_its_limit(kind: str, value: str, fitted: str) -> None:
    assert fit(kind, value) == fitted


@given(kind=st.sampled_from(("thing", "character_string", "phrase")), value=st.text())
def test_whatever_is_put_in_wechat_takes_what_comes_out(kind: str, value: str) -> None:
    fitted = fit(kind, value)
    assert not fitted or re.fullmatch(RULES[kind], fitted)
    assert fit(kind, fitted) == fitted


def test_every_kind_of_the_pack_is_one_that_wechat_knows() -> None:
    assert set(FIELD_KINDS) == set(RULES)
