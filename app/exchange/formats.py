"""What numbers in cells stand for: days are numbers that are shown as days (ECMA-376-1, 18.8.30)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

from app.foundation.reasons import Reason

_SHOWN_AS_DAYS = frozenset({*range(14, 18), 22, *range(27, 37), *range(50, 59)})
"""Built-in formats, those of Chinese, Japanese and Korean spreadsheets among them."""
_BESIDE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_SINCE_1900, _SINCE_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - days alone
_LAST = 2_958_466  # the first day of the year 10000
_DIGITS = 15
"""So many digits of a number does a spreadsheet keep."""


def are_days(number: int, code: str | None) -> bool:
    """Whether the format shows numbers as days; `code` is its own one, if it has any."""
    if code is None:
        return number in _SHOWN_AS_DAYS
    bare = _BESIDE.sub("", code).lower()
    return "y" in bare or "d" in bare


def number_text(text: str) -> str | Reason:
    """A number as people see it in its cell: 15 digits, and nothing of what floats add."""
    value = float(text)
    if abs(value) >= 10**_DIGITS:
        return Reason("import.number_lost_digits")
    if value == int(value):
        return str(int(value))
    return f"{Decimal(f'{value:.{_DIGITS}g}'):f}"


def day_text(text: str, *, since_1904: bool) -> str | Reason:
    """A day, with the time of it where there is one."""
    serial = float(text)
    if not 1 <= serial < _LAST:
        return Reason("register.not_a_day")
    begun = _SINCE_1904 if since_1904 else _SINCE_1900
    moment = begun + timedelta(seconds=round(serial * 86400))
    return f"{moment:%Y-%m-%d}" if moment.time() == begun.time() else f"{moment:%Y-%m-%d %H:%M:%S}"
