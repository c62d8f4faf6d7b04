"""How well likely duplicates are told from other matters of the same firm, on texts written by hand."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from hypothesis import given as example
from hypothesis import strategies as st

from app.foundation.district import pack
from app.issues.desk import similar
from app.issues.desk.similar import likeness
from config import settings

FIRMS = yaml.safe_load((Path(__file__).parents[1] / "data" / "alike.yaml").read_text("utf-8"))
Pair = tuple[str, str]


def of_one_firm(likeness: float) -> float:
    """The score of what the same firm filed on the same day: the words alone decide."""
    about = {"same_enterprise": True, "nearness": 0.0, "same_category": False, "newness": 1.0}
    return similar.score(likeness, **about)


def same(firms: list[dict]) -> Iterator[Pair]:
    for firm in firms:
        yield from map(tuple, firm["matters"])


def different(firms: list[dict]) -> Iterator[Pair]:
    for firm in firms:
        for one, other in combinations(firm["matters"], 2):
            yield from ((mine, its) for mine in one for its in other)


def found(pairs: Iterator[Pair]) -> list[bool]:
    least = pack().work.similar_share
    return [of_one_firm(likeness(*pair)) >= least for pair in pairs]


class TestMeasured:
    @pytest.mark.parametrize("firms", FIRMS)
    def test_what_is_suggested_is_right_and_little_is_missed(self, firms, record_property):
        right, wrong = found(same(FIRMS[firms])), found(different(FIRMS[firms]))
        recall = sum(right) / len(right)
        precision = sum(right) / (sum(right) + sum(wrong))
        record_property("recall", recall)
        record_property("precision", precision)
        assert recall >= 0.85
        assert precision >= 0.95

    def test_there_are_enough_of_them(self):
        firms = [firm for each in FIRMS.values() for firm in each]
        assert len(list(same(firms))) >= 40
        assert len(list(different(firms))) >= 80

    def test_hardly_any_two_of_the_demos_issues_are_alike(self):
        file = settings.load().district_dir / "demo" / "issues.yaml"
        texts = [row["text"] for row in yaml.safe_load(file.read_text("utf-8"))]
        pairs = combinations(texts, 2)
        suggested = found(pairs)
        assert len(suggested) > 10_000
        assert sum(suggested) < len(suggested) * 0.01


class TestLikeness:
    @example(one=st.text(max_size=40), other=st.text(max_size=40))
    def test_it_is_a_share_and_asks_both_the_same(self, one, other):
        assert 0 <= likeness(one, other) <= 1
        assert likeness(one, other) == likeness(other, one)
        folded = unicodedata.normalize("NFKC", one).lower()
        assert likeness(one, one) == (1 if any(map(str.isalnum, folded)) else 0)

    @pytest.mark.parametrize("other", ["ＪＹ-2026 号", "jy2026号", "JY 2026，号！"])
    def test_case_width_blanks_and_punctuation_do_not_count(self, other):
        assert likeness("JY2026号", other) == 1

    def test_a_single_letter_is_compared_too(self):
        assert likeness("路", "路") == 1
        assert likeness("路", "灯") == 0

    def test_what_everybody_writes_counts_little(self):
        common = likeness("我们没有蒸汽", "我们没有苗木")
        assert common < likeness("我们蒸汽管道", "没有蒸汽管道") / 2


class TestScore:
    everything = st.fixed_dictionaries(
        {
            "same_enterprise": st.booleans(),
            "nearness": st.floats(0, 1),
            "same_category": st.booleans(),
            "newness": st.floats(0, 1),
        }
    )
    NOTHING = {"same_enterprise": False, "nearness": 0.0, "same_category": False, "newness": 0.0}

    @example(alike=st.floats(0, 1), about=everything)
    def test_what_speaks_for_it_lifts_it_and_never_past_one(self, alike, about):
        alone = similar.score(alike, **self.NOTHING)
        assert alone <= similar.score(alike, **about) <= 1

    @example(about=everything)
    def test_nothing_makes_a_duplicate_of_other_words(self, about):
        assert similar.score(0.0, **about) == 0

    @pytest.mark.parametrize(
        "fact", [{"same_enterprise": True}, {"nearness": 1.0}, {"same_category": True}]
    )
    def test_each_fact_counts(self, fact):
        about = {**self.NOTHING, **fact}
        assert similar.score(0.2, **about) > similar.score(0.2, **self.NOTHING)
