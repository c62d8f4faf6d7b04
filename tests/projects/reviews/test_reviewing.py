"""A project is reviewed before it may be signed: rounds of marks, red lines, and a decision of people."""

from __future__ import annotations

import pytest
from bson import ObjectId

from app.projects.reviews.gate import unreviewed
from tests.support.factories import client_id
from tests.support.time import StandingClock

MARKS = {"scale": 80, "equipment": 70, "contribution": 90, "conversion": 75}
LINES = ("falsified", "industry", "ecology", "planning", "safety", "low_value")
CLEAN = {code: {"hit": False} for code in LINES}


@pytest.fixture
def the_time(monkeypatch):
    clock = StandingClock(monkeypatch)
    clock.is_("2026-11-24 10:00")
    return clock


class Story:
    """A project of a unit, its firm's contact, three reviewers and a leader."""

    def __init__(self, given):
        self.given = given
        firm = given.enterprise(unit="321204002")
        self.project = given.project(firm, stage="negotiation")
        self.contact = given.contact(firm)
        self.opener = given.role("unit_admin", unit="321204002")
        self.reviewers = [given.head("HOUSING"), given.clerk("ECOLOGY"), given.inspector()]
        self.leader = given.role("leader")

    def open(self, **said):
        ids = [str(each.person.id) for each in self.reviewers]
        body = {"client_id": client_id(), "reviewer_ids": ids, **said}
        return self.opener.post(f"/projects/{self.project.id}/reviews", body)

    def opened(self) -> str:
        return str(self.open().json["id"])

    def ready(self) -> str:
        key = self.opened()
        for each in self.reviewers:
            each.do(f"/reviews/{key}/score", {"marks": MARKS})
        self.reviewers[0].do(f"/reviews/{key}/red-lines", {"answers": CLEAN})
        return key

    def decide(self, key, decision, reason="会议研究"):
        return self.leader.post(f"/reviews/{key}/decide", {"decision": decision, "reason": reason})

    def may_sign(self, day="2026-11-24") -> bool:
        return unreviewed({self.project.id: day}) == set()


@pytest.fixture
def story(given, the_time):
    return Story(given)


def test_from_opening_to_the_signature(story, the_time):
    key = story.opened()
    assert not story.may_sign()
    first, second, third = story.reviewers
    assert [each["id"] for each in first.see("/reviews", mine=True, state="scoring")["items"]] == [
        key
    ]
    first.do(f"/reviews/{key}/score", {"marks": MARKS | {"scale": 10}, "comment": "偏小"})
    first.do(f"/reviews/{key}/score", {"marks": MARKS})
    second.do(f"/reviews/{key}/score", {"marks": MARKS})
    assert len(second.see(f"/reviews/{key}")["scores"]) == 1, "not those of others, yet"
    refused = story.decide(key, "pass")
    assert (refused.status_code, refused.json["code"]) == (409, "review.cannot_pass")
    assert len(refused.json["errors"]["decision"]) == 2
    third.do(f"/reviews/{key}/score", {"marks": MARKS})
    second.do(f"/reviews/{key}/red-lines", {"answers": CLEAN})
    passed = story.decide(key, "pass").json
    assert (passed["state"], passed["total"], passed["valid_until"]) == (
        "passed",
        "79.50",
        "2027-11-24",
    )
    steps = [(step["action"], (step["marks"] or {}).get("scale")) for step in passed["history"]]
    assert steps[:3] == [("open", None), ("score", 10), ("score", 80)], "earlier marks are kept"
    assert len(second.see(f"/reviews/{key}")["scores"]) == 3
    assert [story.may_sign(day) for day in ("2026-11-23", "2026-11-24", "2027-11-24")] == [
        False,
        True,
        True,
    ]
    assert not story.may_sign("2027-11-25"), "it ran out"


def test_a_red_line_that_is_hit_cannot_be_outweighed(story):
    key = story.ready()
    hit = {"ecology": {"hit": True, "note": "位于生态管控区"}}
    story.reviewers[1].do(f"/reviews/{key}/red-lines", {"answers": hit})
    assert story.decide(key, "pass").json["code"] == "review.cannot_pass"
    assert story.decide(key, "reject").json["state"] == "rejected"
    assert not story.may_sign()


