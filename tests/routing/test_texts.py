"""The texts for routing are what their README says: known categories, no doubles, judged apart."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from config import pack as packs

DISTRICT = Path(packs.__file__).parent / "district"
CODES = {each.code for each in packs.load(DISTRICT).categories}
SPAN = 12


def _texts(name: str) -> list[dict[str, Any]]:
    lines = (DISTRICT / "training" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


FIRST = {name: _texts(name) for name in ("seed", "examples")}
WRITTEN = {name: _texts(f"written_{name}") for name in "abcd"}
HELD_OUT = _texts("heldout")
ALL = [*HELD_OUT, *(each for rows in (*FIRST.values(), *WRITTEN.values()) for each in rows)]


def _bare(text: str) -> str:
    """Without punctuation and spaces: what a copy would share."""
    return re.sub(r"[\W_]+", "", text)


def _spans(text: str) -> set[str]:
    bare = _bare(text)
    return {bare[at : at + SPAN] for at in range(len(bare) - SPAN + 1)}


def test_every_label_is_a_category():
    for row in ALL:
        assert {row["category"], *row.get("also", ())} <= CODES


def test_nothing_stands_twice():
    doubles = [text for text, n in Counter(_bare(row["text"]) for row in ALL).items() if n > 1]
    assert doubles == []


@pytest.mark.parametrize("code", sorted(CODES))
def test_there_is_enough_of_each_category(code):
    written = [row for rows in WRITTEN.values() for row in rows if row["category"] == code]
    assert len(written) >= 140
    assert len({row["voice"] for row in written}) >= 20
    assert sum(row["category"] == code for row in HELD_OUT) >= 41


def test_what_is_judged_was_never_learned():
    voices = {row["voice"] for row in HELD_OUT}
    learned = [row for rows in WRITTEN.values() for row in rows]
    assert len(voices) >= 5
    assert voices.isdisjoint(row["voice"] for row in learned)
    spans: set[str] = set()
    for row in [*learned, *(each for rows in FIRST.values() for each in rows)]:
        spans |= _spans(row["text"])
    shared = [row["text"] for row in HELD_OUT if _spans(row["text"]) & spans]
    assert shared == []
