"""How good a model is, as numbers for its header and lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.routing.training.fit import Said
from app.routing.training.honesty import calibration_error, squash, threshold

MOST_CONFUSED = 25
UNVOICED = "-"

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]


def scores(
    said: Said, labels: Ints, held: Doubles, at_least: float | None = None
) -> dict[str, Any]:
    """Figures of what a model said, at a threshold found elsewhere or else the best one here."""
    if not len(labels):
        return {"texts": 0}
    order = np.argsort(-said.both, axis=1, kind="stable")
    right = order[:, 0] == labels
    sure = squash(said.evidence @ held)
    limit = threshold(sure, right)[0] if at_least is None else at_least
    placed = sure >= limit
    return {
        "texts": len(labels),
        "top1": _round(right.mean()),
        "top3": _round((order[:, :3] == labels[:, None]).any(axis=1).mean()),
        "threshold": _round(limit),
        "placed": _round(placed.mean()),
        "precision": _round(right[placed].mean()) if placed.any() else None,
        "calibration_error": _round(calibration_error(sure, right)),
    }


def by_voice(said: Said, labels: Ints, voices: Sequence[str | None]) -> dict[str, dict[str, Any]]:
    """Top-1 and top-3 of each voice."""
    order = np.argsort(-said.both, axis=1, kind="stable")
    named = np.array([each or UNVOICED for each in voices])
    found = {}
    for voice in sorted(set(named.tolist())):
        those = named == voice
        found[voice] = {
            "texts": int(those.sum()),
            "top1": _round((order[those, 0] == labels[those]).mean()),
            "top3": _round((order[those, :3] == labels[those, None]).any(axis=1).mean()),
        }
    return found


def confusion(said: Said, labels: Ints, classes: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many texts of each category were taken for which."""
    taken = Counter(zip(labels.tolist(), said.both.argmax(axis=1).tolist(), strict=True))
    table: dict[str, dict[str, int]] = {code: {} for code in classes}
    for (true, guessed), count in sorted(taken.items()):
        table[classes[true]][classes[guessed]] = count
    return table


def lines(header: Mapping[str, Any]) -> Iterator[str]:
    """What a person wants to read of a header."""
    told = header["metrics"]
    yield f"{header['texts']} texts, {header['words']} words, data {header['data']}"
    for name in ("held_out_voices", "held_out_voices_and_traps", "held_out", "labels"):
        if name in told:
            yield f"{name}: " + ", ".join(f"{key} {value}" for key, value in told[name].items())
    for name in ("voices", "held_out_by_voice"):
        for voice, found in told.get(name, {}).items():
            yield f"  {name} {voice:20} top-1 {found['top1']:.3f} top-3 {found['top3']:.3f}"
    confused = sorted(
        (
            (count, true, guessed)
            for true, row in told["confusion"].items()
            for guessed, count in row.items()
            if true != guessed
        ),
        key=lambda each: (-each[0], each[1:]),
    )
    for count, true, guessed in confused[:MOST_CONFUSED]:
        yield f"  {count:4} of {true} taken for {guessed}"


def _round(value: float) -> float:
    return round(float(value), 4)
