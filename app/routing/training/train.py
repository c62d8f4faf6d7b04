"""A whole training: voices held out in turn, honest confidence, then one fit on everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.routing.model_file import FLAGS, Weights, write_file
from app.routing.training.corpus import Corpus, gather
from app.routing.training.fit import Fit, Said, fit, folds, judged
from app.routing.training.honesty import (
    calibrator,
    flag_scores,
    flags_calibrator,
    retold,
    temperatures,
)
from app.routing.training.report import by_voice, confusion, scores
from app.routing.training.texts import Material, Row

FOLDS = 4
# Not ways of speaking but ways of misleading. Once learned they are known in every voice, so the
# confidence is fitted without them; how they fare when held out is told all the same.
TRAPS = frozenset({"passing", "ask_first", "ask_at_end", "not_that", "denial", "two_matters"})
LATER = 0.2  # of the corrections, the latest, on which those before are judged

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trained:
    """What goes into the file."""

    header: dict[str, Any]
    fitted: Fit
    weights: Weights


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the kinds of rows lie in the corpus."""

    rows: Ints
    labels: Ints
    words: Ints
    held_out: Ints
    restricted: Ints

    @property
    def learned(self) -> Ints:
        return np.concatenate([self.rows, self.labels, self.words])


@dataclass(frozen=True, slots=True)
class _Honesty:
    """What the voices held out tell about all that follows."""

    judging: dict[str, float]
    calibrator: Doubles
    flags_calibrator: Doubles
    metrics: dict[str, Any]


def train(
    material: Material,
    seed: int,
    trained_on: str,
    tell: Callable[[str], None],
    many: int = FOLDS,
) -> Trained:
    """Train on all there is. The same material and seed give the same model."""
    corpus, places = _corpus(material)
    classes = material.classes
    honesty = _honesty(material, corpus, places, seed, many, tell)
    metrics = dict(honesty.metrics)
    if len(places.labels):
        metrics["labels"] = _labels(corpus, places, len(classes), honesty, seed)
        tell("corrections judged")
    fitted = fit(corpus, places.learned, len(classes), seed)
    tell("fitted on everything")
    if len(places.held_out):
        said = judged(corpus, places.held_out, fitted, len(classes), honesty.judging)
        true = corpus.labels[places.held_out]
        limit = metrics["held_out_voices"]["threshold"]
        metrics["held_out"] = scores(said, true, honesty.calibrator, limit)
        voices = [each.voice for each in material.held_out]
        metrics["held_out_by_voice"] = by_voice(said, true, voices)
        flags = corpus.flags[places.held_out]
        metrics["held_out_urgent"] = flag_scores(said, flags, honesty.flags_calibrator, 0)
    if len(places.restricted):
        said = judged(corpus, places.restricted, fitted, len(classes), honesty.judging)
        flags = corpus.flags[places.restricted]
        metrics["restricted"] = flag_scores(said, flags, honesty.flags_calibrator, 1)
    weights = replace(
        fitted.weights,
        calibrator=honesty.calibrator,
        flags_calibrator=honesty.flags_calibrator,
    )
    header = {
        "data": material.version,
        "trained_on": trained_on,
        "seed": seed,
        "texts": len(places.rows) + len(places.labels),
        "words": len(places.words),
        "classes": list(classes),
        "judging": honesty.judging,
        "metrics": metrics,
    }
    return Trained(header, fitted, weights)


def save(trained: Trained, material: Material, path: Path) -> None:
    """Write the file, and its folder where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    vocabulary = list(trained.fitted.vocabulary.names)
    write_file(path, trained.header, material.lexicon, vocabulary, trained.weights)


def _corpus(material: Material) -> tuple[Corpus, _Places]:
    kinds: tuple[Sequence[Row], ...] = (
        material.rows,
        material.labels,
        material.words,
        material.held_out,
        material.restricted,
    )
    corpus = gather([row for kind in kinds for row in kind], material.classes, material.lexicon)
    ends = np.cumsum([0, *map(len, kinds)])
    ranges = [np.arange(start, end) for start, end in pairwise(ends)]
    return corpus, _Places(*ranges)


def _honesty(
    material: Material,
    corpus: Corpus,
    places: _Places,
    seed: int,
    many: int,
    tell: Callable[[str], None],
) -> _Honesty:
    voices = [each.voice for each in material.rows]
    classes = material.classes
    turns, said = folds(voices, many, seed), []
    for at, turn in enumerate(turns, start=1):
        fitted = fit(corpus, np.setdiff1d(places.learned, turn), len(classes), seed)
        said.append(judged(corpus, turn, fitted, len(classes)))
        tell(f"voices held out: {at} of {len(turns)}")
    order = np.concatenate(turns)
    true = corpus.labels[order]
    raw = _joined(said)
    about = corpus.weights[order] > 0
    plain = np.array([voices[at] not in TRAPS for at in order]) & about
    judging = temperatures(_only(raw, plain), true[plain])
    told = retold(raw, judging)
    right = told.both.argmax(axis=1) == true
    held = calibrator(told.evidence, right, plain.astype(np.float64))
    honest = scores(_only(told, plain), true[plain], held)
    metrics = {
        "held_out_voices": honest,
        "held_out_voices_and_traps": scores(
            _only(told, about), true[about], held, honest["threshold"]
        ),
        "voices": by_voice(told, true, [voices[at] for at in order]),
        "confusion": confusion(told, true, classes),
    }
    flags = corpus.flags[order]
    flagged = flags_calibrator(told, flags)
    for at, name in enumerate(FLAGS):
        metrics[f"held_out_voices_{name}"] = flag_scores(told, flags, flagged, at)
    return _Honesty(judging, held, flagged, metrics)


def _labels(
    corpus: Corpus, places: _Places, classes: int, honesty: _Honesty, seed: int
) -> dict[str, Any]:
    """The latest corrections, judged by what was known before them."""
    later = places.labels[int(len(places.labels) * (1 - LATER)) :]
    fitted = fit(corpus, np.setdiff1d(places.learned, later), classes, seed)
    said = judged(corpus, later, fitted, classes, honesty.judging)
    limit = honesty.metrics["held_out_voices"]["threshold"]
    return scores(said, corpus.labels[later], honesty.calibrator, limit)


def _only(said: Said, chosen: NDArray[np.bool_]) -> Said:
    return Said(
        said.linear[chosen],
        said.net[chosen],
        said.both[chosen],
        said.evidence[chosen],
        said.flags[chosen],
    )


def _joined(said: Sequence[Said]) -> Said:
    return Said(
        np.concatenate([each.linear for each in said]),
        np.concatenate([each.net for each in said]),
        np.concatenate([each.both for each in said]),
        np.concatenate([each.evidence for each in said]),
        np.concatenate([each.flags for each in said]),
    )
