"""The gates of projects are data, and what is wrong in them is told."""

from __future__ import annotations

import shutil

import pytest

from config import pack as packs
from config.review_terms import FACTS, review_terms
from tests.config.test_pack import DISTRICT


@pytest.fixture
def folder(tmp_path):
    shutil.copy(DISTRICT / "reviews.yaml", tmp_path)
    return tmp_path


def test_what_nobody_published_is_called_an_assumption():
    terms = review_terms(DISTRICT)
    assert (terms.basis, terms.growth_basis) == ("assumption", "assumption")
    assert {rule.fact for rule in terms.help} <= set(FACTS)
    assert terms.needed


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight: 25", "weight: 26", "not 100 together"),
        ("fact: months_left, below: 1,", "fact: visits, below: 1,", "must be one of"),
        ("fact: months_left, below: 1,", "fact: months_left,", "at_least or below"),
        ("gates: [entry, growth, exit]", "gates: [entry, growth, end]", "not among the gates"),
        ("[reserve, negotiation]", "[reserve, dreaming]", "dreaming"),
        ("least: 60", "least: 101", "whole number from 0 to 100"),
    ],
)
def test_a_fault_is_named(folder, old, new, said):
    file = folder / "reviews.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(packs.PackError, match=said):
        review_terms(folder)
