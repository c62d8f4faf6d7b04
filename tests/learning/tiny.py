"""A small true model: it knows some words, each for one category."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from app.routing.features import Lexicon
from app.routing.model_file import EVIDENCE, FLAGS, POSITIONS, Weights, write_file

HIDDEN = 1


def write_model(path: Path, knows: Mapping[str, str], *, sure: float = 6.0, note: str = "") -> Path:
    """Write a model to which each word (two characters at most) says its category; gives the path."""
    words, classes = list(knows), sorted({*knows.values(), "OTHER"})
    many, kinds = len(words), len(classes)
    linear = np.zeros((many, kinds), np.float16)
    for row, word in enumerate(words):
        linear[row, classes.index(knows[word])] = 12
    ones = np.ones(many, np.float32)
    nothing = np.zeros((HIDDEN, kinds), np.float32)
    weights = Weights(
        idf=ones,
        linear=linear,
        linear_bias=np.zeros(kinds, np.float32),
        embedding=np.zeros((many, HIDDEN), np.int8),
        embedding_scale=ones,
        hidden_bias=np.zeros(HIDDEN, np.float32),
        out_clause=nothing,
        out_text=nothing,
        out_bias=np.zeros(kinds, np.float32),
        attention=np.zeros(HIDDEN, np.float32),
        position=np.zeros(POSITIONS, np.float32),
        calibrator=np.array([sure, *[0.0] * (EVIDENCE - 1)]),
        flags=np.zeros((many, len(FLAGS)), np.float16),
        flags_bias=np.zeros(len(FLAGS), np.float32),
        flags_calibrator=np.tile(np.array([-6.0, 1.0]), (len(FLAGS), 1)),
    )
    judging = dict.fromkeys(
        ("linear_temperature", "net_temperature", "net_share", "temperature"), 1.0
    )
    voices = {"granny": {"texts": 4, "top1": 0.5, "top3": 0.75}}
    header = {
        "classes": classes,
        "judging": judging,
        "note": note,
        "texts": 3,
        "metrics": {"held_out_by_voice": voices},
    }
    write_file(path, header, Lexicon({}, {}), words, weights)
    return path
