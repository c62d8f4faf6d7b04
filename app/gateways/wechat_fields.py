"""What the fields of a subscribe message may hold, and making a value fit.

Source: 订阅消息参数值内容限制说明, in "sendMessage" of the mini-program server API,
developers.weixin.qq.com. A value that breaks a limit is refused whole (47003), so it is cut here.
"""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"
LIMITS = {
    "thing": 20,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "character_string": 32,
    "phone_number": 17,
    "name": 10,
    "phrase": 5,
}
"""Characters. time and date have a form rather than a length."""
EMPTY = "-"
"""What stands where there is nothing to say: WeChat refuses an empty value."""
_NOT_HANZI = re.compile(r"[^\u3400-\u4dbf\u4e00-\u9fff]")
_MOMENT = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?: (\d{2}:\d{2}))?")


def fit(kind: str, value: str) -> str:
    """The value as a field of this kind takes it; empty when nothing of it fits.

    A moment is expected as `2026-11-24` or `2026-11-24 17:30`. What is cut ends in …, except where the
    kind allows no such sign.
    """
    line = _one_line("".join(map(_printable, value)))
    match kind:
        case "time" | "date":
            return _moment(line)
        case "number":
            return re.sub(r"[^\d.]", "", line)[: LIMITS[kind]]
        case "phrase":
            return _NOT_HANZI.sub("", line)[: LIMITS[kind]]
        case "character_string" | "letter" | "symbol" | "phone_number":
            return _cut(_one_line("".join(c for c in line if c.isascii())), LIMITS[kind], "")
        case "name":
            return _cut(line, LIMITS[kind], "")
        case _:
            return _cut(line, LIMITS[kind], ELLIPSIS)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _printable(character: str) -> str:
    """Control characters, line breaks among them, become blanks."""
    return " " if unicodedata.category(character).startswith(("C", "Z")) else character


def _cut(text: str, most: int, ending: str) -> str:
    if _length(text) <= most:
        return text
    kept = ""
    for character in text:
        if _length(kept + character + ending) > most:
            break
        kept += character
    return kept.rstrip() + ending


def _length(text: str) -> int:
    """In UTF-16 units, as WeChat's clients count: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def _moment(text: str) -> str:
    """`2026年11月24日 17:30`, the form that both kinds document."""
    found = _MOMENT.fullmatch(text)
    if not found:
        return ""
    year, month, day, clock = found.groups()
    return f"{year}年{int(month)}月{int(day)}日" + (f" {clock}" if clock else "")
