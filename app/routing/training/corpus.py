"""Texts as counts of features, read once and weighed anew for each fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.routing.features import Feature, Lexicon, read
from app.routing.model import Bag, fill
from app.routing.training.texts import Row

LEAST_TEXTS = 2  # a feature of a single text teaches nothing about others

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Counted:
    """The features of a text, as numbers of `Corpus.names`, and those of each of its clauses."""

    length: int
    all_found: int
    whole: tuple[Ints, Ints]
    clauses: tuple[tuple[Ints, Ints], ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features that one fit knows: `place` of each name of the corpus, or -1."""

    names: tuple[str, ...]
    place: Ints
    idf: Floats


@dataclass(frozen=True, slots=True)
class Bagged:
    """A text as a model sees it."""

    whole: Bag
    clauses: tuple[Bag, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Rows with their features.

    `labels` are places in the classes, `flags` are 1, 0, or -1 for
    unknown, in the order of FLAGS.
    """

    names: tuple[str, ...]
    counted: tuple[Counted, ...]
    labels: Ints
    weights: Floats
    flags: Ints

    def vocabulary(self, chosen: Ints) -> Vocabulary:
        """The features of the chosen rows, without the rare ones."""
        texts = np.zeros(len(self.names), dtype=np.int64)
        for at in chosen:
            texts[self.counted[at].whole[0]] += 1
        kept = np.flatnonzero(texts >= LEAST_TEXTS)
        place = np.full(len(self.names), -1, dtype=np.int64)
        place[kept] = np.arange(len(kept))
        idf = np.log((1 + len(chosen)) / (1 + texts[kept])) + 1
        return Vocabulary(tuple(self.names[at] for at in kept), place, idf.astype(np.float32))

    def bagged(self, at: int, vocabulary: Vocabulary) -> Bagged:
        """A row in the features of a fit."""
        each = self.counted[at]
        return Bagged(
            _bag(each.whole, vocabulary), tuple(_bag(part, vocabulary) for part in each.clauses)
        )

    def known(self, at: int, vocabulary: Vocabulary) -> float:
        """Which part of a row's features a fit knows."""
        names, counts = self.counted[at].whole
        return float(counts[vocabulary.place[names] >= 0].sum()) / max(
            self.counted[at].all_found, 1
        )


def gather(rows: Sequence[Row], classes: Sequence[str], lexicon: Lexicon) -> Corpus:
    """Read all rows. Raises KeyError for a category that is no class."""
    numbers: dict[str, int] = {}
    numbered = {code: at for at, code in enumerate(classes)}
    counted = tuple(_count(each.text, lexicon, numbers) for each in rows)
    return Corpus(
        tuple(numbers),
        counted,
        np.array([numbered[each.category] for each in rows], dtype=np.int64),
        np.array([each.weight for each in rows], dtype=np.float32),
        np.array([[_flag(each.urgent), _flag(each.restricted)] for each in rows], dtype=np.int64),
    )


def _flag(said: bool | None) -> int:
    return -1 if said is None else int(said)


def _count(text: str, lexicon: Lexicon, numbers: dict[str, int]) -> Counted:
    reading = read(text)
    found = lexicon.features(reading.bare)
    whole = _numbered(found, numbers)
    parts = (reading.bare[start:end] for start, end in reading.clauses)
    clauses = (
        tuple(_numbered(lexicon.features(each), numbers) for each in parts)
        if len(reading.clauses) > 1
        else (whole,)
    )
    return Counted(len(reading.bare), len(found), whole, clauses)


def _numbered(features: Iterable[Feature], numbers: dict[str, int]) -> tuple[Ints, Ints]:
    found = [numbers.setdefault(each.name, len(numbers)) for each in features]
    rows, counts = np.unique(np.array(found, dtype=np.int64), return_counts=True)
    return rows, counts.astype(np.int64)


def _bag(counts: tuple[Ints, Ints], vocabulary: Vocabulary) -> Bag:
    places = vocabulary.place[counts[0]]
    known = places >= 0
    return fill(places[known], counts[1][known], vocabulary.idf)
