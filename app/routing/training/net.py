"""The net: features to hidden units, clauses weighed against each other, hidden units to classes.

Adam by hand in numpy; features and hidden units are left out at random, labels are softened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.routing.model import Bag, positions
from app.routing.model_file import POSITIONS
from app.routing.training.corpus import Bagged

HIDDEN = 64
EPOCHS = 10
BATCH = 192
RATE = 5e-3
WARM_UP = 20
LEFT_OUT_FEATURES = 0.5
LEFT_OUT_HIDDEN = 0.3
SOFTENED = 0.05

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(slots=True)
class Net:
    """What is learned; the names are those of `app.routing.model_file.Weights`."""

    embedding: Floats
    hidden_bias: Floats
    out_clause: Floats
    out_text: Floats
    out_bias: Floats
    attention: Floats
    position: Floats

    @classmethod
    def fresh(cls, many: int, classes: int, chance: np.random.Generator) -> Net:
        """Small random weights."""
        root = 1 / np.sqrt(HIDDEN)
        return cls(
            _random(chance, (many, HIDDEN), 0.05),
            np.zeros(HIDDEN, np.float32),
            _random(chance, (HIDDEN, classes), root),
            _random(chance, (HIDDEN, classes), root),
            np.zeros(classes, np.float32),
            np.zeros(HIDDEN, np.float32),
            np.zeros(POSITIONS, np.float32),
        )

    def parts(self) -> tuple[Floats, ...]:
        """All arrays; the embedding first."""
        return (
            self.embedding,
            self.hidden_bias,
            self.out_clause,
            self.out_text,
            self.out_bias,
            self.attention,
            self.position,
        )


@dataclass(slots=True)
class _Adam:
    """Moments of each array; of the embedding only the rows in use are touched."""

    net: Net
    first: list[Floats] = field(init=False)
    second: list[Floats] = field(init=False)

    def __post_init__(self) -> None:
        self.first = [np.zeros_like(each) for each in self.net.parts()]
        self.second = [np.zeros_like(each) for each in self.net.parts()]

    def step(self, slopes: Sequence[Floats], used: Ints, rate: float) -> None:
        for at, (held, slope) in enumerate(zip(self.net.parts(), slopes, strict=True)):
            rows: Ints | slice = used if at == 0 else slice(None)
            first = np.float32(0.9) * self.first[at][rows] + np.float32(0.1) * slope
            second = np.float32(0.99) * self.second[at][rows] + np.float32(0.01) * slope * slope
            self.first[at][rows], self.second[at][rows] = first, second
            held[rows] -= np.float32(rate) * first / (np.sqrt(second) + np.float32(1e-6))


@dataclass(frozen=True, slots=True)
class _Batch:
    """Whole texts first, then their clauses; `owner` is the text of each clause."""

    bags: list[Bag]
    texts: int
    owner: Ints
    places: Ints


def fit_net(
    texts: Sequence[Bagged], labels: Ints, weights: Floats, size: tuple[int, int], seed: int
) -> Net:
    """Learn from texts. `size` is features by classes. The same input gives the same net."""
    chance = np.random.default_rng(seed)
    net = Net.fresh(*size, chance)
    adam = _Adam(net)
    steps = EPOCHS * -(-len(texts) // BATCH)
    local = np.zeros(size[0], dtype=np.int64)
    for step, chosen in enumerate(_chosen(len(texts), chance), start=1):
        batch = _thinned([texts[at] for at in chosen], chance)
        used = np.unique(np.concatenate([each.rows for each in batch.bags]))
        local[used] = np.arange(len(used))
        slopes = _slopes(net, batch, labels[chosen], weights[chosen], chance)
        embedding = np.zeros((len(used), HIDDEN), dtype=np.float32)
        for bag, slope in zip(batch.bags, slopes[0], strict=True):
            embedding[local[bag.rows]] += bag.weights[:, None] * slope
        rate = RATE * (1.02 - step / steps) * min(1.0, step / WARM_UP)
        adam.step((embedding, *slopes[1:]), used, rate)
    return net


def _chosen(many: int, chance: np.random.Generator) -> Iterator[Ints]:
    for _ in range(EPOCHS):
        order = chance.permutation(many)
        yield from (order[at : at + BATCH] for at in range(0, many, BATCH))


def _thinned(texts: Sequence[Bagged], chance: np.random.Generator) -> _Batch:
    bags = [each.whole for each in texts] + [part for each in texts for part in each.clauses]
    sizes = np.array([len(each.rows) for each in bags])
    kept = chance.random(int(sizes.sum()), dtype=np.float32) > LEFT_OUT_FEATURES
    scale = np.float32(1 / (1 - LEFT_OUT_FEATURES))
    parts = np.split(kept, np.cumsum(sizes)[:-1])
    thin = [
        Bag(bag.rows[part], bag.weights[part] * scale)
        for bag, part in zip(bags, parts, strict=True)
    ]
    counts = [len(each.clauses) for each in texts]
    owner = np.repeat(np.arange(len(texts)), counts)
    places = [positions(each) for each in counts if each]
    return _Batch(thin, len(texts), owner, np.concatenate(places))


def _slopes(
    net: Net, batch: _Batch, labels: Ints, weights: Floats, chance: np.random.Generator
) -> tuple[Floats, ...]:
    """Forward and back: the slope of the loss at the hidden units, then of each other array."""
    embedding = net.embedding
    hidden = np.stack([bag.weights @ embedding[bag.rows] for bag in batch.bags]) + net.hidden_bias
    kept = chance.random(hidden.shape, dtype=np.float32) > LEFT_OUT_HIDDEN
    mask = (hidden > 0) * kept * np.float32(1 / (1 - LEFT_OUT_HIDDEN))
    hidden = hidden * mask
    whole, parts = hidden[: batch.texts], hidden[batch.texts :]
    heed = _shares(parts @ net.attention + net.position[batch.places].sum(axis=1), batch)
    ask = np.zeros_like(whole)
    np.add.at(ask, batch.owner, heed[:, None] * parts)
    error = _error(ask @ net.out_clause + whole @ net.out_text + net.out_bias, labels, weights)
    ask_slope = (error @ net.out_clause.T)[batch.owner]
    gain = (ask_slope * parts).sum(axis=1)
    mean = np.bincount(batch.owner, heed * gain, batch.texts).astype(np.float32)
    heed_slope = heed * (gain - mean[batch.owner])
    part_slope = heed[:, None] * ask_slope + heed_slope[:, None] * net.attention
    slope = np.vstack([error @ net.out_text.T, part_slope]) * mask
    places = np.bincount(batch.places.ravel(), np.repeat(heed_slope, 3), POSITIONS)
    return (
        slope,
        slope.sum(axis=0),
        ask.T @ error,
        whole.T @ error,
        error.sum(axis=0),
        parts.T @ heed_slope,
        places.astype(np.float32),
    )


def _shares(scores: Floats, batch: _Batch) -> Floats:
    """Softmax over the clauses of each text."""
    most = np.full(batch.texts, -np.inf, dtype=np.float32)
    np.maximum.at(most, batch.owner, scores)
    raised = np.exp(scores - most[batch.owner])
    shares = raised / np.bincount(batch.owner, raised, batch.texts)[batch.owner]
    told: Floats = shares.astype(np.float32)
    return told


def _error(scores: Floats, labels: Ints, weights: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    error = raised / raised.sum(axis=1, keepdims=True)
    error[np.arange(len(labels)), labels] -= 1 - SOFTENED
    error -= SOFTENED / scores.shape[1]
    told: Floats = (error * weights[:, None] / len(labels)).astype(np.float32)
    return told


def _random(chance: np.random.Generator, shape: tuple[int, int], scale: float) -> Floats:
    drawn: Floats = chance.standard_normal(shape, dtype=np.float32) * np.float32(scale)
    return drawn
