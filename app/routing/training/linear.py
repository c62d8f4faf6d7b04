"""The linear model: ridge regression on one-against-all targets, by conjugate gradients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.routing.model import Bag

RIDGE = 0.7
STEPS = 20

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


def fit_linear(
    bags: Sequence[Bag], labels: Ints, weights: Floats, size: tuple[int, int]
) -> tuple[Floats, Floats]:
    """Weights by feature and class, and the bias. `size` is features by classes."""
    many, classes = size
    roots = np.sqrt(weights).astype(np.float32)
    rows = [np.append(each.rows, many) for each in bags]
    values = [
        np.append(each.weights, np.float32(1)) * root
        for each, root in zip(bags, roots, strict=True)
    ]
    target = np.full((len(bags), classes), -1, dtype=np.float32)
    target[np.arange(len(bags)), labels] = 1
    solved = _solve(rows, values, target * roots[:, None], (many + 1, classes))
    return solved[:-1], solved[-1]


def _solve(rows: list[Ints], values: list[Floats], target: Floats, size: tuple[int, int]) -> Floats:
    solved = np.zeros(size, dtype=np.float32)
    rest = _back(rows, values, target, size)
    way = rest.copy()
    left = (rest * rest).sum(axis=0)
    for _ in range(STEPS):
        bent = np.stack([value @ way[row] for row, value in zip(rows, values, strict=True)])
        turned = _back(rows, values, bent, size) + np.float32(RIDGE) * way
        step = left / np.maximum((way * turned).sum(axis=0), np.float32(1e-12))
        solved += step * way
        rest -= step * turned
        now = (rest * rest).sum(axis=0)
        way = rest + (now / np.maximum(left, np.float32(1e-12))) * way
        left = now
    return solved


def _back(rows: list[Ints], values: list[Floats], told: Floats, size: tuple[int, int]) -> Floats:
    """The transposed product. No feature stands twice in a bag, so plain addition is enough."""
    summed = np.zeros(size, dtype=np.float32)
    for row, value, each in zip(rows, values, told, strict=True):
        summed[row] += value[:, None] * each
    return summed
