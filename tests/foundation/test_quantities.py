"""Lengths and spans in words."""

from __future__ import annotations

import pytest

from app.foundation.quantities import Words


@pytest.mark.parametrize(
    ("form", "value", "zh", "en"),
    [
        ("length", 0, "0 米", "0 m"),
        ("length", 999.4, "999 米", "999 m"),
        ("length", 1000, "1 公里", "1 km"),
        ("length", 2304, "2.3 公里", "2.3 km"),
        ("length", 23_040, "23 公里", "23 km"),
        ("span", 5, "5 秒", "5 s"),
        ("span", 90, "1.5 分钟", "1.5 min"),
        ("span", 3 * 3600, "3 小时", "3 h"),
        ("span", 41 * 86400 + 3600, "41 天", "41 d"),
        (".1f", 1.26, "1.3", "1.3"),
    ],
)
def test_each(form: str, value: float, zh: str, en: str) -> None:
    text = f"{{x:{form}}}"
    assert Words("zh").vformat(text, (), {"x": value}) == zh
    assert Words("en").vformat(text, (), {"x": value}) == en
    assert Words("fr").vformat(text, (), {"x": value}) == zh
