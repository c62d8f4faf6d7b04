"""How common letters and pairs of letters are in what people of the district write.

Read from `commonness.tsv`: the number of texts counted, then a term and the number of texts it is in on each
line. What is in fewer texts than the rarest that is listed counts as rare as that one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from config.strict_yaml import PackError

FILE = "commonness.tsv"
_HEAD = "texts"


@dataclass(frozen=True, slots=True, eq=False)
class Commonness:
    """`weights` of the common terms: the natural logarithm of how many texts there are to one with the term.

    `rarest` is the weight of all others. The object itself is what two are compared by.
    """

    weights: Mapping[str, float]
    rarest: float

    def weight(self, term: str) -> float:
        """How much it says that two texts both have the term."""
        return self.weights.get(term, self.rarest)


def commonness(directory: Path) -> Commonness:
    """The table of a pack. Raises PackError."""
    try:
        lines = (directory / FILE).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{FILE}: cannot be read: {error}") from None
    rows = [_row(number, line) for number, line in enumerate(lines, start=1)]
    if len(rows) < 2 or rows[0][0] != _HEAD:
        raise PackError(
            f"{FILE}: must begin with '{_HEAD}', a tab and their number, and list terms"
        )
    (_, texts), *terms = rows
    counts = dict(terms)
    if len(counts) < len(terms):
        raise PackError(f"{FILE}: a term stands twice")
    if max(counts.values()) > texts:
        raise PackError(f"{FILE}: a term is in more than all {texts} texts")
    weights = {term: math.log(texts / count) for term, count in counts.items()}
    return Commonness(MappingProxyType(weights), max(weights.values()))


def written(texts: int, counts: Mapping[str, int]) -> str:
    """The content of a table, the commonest first."""
    rows = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return "".join(f"{name}\t{count}\n" for name, count in [(_HEAD, texts), *rows])


def _row(number: int, line: str) -> tuple[str, int]:
    term, _, count = line.partition("\t")
    if not term or not count.isascii() or not count.isdigit() or int(count) == 0:
        raise PackError(f"{FILE}, line {number}: must be a term, a tab and a number above 0")
    return term, int(count)
