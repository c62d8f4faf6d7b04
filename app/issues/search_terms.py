"""What issues and tickets are found by: every two neighbouring characters of their text. Pure.

Chinese is written without spaces, so a search goes by pairs of characters and checks each hit against the
text itself. Letters and digits go by fours too, which tell numbers such as JY20261124-0007 apart better
than pairs do. Case and width are folded one character at a time, so that folding a part of a text gives a
part of the folded text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.foundation.db import Row

PAIR, RUN = 2, 4
LEAST = PAIR
"""Characters that a search must have at least."""
_RUNS = re.compile(rf"[a-z0-9]{{{RUN},}}")
_BETWEEN = "\n"
"""Stands between the texts of one thing; no folded text contains it."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search looks for: the text itself, folded, and its terms, all of which a hit has."""

    text: str
    terms: tuple[str, ...]

    def conditions(self) -> Row:
        """What a stored row must satisfy to be found."""
        return {"grams": {"$all": list(self.terms)}, "sought": {"$regex": re.escape(self.text)}}


def of_issue(number: str, text: str, external_number: str | None = None) -> Row:
    """What an issue stores to be found by."""
    return _stored(number, text, external_number)


def of_ticket(number: str, excerpt: str, enterprise: str | None) -> Row:
    """What a ticket stores to be found by; `enterprise` is a name."""
    return _stored(number, excerpt, enterprise)


def sought(q: str) -> Sought | None:
    """What to look for; None when there is too little to go by. Blank ends do not count."""
    text = folded(q.strip()).strip()
    return Sought(text, tuple(terms(text))) if len(text) >= LEAST else None


def folded(text: str) -> str:
    """The text without differences of case and width, blanks of any kind as spaces."""
    return "".join(map(_folded, text))


def terms(text: str) -> list[str]:
    """The terms of a folded text, each once."""
    return list(dict.fromkeys(_terms(text)))


def _terms(text: str) -> Iterator[str]:
    for line in text.split(_BETWEEN):
        yield from (line[at : at + PAIR] for at in range(len(line) - PAIR + 1))
        for run in _RUNS.findall(line):
            yield from (run[at : at + RUN] for at in range(len(run) - RUN + 1))


def _stored(*texts: str | None) -> Row:
    whole = _BETWEEN.join(folded(text) for text in texts if text)
    return {"sought": whole, "grams": terms(whole)}


@lru_cache(maxsize=8192)
def _folded(char: str) -> str:
    if char.isspace():
        return " "
    plain = unicodedata.normalize("NFKC", char).casefold()
    return "".join(" " if each.isspace() else each for each in plain)
