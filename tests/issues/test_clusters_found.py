"""Which issues are found to be about one cause: by words and place, without chains, and what it is called."""

from __future__ import annotations

import random
from itertools import combinations, pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given as example
from hypothesis import settings as limits
from hypothesis import strategies as st

from app.foundation.district import pack
from app.foundation.geo import distance_m
from app.issues.desk.clustering import (
    AS_FAR_BACK,
    Bounds,
    Point,
    Voice,
    apart_m,
    clusters,
    rare_pairs,
)
from app.issues.desk.phrasing import phrases
from app.issues.desk.wording import likeness, wording
from config import settings

CAUSES = yaml.safe_load((Path(__file__).parents[1] / "data" / "voices.yaml").read_text("utf-8"))
FLOOD = CAUSES[0]["texts"]
HERE: Point = (32.51, 120.15)


def north(metres: float) -> Point:
    return (HERE[0] + metres / 110_897, HERE[1])


def bounds() -> Bounds:
    return Bounds(pack().work.cluster_share, pack().work.cluster_within_m)


def voice(text: str, unit: str | None = "P-KFQ", point: Point | None = None) -> Voice:
    common = pack().commonness
    return Voice(wording(text, common), rare_pairs(text, common.weights), unit, point)


class TestByWords:
    def test_each_cause_is_one_group_and_no_two_are_mixed(self):
        said = [(text, cause["what"]) for cause in CAUSES for text in cause["texts"]]
        random.Random(7).shuffle(said)
        found = clusters([voice(text) for text, _ in said], bounds())
        groups = [{said[at][1] for at in group} for group in found if len(group) >= 3]
        assert all(len(causes) == 1 for causes in groups)
        whole = [
            cause["what"]
            for cause in CAUSES
            if any(len(group) == len(cause["texts"]) for group in found)
            and {cause["what"]} in groups
        ]
        assert len(whole) >= len(CAUSES) - 1

    def test_neighbours_alike_make_no_chain(self):
        """Each tells of the matter of the one before and of the next; the ends have nothing in common."""
        matters = ["蒸汽停供反应釜", "公交线路绕行", "围墙倒塌砖块", "绿化苗木枯死", "宿舍漏雨霉斑"]
        chain = [voice(f"{one}，{other}") for one, other in pairwise(matters)]
        near = [likeness(a.wording, b.wording) for a, b in pairwise(chain)]
        assert min(near) >= bounds().share
        assert max(map(len, clusters(chain, bounds()))) < len(chain)

    def test_a_flood_of_voices_is_one_group(self):
        luck = random.Random(3)
        many = [
            "".join(each for each in luck.choice(FLOOD) if luck.random() > 0.1)
            for _ in range(AS_FAR_BACK * 4)
        ]
        assert [len(group) for group in clusters([voice(text) for text in many], bounds())] == [
            len(many)
        ]


