"""The texts for routing are what their README says: known categories, no doubles, judged apart."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from config import pack as packs
from config.routing_terms import SUSPECTED

DISTRICT = Path(packs.__file__).parent / "district"
PACK = packs.load(DISTRICT)
CODES = {each.code for each in PACK.categories}
SPAN = 12


def _texts(name: str) -> list[dict[str, Any]]:
    lines = (DISTRICT / "training" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _written() -> dict[str, list[dict[str, Any]]]:
    names = sorted(path.stem for path in (DISTRICT / "training").glob("written_*.jsonl"))
    return {name: _texts(name) for name in names}


FIRST = {name: _texts(name) for name in ("seed", "examples")}
WRITTEN = _written()
HELD_OUT = {name: _texts(name) for name in ("heldout", "heldout_b")}
LEARNED = [each for rows in (*FIRST.values(), *WRITTEN.values()) for each in rows]
ALL = [*LEARNED, *(each for rows in HELD_OUT.values() for each in rows)]


def _bare(text: str) -> str:
    """Without punctuation and spaces: what a copy would share."""
    return re.sub(r"[\W_]+", "", text)


def _spans(text: str) -> set[str]:
    bare = _bare(text)
    return {bare[at : at + SPAN] for at in range(len(bare) - SPAN + 1)}


def test_every_label_is_a_category():
    for row in ALL:
        assert {row["category"], *row.get("also", ())} <= CODES
        assert isinstance(row.get("urgent", False), bool)


def test_nothing_stands_twice():
    doubles = [text for text, n in Counter(_bare(row["text"]) for row in ALL).items() if n > 1]
    assert doubles == []


@pytest.mark.parametrize("code", sorted(CODES))
def test_there_is_enough_of_each_category(code):
    written = [row for rows in WRITTEN.values() for row in rows if row["category"] == code]
    assert len(written) >= 400
    assert len({row["voice"] for row in written}) >= 40
    for rows in HELD_OUT.values():
        assert sum(row["category"] == code for row in rows) >= 24


@pytest.mark.parametrize("name", sorted(HELD_OUT))
def test_what_is_judged_was_never_learned(name):
    rows = HELD_OUT[name]
    voices = {row["voice"] for row in rows}
    assert len(voices) >= 5
    assert voices.isdisjoint(row.get("voice") for row in LEARNED)
    spans = set().union(*(_spans(row["text"]) for row in LEARNED))
    shared = [row["text"] for row in rows if _spans(row["text"]) & spans]
    assert shared == []


def test_what_must_not_be_routed_by_machine_is_told_both_ways():
    rows = _texts("restricted")
    kinds = {each.code for each in PACK.routing.restrictions} - {SUSPECTED}
    assert sum(row["restricted"] for row in rows) >= 200
    assert sum(not row["restricted"] for row in rows) >= 200
    assert {row["why"] for row in rows if row["restricted"]} == kinds
    assert all(row["body"] in row["text"] for row in rows)