def test_what_is_to_be_revised_gets_a_new_round(story):
    first = story.ready()
    assert story.open().json["code"] == "review.open_already"
    assert story.decide(first, "revise").json["state"] == "revise"
    assert story.decide(first, "pass").json["code"] == "review.decided_already"
    late = story.reviewers[0].post(f"/reviews/{first}/score", {"marks": MARKS})
    assert (late.status_code, late.json["code"]) == (409, "review.decided_already")
    second = story.ready()
    assert story.decide(second, "pass").status_code == 200
    assert story.may_sign()
    third = story.opened()
    assert story.may_sign(), "a round that runs changes nothing"
    rounds = story.leader.see(f"/projects/{story.project.id}/reviews")["items"]
    assert [(each["round"], each["id"]) for each in rounds] == [
        (3, third),
        (2, second),
        (1, first),
    ]
    assert story.decide(third, "reject").status_code == 200
    assert not story.may_sign(), "the last decision counts"


def test_a_contact_sees_how_it_stands_but_no_marks(story):
    key = story.ready()
    seen = story.contact.see(f"/reviews/{key}")
    assert (seen["state"], seen["scores"], seen["history"], seen["obstacles"]) == (
        "scoring",
        [],
        [],
        [],
    )
    story.decide(key, "pass")
    seen = story.contact.see(f"/projects/{story.project.id}/reviews")["items"][0]
    assert (seen["state"], seen["total"], seen["scores"]) == ("passed", None, [])


def test_who_may_do_what(story, given):
    key = story.opened()
    other = given.head("HOUSING")
    assert other.get(f"/reviews/{key}").status_code == 404
    assert other.see("/reviews")["total"] == 0
    for phone, path, body in (
        (story.opener, "score", {"marks": MARKS}),
        (story.opener, "red-lines", {"answers": CLEAN}),
        (story.reviewers[0], "decide", {"decision": "reject", "reason": "不行"}),
        (story.contact, "decide", {"decision": "pass", "reason": "好"}),
    ):
        assert phone.post(f"/reviews/{key}/{path}", body).status_code == 403, path
    assert story.reviewers[0].see(f"/reviews/{key}")["actions"] == ["score", "answer"]
    assert story.leader.see(f"/reviews/{key}")["actions"] == ["pass", "revise", "reject"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"reviewer_ids": ["0" * 24, "1" * 24]}, "review.no_reviewer"),
        ({"reviewer_ids": ["0" * 24]}, "review.too_few_reviewers"),
        ({"photo_ids": ["0" * 24]}, "photo.not_yours"),
    ],
)
def test_what_cannot_be_opened(story, said, code):
    answer = story.open(**said)
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_marks_are_those_of_the_district(story):
    key = story.opened()
    one = story.reviewers[0]
    for marks in (MARKS | {"beauty": 1}, {"scale": 1}, MARKS | {"scale": 101}):
        assert one.post(f"/reviews/{key}/score", {"marks": marks}).status_code == 422
    hit = {"answers": {"ecology": {"hit": True}}}
    assert one.post(f"/reviews/{key}/red-lines", hit).status_code == 422, "a hit says how"


def test_opening_again_is_the_same_round(story):
    once = {"client_id": client_id()}
    first, again = story.open(**once), story.open(**once)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["id"] == first.json["id"]
    assert story.open(**once, note="别的").json["code"] == "client_id.conflict"


def test_a_project_that_nobody_reviewed_may_not_be_signed(clean):
    never = ObjectId()
    assert unreviewed({never: "2026-11-24"}) == {never}
    assert unreviewed({}) == set()


def test_the_terms_and_the_words_of_the_gates(given):
    seen = given.contact(given.enterprise()).see("/reviews/terms")
    assert sum(each["weight"] for each in seen["criteria"]) == 100
    assert [[gate["name"] for gate in each["gates"]] for each in seen["wordings"]] == [
        ["准入关", "进度关", "产出关"],
        ["准入关", "成长关", "退出关"],
    ]
