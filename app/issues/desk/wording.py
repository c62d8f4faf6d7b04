"""What a text is about, as far as its letters tell: what it shares with another weighs more the rarer it is.

Chinese is written without spaces, so letters and pairs of neighbouring letters stand for words. How common
each is comes from the district's table (`config.commonness`). Pure.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from config.commonness import Commonness

Wording = Mapping[str, float]
"""The terms of a text with their weights, of length one; empty for a text without letters."""
ROUNDED = 4


def letters(text: str) -> str:
    """What counts of a text: letters and digits, without differences of case and width."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(char for char in folded if char.isalnum())


def terms(text: str) -> set[str]:
    """The letters of a text and their neighbouring pairs."""
    found = letters(text)
    return {*found, *(found[at : at + 2] for at in range(len(found) - 1))}


@lru_cache(maxsize=8192)
def wording(text: str, common: Commonness) -> Wording:
    """The terms of a text with their weights. Kept, since a text is looked at again and again."""
    weights = {term: common.weight(term) for term in terms(text)}
    length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
    return {term: weight / length for term, weight in weights.items()} if length else {}


def likeness(one: Wording, other: Wording) -> float:
    """How alike two texts are, 0 to 1: the cosine of the angle between them.

    Of two people's words for one thing mostly above 0.12, of words about different things of one firm
    hardly ever (`tests/issues/test_similar_measured.py`).
    """
    few, many = sorted((one, other), key=len)
    shared = math.fsum(weight * many[term] for term, weight in few.items() if term in many)
    return min(round(shared, ROUNDED), 1.0)
