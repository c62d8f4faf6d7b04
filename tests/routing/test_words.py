from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.routing.words import Vocabulary, fold

WORDS = Vocabulary(("备案", "光伏备案", "环保验收", "验收", "VOCs", "5G"), ("不是", "没有"), 4)
HAZARDS = Vocabulary(
    ("泄漏", "爆炸", "停产", "伤亡"), ("没有", "没", "未", "无", "不是", "并非", "防止", "不"), 4
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("光伏备案怎么办", ["光伏备案"]),
        ("备案和光伏备案", ["备案", "光伏备案"]),
        ("备案备案", ["备案", "备案"]),
        ("环保验收", ["环保验收"]),
        ("ｖｏｃｓ超标，vocs", ["VOCs", "VOCs"]),
        ("15GB流量", []),
        ("装5G基站", ["5G"]),
        ("", []),
    ],
)
def test_the_longest_word_counts_once(text: str, found: list[str]) -> None:
    assert [each.word for each in WORDS.mentions(text)] == found


def test_a_longer_word_wins_over_an_earlier_one() -> None:
    words = Vocabulary(("甲乙", "乙丙丁"), (), 4)
    assert [each.word for each in words.mentions("甲乙丙丁")] == ["乙丙丁"]


def test_offsets_point_into_the_text_as_given() -> None:
    text = "İ😀ＶＯＣｓ高"
    (found,) = WORDS.mentions(text)
    assert text[found.start : found.end] == "ＶＯＣｓ"
    assert found.as_dict() == {"word": "VOCs", "start": 2, "end": 6}


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("没有泄漏", True),
        ("没有发生泄漏", True),
        ("现场没有任何泄漏", True),
        ("未发生爆炸", True),
        ("并非停产", True),
        ("无人员伤亡", True),
        ("没有人受伤，没有人伤亡", True),
        ("没有泄漏、爆炸", True),
        ("防止粉尘爆炸", True),
        ("泄漏", False),
        ("没有，泄漏很严重", False),
        ("没有。泄漏", False),
        ("没有停电但泄漏了", False),
        ("不是小事是泄漏", False),
        ("有没有泄漏", False),
        ("是不是泄漏", False),
        ("不仅泄漏", False),
        ("没人管泄漏", False),
        ("没有人来泄漏越来越大", False),
        ("没处理泄漏", False),
        ("没堵住泄漏", False),
        ("没想到泄漏了", False),
        ("无法停产", False),
        ("没有水没有电只好停产", False),
        ("再没有蒸汽就停产", False),
        ("没有解决的办法只能停产", False),
    ],
)
def test_what_is_denied(text: str, denied: bool) -> None:
    assert HAZARDS.mentions(text)[-1].denied is denied


def test_a_denial_reaches_only_so_far() -> None:
    near = Vocabulary(("泄漏",), ("没有",), 2)
    assert near.mentions("没有一点泄漏")[0].denied
    assert not near.mentions("没有一点儿泄漏")[0].denied


def test_an_empty_vocabulary_finds_nothing() -> None:
    assert Vocabulary((), (), 4).mentions("没有泄漏") == ()
    with pytest.raises(ValueError, match="empty word"):
        Vocabulary(("",), (), 4)


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


PIECES = st.sampled_from(
    ["光伏备案", "备案", "验收", "环保", "不是", "没有", "5G", "VOCs", "，", "是", "的", "G"]
)


@given(st.lists(PIECES | st.text(max_size=3)).map("".join))
def test_mentions_are_in_order_apart_and_true(text: str) -> None:
    found = WORDS.mentions(text)
    for each in found:
        assert fold(text[each.start : each.end]) == fold(each.word)
    assert all(a.end <= b.start for a, b in pairwise(found))
