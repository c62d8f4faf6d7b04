"""A trained classifier of short texts: read from one file, judged with numpy alone.

Two models speak: a linear one over all features of the text, and a small net that also weighs the
clauses against each other, because the ask is often in one and the others only tell the story.
`app/routing/training` writes the file and says how good it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.routing.features import Feature, Lexicon, Reading, inside, read
from app.routing.model_file import FLAGS, BrokenModel, Weights, read_file

__all__ = [
    "Bag",
    "BrokenModel",
    "Judgement",
    "Model",
    "Span",
    "Verdict",
    "evidence",
    "fill",
    "load",
    "log_softmax",
    "positions",
]

MOST_SPANS = 5
SPOKEN_OF = 0.5  # the chance from which the words that speak for a flag are shown
UNKNOWN = -1
SPEAKS = 0.25  # a character with less than this part of the loudest is not shown

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Span:
    """What spoke for `category`: the text as given from `start` up to but not including `end`.

    `weight` is its share of all that spoke for it.
    """

    start: int
    end: int
    weight: float
    category: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """All categories with their probabilities, likeliest first, summing to 1.

    `confidence` is how often the first is right when the model is as sure as here, as measured on
    voices it had not learned; `urgency` is the chance, measured the same way, that what is described is
    urgent, `restriction` that no machine should place it. `words` speak for the first, `urgent_words` and
    `restricted_words` (of categories so named) for these; they come in the order of the text and never
    overlap.
    """

    ranked: tuple[tuple[str, float], ...]
    confidence: float
    words: tuple[Span, ...]
    urgency: float
    urgent_words: tuple[Span, ...]
    restriction: float
    restricted_words: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the models make of a text: log probabilities of each model and of both together."""

    linear: Floats
    net: Floats
    both: Floats


@dataclass(frozen=True, slots=True)
class Bag:
    """Features that a model knows, each once, with their weights."""

    rows: NDArray[np.int64]
    weights: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """A model as read from its file. `header` tells where it comes from and how good it is."""

    header: dict[str, Any]
    classes: tuple[str, ...]
    lexicon: Lexicon
    places: dict[str, int]
    weights: Weights

    def judge(self, text: str, *, shown: bool = True) -> Judgement:
        """Judge any text; what lies beyond the first 2,000 characters is not read.

        A text of which nothing is known gives every category the same probability. Unless `shown`,
        nobody is to see what spoke for it, and the words are not looked for.
        """
        reading = read(text)
        features = self.lexicon.features(reading.bare)
        places = [self.places.get(each.name, UNKNOWN) for each in features]
        bag = self._bag(places)
        if not bag.rows.size:
            same = 1 / len(self.classes)
            return Judgement(
                tuple((each, same) for each in self.classes), same, (), 0.0, (), 0.0, ()
            )
        verdict = self.verdict(bag, self._clauses(reading, places, bag))
        chances = np.exp(verdict.both.astype(np.float64))
        chances = chances / chances.sum()
        order = np.argsort(-chances, kind="stable")
        known = 1 - places.count(UNKNOWN) / len(places)
        sure = _squash(
            float(np.dot(evidence(verdict, known, len(reading.bare)), self.weights.calibrator))
        )
        found = list(zip(places, features, strict=True))
        urgency, restriction = self._flags(bag)
        return Judgement(
            ranked=tuple((self.classes[at], float(chances[at])) for at in order),
            confidence=sure,
            words=self._words(int(order[0]), found, bag, reading) if shown else (),
            # Looking for what spoke for it costs, and nobody asks while it is unlikely.
            urgency=urgency,
            urgent_words=self._flag_words(0, found, bag, reading)
            if shown and urgency >= SPOKEN_OF
            else (),
            restriction=restriction,
            restricted_words=self._flag_words(1, found, bag, reading)
            if shown and restriction >= SPOKEN_OF
            else (),
        )

    def flagged(self, bag: Bag) -> Floats:
        """How urgent and restricted a text is, as scores without scale."""
        held = self.weights
        heard: Floats = bag.weights @ held.flags[bag.rows].astype(np.float32) + held.flags_bias
        return heard

    def _flags(self, bag: Bag) -> tuple[float, float]:
        held = self.weights.flags_calibrator
        urgent, restricted = held[:, 0] + held[:, 1] * self.flagged(bag)
        return _squash(float(urgent)), _squash(float(restricted))

    def _bag(self, places: list[int]) -> Bag:
        counted = Counter(places)
        counted.pop(UNKNOWN, None)
        rows = sorted(counted)
        counts = np.array([counted[row] for row in rows], dtype=np.int64)
        return fill(np.array(rows, dtype=np.int64), counts, self.weights.idf)

    def _clauses(self, reading: Reading, places: list[int], whole: Bag) -> list[Bag]:
        """The bags of `Lexicon.features` of each clause, without looking everything up again."""
        if len(reading.clauses) == 1:
            return [whole]
        chars, bags = reading.bare, []
        for start, end in reading.clauses:
            concepts = self.lexicon.concepts(chars[start:end])
            meant = [self.places.get(each.name, UNKNOWN) for each in concepts]
            bags.append(self._bag(inside(places, len(chars), start, end) + meant))
        return bags

    def verdict(self, bag: Bag, clauses: list[Bag]) -> Verdict:
        """What both models make of a text and its clauses, one or more."""
        held, says = self.weights, self.header["judging"]
        linear: Floats = bag.weights @ held.linear[bag.rows].astype(np.float32) + held.linear_bias
        hidden = np.stack([self._hidden(each) for each in (bag, *clauses)])
        whole, parts = hidden[0], hidden[1:]
        heed: Floats = parts @ held.attention + held.position[positions(len(clauses))].sum(axis=1)
        ask = np.exp(log_softmax(heed)) @ parts
        net: Floats = ask @ held.out_clause + whole @ held.out_text + held.out_bias
        first = log_softmax(linear / np.float32(says["linear_temperature"]))
        second = log_softmax(net / np.float32(says["net_temperature"]))
        both = first + np.float32(says["net_share"]) * second
        return Verdict(first, second, log_softmax(both / np.float32(says["temperature"])))

    def _hidden(self, bag: Bag) -> Floats:
        held = self.weights
        scaled = bag.weights * held.embedding_scale[bag.rows]
        rows = held.embedding[bag.rows].astype(np.float32)
        summed: Floats = np.maximum(scaled @ rows + held.hidden_bias, 0)
        return summed

    def _words(
        self, first: int, found: list[tuple[int, Feature]], bag: Bag, reading: Reading
    ) -> tuple[Span, ...]:
        """Where the linear model heard its class, against the mean of all classes."""
        rows = self.weights.linear[bag.rows].astype(np.float32)
        speaks = bag.weights * (rows[:, first] - rows.mean(axis=1))
        return _spans(self.classes[first], speaks, found, bag, reading)

    def _flag_words(
        self, flag: int, found: list[tuple[int, Feature]], bag: Bag, reading: Reading
    ) -> tuple[Span, ...]:
        speaks = bag.weights * self.weights.flags[bag.rows, flag].astype(np.float32)
        return _spans(FLAGS[flag], speaks, found, bag, reading)


