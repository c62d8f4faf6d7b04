"""Temperatures and the calibrator, fitted on what models said of voices they had not learned."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from app.routing.model import Floats
from app.routing.training.fit import RAW, Said

SURE = 0.95  # what places without a person must be right this often
FEWEST = 50  # a threshold that fewer texts reach is chance
BINS = 10
STEPS = 50
COUNTS_FROM = 0.5  # as the district's rulebook has it
PRIOR = 1.0  # keeps the calibrator's weights small where texts are few

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]


def temperatures(said: Said, labels: Ints) -> dict[str, float]:
    """What the raw scores are divided by, so that their probabilities are the likeliest."""
    linear = _best(said.linear, labels)
    net = _best(said.net, labels)
    both = joined(said, linear, net)
    return {
        "linear_temperature": linear,
        "net_temperature": net,
        "net_share": RAW["net_share"],
        "temperature": _best(both, labels),
    }


def joined(said: Said, linear: float, net: float) -> Floats:
    """Both models' log probabilities in one score, as `Model.verdict` joins them."""
    share = np.float32(RAW["net_share"])
    return _logs(said.linear, linear) + share * _logs(said.net, net)


def retold(said: Said, judging: Mapping[str, float]) -> Said:
    """The same with other temperatures; the evidence as `evidence` would find it."""
    linear = _logs(said.linear, judging["linear_temperature"])
    net = _logs(said.net, judging["net_temperature"])
    both = _logs(linear + np.float32(judging["net_share"]) * net, judging["temperature"])
    ranked = np.sort(both.astype(np.float64), axis=1)
    top = np.clip(np.exp(ranked[:, -1]), 1e-6, 1 - 1e-6)
    proofs = said.evidence.copy()
    proofs[:, 1] = np.log(top / (1 - top))
    proofs[:, 2] = np.minimum(ranked[:, -1] - ranked[:, -2], 12.0)
    return Said(linear, net, both, proofs, said.flags)


def calibrator(proofs: Doubles, right: Flags, weights: Doubles) -> Doubles:
    """Logistic regression by Newton's steps: evidence to the chance of being right."""
    held = np.zeros(proofs.shape[1])
    for _ in range(STEPS):
        chance = squash(proofs @ held)
        slope = proofs.T @ (weights * (chance - right)) + PRIOR * held
        bend = (proofs * (weights * chance * (1 - chance))[:, None]).T @ proofs
        step = np.linalg.solve(bend + PRIOR * np.eye(len(held)), slope)
        held = held - step
        if np.abs(step).max() < 1e-9:
            break
    return held


def flag_scores(said: Said, flags: Ints, held: Doubles, at: int) -> dict[str, float]:
    """Precision and recall of a flag at the chance from which it counts, on rows where it is known."""
    known = flags[:, at] >= 0
    chance = squash(held[at, 0] + held[at, 1] * said.flags[known, at])
    called, true = chance >= COUNTS_FROM, flags[known, at] == 1
    both = float((called & true).sum())
    return {
        "texts": int(known.sum()),
        "true": int(true.sum()),
        "precision": round(both / max(int(called.sum()), 1), 4),
        "recall": round(both / max(int(true.sum()), 1), 4),
    }


def flags_calibrator(said: Said, flags: Ints) -> Doubles:
    """For each flag the bias and the slope that turn its score into a chance."""
    return np.stack(
        [_flag_calibrator(said.flags[:, at], flags[:, at]) for at in range(flags.shape[1])]
    )


def _flag_calibrator(scores: Doubles, flag: Ints) -> Doubles:
    known = flag >= 0
    proofs = np.stack([np.ones(int(known.sum())), scores[known]], axis=1)
    return calibrator(proofs, flag[known] == 1, np.ones(int(known.sum())))


def squash(scores: Doubles) -> Doubles:
    """Scores to chances."""
    chances: Doubles = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    return chances


def threshold(sure: Doubles, right: Flags) -> tuple[float, float, float]:
    """The lowest confidence above which `SURE` are right, the share placed and their precision.

    (1.0, 0.0, 0.0) where there is none.
    """
    order = np.argsort(-sure, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    reached = np.flatnonzero(precision >= SURE)
    reached = reached[reached >= FEWEST - 1]
    if not len(reached):
        return 1.0, 0.0, 0.0
    last = int(reached[-1])
    return float(sure[order[last]]), (last + 1) / len(order), float(precision[last])


def calibration_error(sure: Doubles, right: Flags) -> float:
    """The mean distance between confidence and what was right, over ten equal bins."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [
        abs(sure[bins == at].mean() - right[bins == at].mean()) * (bins == at).mean()
        for at in range(BINS)
        if (bins == at).any()
    ]
    return float(sum(gaps))


def _logs(scores: Floats, temperature: float) -> Floats:
    scaled = scores / np.float32(temperature)
    shifted = scaled - scaled.max(axis=1, keepdims=True)
    logs: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return logs


def _best(scores: Floats, labels: Ints) -> float:
    """The temperature of the least loss, from a fixed list."""
    tried = np.exp(np.linspace(-4, 2, 121))
    at = np.arange(len(labels))
    losses = [-float(_logs(scores, float(each))[at, labels].mean()) for each in tried]
    return round(float(tried[int(np.argmin(losses))]), 6)