class TestByPlace:
    @example(latitude=st.floats(18, 53), longitude=st.floats(74, 134), up=st.floats(-0.3, 0.3))
    def test_distances_are_as_on_the_ellipsoid(self, latitude, longitude, up):
        one, other = (latitude, longitude), (latitude + up, longitude - up / 2)
        assert apart_m(one, other) == pytest.approx(distance_m(one, other), rel=1e-3, abs=0.01)

    def test_one_unit_or_near_and_nothing_else(self):
        within = bounds().within_m
        for one, other, together in [
            (voice(FLOOD[0]), voice(FLOOD[1]), True),
            (voice(FLOOD[0]), voice(FLOOD[1], "P-GXQ"), False),
            (voice(FLOOD[0], None), voice(FLOOD[1], None), False),
            (voice(FLOOD[0], "P-KFQ", HERE), voice(FLOOD[1], "P-GXQ", north(within - 5)), True),
            (voice(FLOOD[0], "P-KFQ", HERE), voice(FLOOD[1], "P-KFQ", north(within + 5)), False),
            (voice(FLOOD[0], None, HERE), voice(FLOOD[1], None, north(within - 5)), True),
            (voice(FLOOD[0], "P-KFQ", HERE), voice(FLOOD[1]), True),
        ]:
            assert bool(clusters([one, other], bounds())) is together

    def test_a_group_stays_in_one_place(self):
        """Along a road each is near the next; the group ends where its middle is too far."""
        step = bounds().within_m * 0.9
        road = [voice(FLOOD[n % 2], None, north(n * step)) for n in range(8)]
        found = clusters(road, bounds())
        assert found
        for group in found:
            for one, other in combinations(group, 2):
                assert abs(one - other) * step <= 2 * bounds().within_m

    @example(
        latitude=st.floats(18, 53),
        longitude=st.floats(74, 134),
        turn=st.floats(-1, 1),
        up=st.floats(-1, 1),
    )
    def test_those_within_reach_share_a_neighbourhood(self, latitude, longitude, turn, up):
        reach = bounds().within_m / 110_500
        there = (latitude + up * reach, longitude + turn * reach)
        if apart_m((latitude, longitude), there) <= bounds().within_m:
            pair = [voice(FLOOD[0], None, (latitude, longitude)), voice(FLOOD[0], None, there)]
            assert clusters(pair, bounds()) == [[0, 1]]


@limits(max_examples=30)
@example(st.lists(st.sampled_from(FLOOD + CAUSES[1]["texts"]), max_size=12), st.randoms())
def test_every_issue_is_in_one_group_at_most_and_groups_are_alike(texts, luck):
    voices = [voice(text, luck.choice(["P-KFQ", "P-GXQ"])) for text in texts]
    found = clusters(voices, bounds())
    members = [at for group in found for at in group]
    assert len(members) == len(set(members))
    for group in found:
        assert len({voices[at].unit for at in group}) == 1
        pairs = list(combinations(group, 2))
        alike = sum(likeness(voices[a].wording, voices[b].wording) for a, b in pairs)
        assert alike / len(pairs) >= bounds().share * 0.99


def test_the_demo_has_one_cause_of_many_enterprises():
    demo = settings.load().district_dir / "demo"
    firms = yaml.safe_load((demo / "enterprises.yaml").read_text("utf-8"))
    units = {firm["credit_code"]: firm["unit"] for firm in firms}
    rows = [
        row
        for row in yaml.safe_load((demo / "issues.yaml").read_text("utf-8"))
        if "enterprise" in row and row["ends"] not in ("resolved", "withdrawn", "merged")
    ]
    found = clusters([voice(row["text"], units[row["enterprise"]]) for row in rows], bounds())
    said = [{rows[at]["enterprise"] for at in group} for group in found]
    many = [group for group, who in zip(found, said, strict=True) if len(who) >= 3]
    assert len(many) == 1
    texts = [rows[at]["text"] for at in many[0]]
    assert phrases(texts, pack().commonness) == ("南环西路", "积水")


class TestPhrases:
    @pytest.mark.parametrize(
        ("cause", "meant"),
        [(0, ("南环西路", "积水")), (1, ("天目路", "便道")), (2, ("热电厂", "蒸汽"))],
    )
    def test_what_most_of_them_say(self, cause, meant):
        assert phrases(CAUSES[cause]["texts"], pack().commonness) == meant

    def test_nothing_where_nothing_is_shared(self):
        assert phrases(["蒸汽停供", "公交绕行", "围墙倒塌"], pack().commonness) == ()

    def test_no_phrase_spans_a_stop_or_ends_in_a_common_word(self):
        texts = ["我们的蒸汽，停了", "我们的蒸汽。停了", "蒸汽停，我们的"]
        assert phrases(texts, pack().commonness) == ("蒸汽",)

    @example(st.lists(st.text(max_size=20), max_size=6))
    def test_each_stands_in_most_of_the_texts(self, texts):
        for phrase in phrases(texts, pack().commonness):
            assert sum(phrase in text for text in texts) >= 0.6 * len(texts)