def load(path: Path, categories: Collection[str] | None = None) -> Model:
    """Read a model. Raises BrokenModel, with the reason, for anything that cannot be trusted.

    Where `categories` are given, the model must know exactly these.
    """
    header, lexicon, vocabulary, weights = read_file(path)
    classes = tuple(header["classes"])
    if categories is not None and set(categories) != set(classes):
        odd = sorted(set(categories) ^ set(classes))
        raise BrokenModel(f"{path}: its categories are not ours: {', '.join(odd)}")
    places = {name: at for at, name in enumerate(vocabulary)}
    return Model(header, classes, lexicon, places, weights)


def fill(rows: NDArray[np.int64], counts: NDArray[np.int64], idf: Floats) -> Bag:
    """A bag of features that stand so often in a text; its weights have length 1."""
    weights = ((1 + np.log(counts)) * idf[rows]).astype(np.float32)
    length = float(np.sqrt(np.dot(weights, weights)))
    return Bag(rows, weights / np.float32(length or 1.0))


def positions(clauses: int) -> NDArray[np.int64]:
    """Three rows of the position weights a clause: from the end, from the start, alone or not."""
    at = np.arange(clauses)
    alone = np.full(clauses, 6 if clauses == 1 else 7)
    return np.stack([np.minimum(clauses - 1 - at, 3), 4 + np.minimum(at, 1), alone], axis=1)


def evidence(verdict: Verdict, known: float, length: int) -> NDArray[np.float64]:
    """What the calibrator hears: how sure, how far ahead, whether both agree, how much is known."""
    both = np.sort(verdict.both.astype(np.float64))
    top = float(np.clip(np.exp(both[-1]), 1e-6, 1 - 1e-6))
    agree = float(np.argmax(verdict.linear) == np.argmax(verdict.net))
    ahead = min(float(both[-1] - both[-2]), 12.0)
    return np.array([1.0, np.log(top / (1 - top)), ahead, agree, known, np.log1p(length)])


def log_softmax(scores: NDArray[Any]) -> Floats:
    """Scores as log probabilities."""
    shifted = scores - scores.max()
    logs: Floats = (shifted - np.log(np.exp(shifted).sum())).astype(np.float32)
    return logs


def _spans(
    category: str,
    speaks: Floats,
    found: list[tuple[int, Feature]],
    bag: Bag,
    reading: Reading,
) -> tuple[Span, ...]:
    """The spans of the text where most was heard; `speaks` is what each row of `bag` said."""
    told = dict(zip(bag.rows.tolist(), speaks.tolist(), strict=True))
    heat = [0.0] * len(reading.bare)
    for place, (_, start, end) in found:
        if place != UNKNOWN:
            share = told[place] / (end - start)
            for at in range(start, end):
                heat[at] += share
    total = sum(each for each in heat if each > 0)
    return tuple(
        Span(
            reading.offsets[start],
            reading.offsets[end - 1] + 1,
            round(weight / total, 4),
            category,
        )
        for start, end, weight in _hot(heat)
    )


def _squash(score: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(score, -30, 30))))


def _hot(heat: list[float]) -> list[tuple[int, int, float]]:
    """Runs that speak loudest, of two characters or more if there are any, in their order."""
    least = SPEAKS * max(heat)
    runs: list[tuple[int, int, float]] = []
    for at, each in enumerate(heat):
        if each <= 0 or each < least:
            continue
        if runs and runs[-1][1] == at:
            start, _, weight = runs.pop()
            runs.append((start, at + 1, weight + each))
        else:
            runs.append((at, at + 1, each))
    long = [run for run in runs if run[1] - run[0] > 1] or runs
    return sorted(sorted(long, key=lambda run: (-run[2], run[0]))[:MOST_SPANS])
