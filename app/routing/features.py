"""What a text is made of for the classifier: the one reading that training and judging share.

Pure. A reading counts Unicode code points of the text as given, so that what spoke for a category
can be shown in it. Spaces and punctuation tell nothing but where a clause ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, TypeVar

from app.routing.words import fold

T = TypeVar("T")

MOST_READ = 2000
LONGEST_GRAM = 3
CONCEPT, SYLLABLES = ":", "/"  # stand in no bare text, so that kinds of features cannot meet

_TURNS = r"但|可是|不过|唯独|偏偏|只是|而是|问题是|结果"
_BREAK = re.compile(rf"[,。;!?:、…—]+|(?={_TURNS})")
_SAYS_NOTHING = re.compile(r"[\W_]")


@dataclass(frozen=True, slots=True)
class Reading:
    """The characters that tell something, where each stood in the text, and the clauses they form.

    A clause is (start, end) in `bare`. An empty `bare` has no clause.
    """

    bare: str
    offsets: tuple[int, ...]
    clauses: tuple[tuple[int, int], ...]


class Feature(NamedTuple):
    """A feature at `start` up to but not including `end` of the characters it was read from."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words with the concepts they mean, and how characters sound (without tones).

    Raises ValueError for a word that could never be found.
    """

    words: Mapping[str, tuple[str, ...]]
    syllables: Mapping[str, str]
    _lengths: dict[str, tuple[int, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        wrong = [each for each in self.words if each != bare(each) or len(each) < 2]
        if wrong:
            raise ValueError(f"never found in a bare text: {wrong[:3]}")
        lengths: dict[str, set[int]] = {}
        for each in self.words:
            lengths.setdefault(each[:2], set()).add(len(each))
        longest = {pair: tuple(sorted(sizes)[::-1]) for pair, sizes in lengths.items()}
        object.__setattr__(self, "_lengths", longest)

    def features(self, chars: str) -> list[Feature]:
        """The features of bare characters: grams by size, concepts, pairs of syllables.

        `inside` relies on this order.
        """
        found = [
            Feature(chars[at : at + size], at, at + size)
            for size in range(1, LONGEST_GRAM + 1)
            for at in range(len(chars) - size + 1)
        ]
        found += self.concepts(chars)
        sounds = [self.syllables.get(each, each) for each in chars]
        found += [
            Feature(f"{first}{SYLLABLES}{second}", at, at + 2)
            for at, (first, second) in enumerate(pairwise(sounds))
        ]
        return found

    def concepts(self, chars: str) -> Iterable[Feature]:
        """What the words mean; where two overlap the longer counts, then the earlier."""
        found = [
            (-size, at)
            for at in range(len(chars) - 1)
            for size in self._lengths.get(chars[at : at + 2], ())
            if at + size <= len(chars) and chars[at : at + size] in self.words
        ]
        taken = bytearray(len(chars))
        for size, at in sorted(found):
            end = at - size
            if not any(taken[at:end]):
                taken[at:end] = b"\x01" * -size
                codes = self.words[chars[at:end]]
                yield from (Feature(f"{CONCEPT}{code}", at, end) for code in codes)


def inside(told: Sequence[T], length: int, start: int, end: int) -> list[T]:
    """Of what is told of each feature of `length` characters, that of a part of them.

    All but the concepts, which are others where a part is read alone.
    """
    found: list[T] = []
    first = 0
    for size in range(1, LONGEST_GRAM + 1):
        found += told[first + start : max(first + start, first + end - size + 1)]
        first += max(length - size + 1, 0)
    first = len(told) - (length - 1)
    found += told[first + start : first + end - 1]
    return found


def bare(text: str) -> str:
    """`text` in lower case and half width without spaces and punctuation."""
    return _SAYS_NOTHING.sub("", fold(text))


def read(text: str) -> Reading:
    """Read the first `MOST_READ` code points of any text."""
    low = fold(text[:MOST_READ])
    places = [at for at, each in enumerate(low) if not each.isspace()]
    squeezed = "".join(low[at] for at in places)
    ends = [match.end() for match in _BREAK.finditer(squeezed)]
    kept = [at for at, each in enumerate(squeezed) if not _SAYS_NOTHING.match(each)]
    return Reading(
        bare="".join(squeezed[at] for at in kept),
        offsets=tuple(places[at] for at in kept),
        clauses=tuple(_clauses(kept, ends)),
    )


def _clauses(kept: list[int], ends: list[int]) -> Iterable[tuple[int, int]]:
    """Runs of `kept` between `ends`; none is empty."""
    start, waiting = 0, iter([*ends, len(kept) and kept[-1] + 1])
    end = next(waiting)
    for at, place in enumerate(kept):
        if place >= end:
            if at > start:
                yield start, at
                start = at
            while place >= end:
                end = next(waiting)
    if kept:
        yield start, len(kept)
