"""One fit of both models, and what a fit says of rows that it did not learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.routing.features import Lexicon
from app.routing.model import Floats, Model, evidence
from app.routing.model_file import EVIDENCE, FLAGS, Weights
from app.routing.training.corpus import Bagged, Corpus, Vocabulary
from app.routing.training.linear import fit_linear
from app.routing.training.net import fit_net

FLAGGED_COUNTS = 3.0  # of what is urgent or restricted there is little
RAW = {"linear_temperature": 1.0, "net_temperature": 1.0, "net_share": 0.5, "temperature": 1.0}

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Said:
    """What a model says of rows: log probabilities of each part and of both, the evidence, and how
    urgent and restricted they are, as scores without scale in the order of FLAGS.
    """

    linear: Floats
    net: Floats
    both: Floats
    evidence: Doubles
    flags: Doubles


@dataclass(frozen=True, slots=True)
class Fit:
    """A vocabulary and what was learned about it."""

    vocabulary: Vocabulary
    weights: Weights


def fit(corpus: Corpus, chosen: Ints, classes: int, seed: int) -> Fit:
    """Learn from the chosen rows."""
    vocabulary = corpus.vocabulary(chosen)
    bagged = [corpus.bagged(at, vocabulary) for at in chosen]
    labels, counts = corpus.labels[chosen], corpus.weights[chosen]
    size = (len(vocabulary.names), classes)
    linear, bias = fit_linear([each.whole for each in bagged], labels, counts, size)
    net = fit_net(bagged, labels, counts, size, seed)
    embedding, scale = _in_bytes(net.embedding)
    flags, flags_bias = _fit_flags(bagged, corpus.flags[chosen], len(vocabulary.names))
    weights = Weights(
        idf=vocabulary.idf,
        linear=linear.astype(np.float16),
        linear_bias=bias,
        embedding=embedding,
        embedding_scale=scale,
        hidden_bias=net.hidden_bias,
        out_clause=net.out_clause,
        out_text=net.out_text,
        out_bias=net.out_bias,
        attention=net.attention,
        position=net.position,
        calibrator=np.zeros(EVIDENCE),
        flags=flags.astype(np.float16),
        flags_bias=flags_bias,
        flags_calibrator=np.tile(np.array([0.0, 1.0]), (len(FLAGS), 1)),
    )
    return Fit(vocabulary, weights)


def judged(
    corpus: Corpus, chosen: Ints, fitted: Fit, classes: int, judging: Mapping[str, float] = RAW
) -> Said:
    """What the fit says of the chosen rows, by the very code that judges in the service."""
    names = tuple(map(str, range(classes)))
    header: dict[str, Any] = {"judging": dict(judging)}
    model = Model(header, names, Lexicon({}, {}), {}, fitted.weights)
    found, proofs, flags = [], [], []
    for at in chosen:
        bagged = corpus.bagged(at, fitted.vocabulary)
        verdict = model.verdict(bagged.whole, list(bagged.clauses))
        found.append(verdict)
        known = corpus.known(at, fitted.vocabulary)
        proofs.append(evidence(verdict, known, corpus.counted[at].length))
        flags.append(model.flagged(bagged.whole))
    return Said(
        np.stack([each.linear for each in found]),
        np.stack([each.net for each in found]),
        np.stack([each.both for each in found]),
        np.stack(proofs),
        np.stack(flags),
    )


def folds(voices: Sequence[str | None], many: int, seed: int) -> list[Ints]:
    """The rows to hold out in each turn: whole voices. Rows of no voice are always learned."""
    named = sorted({each for each in voices if each is not None})
    order = np.random.default_rng(seed).permutation(len(named))
    turn = {named[at]: place % many for place, at in enumerate(order)}
    turns = np.array([-1 if each is None else turn[each] for each in voices])
    return [found for at in range(many) if len(found := np.flatnonzero(turns == at))]


def _fit_flags(bagged: Sequence[Bagged], flags: Ints, many: int) -> tuple[Floats, Floats]:
    """Weights by feature and flag, and the biases, each from the rows of which somebody said it."""
    solved, biases = [], []
    for flag in flags.T:
        told = np.flatnonzero(flag >= 0)
        weights = np.where(flag[told] == 1, np.float32(FLAGGED_COUNTS), np.float32(1))
        bags = [bagged[int(at)].whole for at in told]
        found, bias = fit_linear(bags, flag[told], weights, (many, 2))
        solved.append(found[:, 1])
        biases.append(bias[1])
    return np.stack(solved, axis=1), np.array(biases, dtype=np.float32)


def _in_bytes(embedding: Floats) -> tuple[NDArray[np.int8], Floats]:
    most = np.abs(embedding).max(axis=1)
    scale = np.where(most > 0, most / 127, 1).astype(np.float32)
    return np.rint(embedding / scale[:, None]).astype(np.int8), scale
