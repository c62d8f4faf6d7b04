"""Lengths and spans in the words people use, from the plain numbers that reasons carry.

A text of the catalogue asks for them by format: `{metres:length}`, `{seconds:span}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any

Unit = tuple[float, str]

_LENGTHS: Mapping[str, Sequence[Unit]] = {
    "zh": ((1000, "公里"), (1, "米")),
    "en": ((1000, "km"), (1, "m")),
}
_SPANS: Mapping[str, Sequence[Unit]] = {
    "zh": ((86400, "天"), (3600, "小时"), (60, "分钟"), (1, "秒")),
    "en": ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")),
}


class Words(Formatter):
    """`str.format` for one language, with our formats."""

    def __init__(self, language: str) -> None:
        self._language = language if language in _LENGTHS else "zh"

    def format_field(self, value: Any, format_spec: str) -> Any:
        """The value in words where a format of ours is asked for."""
        if format_spec == "length":
            return _in_units(float(value), _LENGTHS[self._language])
        if format_spec == "span":
            return _in_units(float(value), _SPANS[self._language])
        return super().format_field(value, format_spec)


def _in_units(value: float, units: Sequence[Unit]) -> str:
    """In the largest unit that there is at least one of: whole numbers, under ten with one decimal."""
    size, name = next((unit for unit in units if abs(value) >= unit[0]), units[-1])
    count = value / size
    shown = f"{count:.1f}" if abs(count) < 10 and size > 1 else f"{count:.0f}"
    return f"{shown.removesuffix('.0')} {name}"
