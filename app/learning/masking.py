"""Taking out of a text what names a person: long numbers, and the names that are known. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "*"
LEAST_DIGITS = 7
"""So many digits in a row may be a telephone; dates and sums of money of that length go with them."""

_DIGIT = "0-9０-９〇零一二三四五六七八九幺两"
_NUMBER = re.compile(rf"[{_DIGIT}](?:[ \-－—]?[{_DIGIT}]){{{LEAST_DIGITS - 1},}}[XxＸｘ]?")


def masked(text: str, names: Iterable[str | None] = ()) -> str:
    """The text with telephone and identity numbers, also spelled out, and these names made unreadable.

    What is put in has the length of what was there.
    """
    hidden = _NUMBER.sub(lambda found: MASK * len(found.group()), text)
    for name in names:
        if name and len(name.strip()) > 1:
            hidden = hidden.replace(name.strip(), MASK * len(name.strip()))
    return hidden
