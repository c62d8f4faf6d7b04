"""What many texts have in common, in their own words. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from config.commonness import Commonness

SHORTEST, LONGEST = 2, 12
COVERED = 0.6
"""Of the texts so many must have a phrase."""
MOST_TEXTS = 50
MOST = 2
"""Two phrases say what and where."""
OFTEN = math.log(7)
"""A letter that more than one text in seven has neither begins nor ends a phrase."""
_BETWEEN = re.compile(r"[\W_]+")


def phrases(texts: Sequence[str], common: Commonness) -> tuple[str, ...]:
    """The longest phrases that most texts have, at most two, the best first; none where there is none.

    Longer counts as much as being in more texts.
    """
    looked_at = texts[:MOST_TEXTS]
    least = max(2, math.ceil(COVERED * len(looked_at)))
    counts = Counter(part for text in looked_at for part in _parts(text, common))
    known = [(part, times) for part, times in counts.items() if times >= least]
    known.sort(key=lambda each: (-len(each[0]) * each[1], each[0]))
    chosen: list[str] = []
    for part, _ in known:
        if len(chosen) < MOST and not any(_overlap(part, other) for other in chosen):
            chosen.append(part)
    return tuple(chosen)


def _parts(text: str, common: Commonness) -> set[str]:
    """Runs of letters that could be a phrase."""
    found: set[str] = set()
    for run in _BETWEEN.split(text):
        for start, first in enumerate(run):
            if _often(first, common):
                continue
            ends = range(start + SHORTEST, min(start + LONGEST, len(run)) + 1)
            found |= {run[start:end] for end in ends if not _often(run[end - 1], common)}
    return found


def _often(letter: str, common: Commonness) -> bool:
    return common.weight(letter) < OFTEN


def _overlap(one: str, other: str) -> bool:
    """Whether one is a part of the other, or goes on where the other ends."""
    pairs = {one[at : at + 2] for at in range(len(one) - 1)}
    return any(other[at : at + 2] in pairs for at in range(len(other) - 1))
