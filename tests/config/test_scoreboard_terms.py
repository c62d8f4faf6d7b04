"""Contests are data, and what is wrong in them is told."""

from __future__ import annotations

import shutil

import pytest

from config import pack as packs
from config.scoreboard_terms import scoreboard_terms
from tests.config.test_pack import DISTRICT


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("freeze_day: 8 ", "freeze_day: 29 ", "whole number from 1 to 28"),
        ("least_firms: 5 ", "least_firms: 1 ", "whole number from 2"),
        ("medians_from: 3 ", "medians_from: 2 ", "whole number from 3"),
        ("code: contest_5", "code: Contest5", "must look like"),
        ("basis: public ", "basis: rumour ", "must be one of"),
        ("code: contest_3_1", "code: contest_5", "stands twice"),
    ],
)
def test_a_fault_is_named(tmp_path, old, new, said):
    shutil.copy(DISTRICT / "scoreboards.yaml", tmp_path)
    file = tmp_path / "scoreboards.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(packs.PackError, match=said):
        scoreboard_terms(tmp_path)


def test_what_nobody_published_is_called_an_assumption():
    terms = scoreboard_terms(DISTRICT)
    assert {each.code for each in terms.contests if each.basis == "public"} == {"contest_3_1"}
    assert terms.award("red_flag").name == "流动红旗"
