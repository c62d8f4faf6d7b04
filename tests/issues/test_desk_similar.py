"""Duplicates suggested at filing: near in time and place or of one firm, and alike in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.foundation import clock, db
from app.foundation.district import pack
from app.foundation.geo import Position
from app.issues.desk.similar import MOST, Draft, candidates, likeness
from app.issues.documents import Issue
from tests.issues import stories
from tests.support.duties import run_due

PERMIT = "施工许可证办了两个月还没有下来，桩机已经进场待命"
PERMIT_AGAIN = "我们的施工许可证两个月了还没下来，桩机进场了一直在等"


def ask(phone, text=PERMIT_AGAIN, **fields):
    return phone.do("/issues/similar", {"kind": "request", "text": text, **fields})


def north(metres: float) -> dict[str, float]:
    """A place so far north of a fixed one."""
    return {"latitude": 32.51 + metres / 111_000, "longitude": 120.15}


class TestOfOneFirm:
    def test_what_a_colleague_filed_is_suggested(self, given):
        story = stories.dispatched(given, text=PERMIT)
        told = ask(given.contact(story.enterprise), enterprise_id=str(story.enterprise.id))
        [found] = told["items"]
        assert (found["id"], found["number"]) == (story.issue, story.number)
        assert found["state"] == "dispatched"
        assert found["excerpt"] == PERMIT
        assert found["same_enterprise"] is True
        assert found["distance_m"] is None
        assert found["likeness"] == pytest.approx(likeness(PERMIT, PERMIT_AGAIN), abs=0.01)
        assert found["score"] > found["likeness"]
        assert (found["days_ago"], found["may_follow"]) == (0, True)
        assert told["nearby"] == 0

    def test_by_its_project_too(self, given):
        story = stories.submitted(given, text=PERMIT)
        project = given.project(story.enterprise)
        assert len(ask(story.contact, project_id=str(project.id))["items"]) == 1

    def test_not_what_is_over_old_or_about_something_else(self, given):
        enterprise = given.enterprise()
        contact = given.contact(enterprise)
        asked = {"enterprise_id": str(enterprise.id)}
        contact.open_issue(text="食堂的燃气什么时候能接通")
        over = contact.open_issue(text=PERMIT)
        contact.do(f"/issues/{over['id']}/withdraw", {"reason": "已办好"})
        old = contact.open_issue(text=PERMIT)
        long_ago = clock.now() - timedelta(days=pack().work.similar_days, minutes=1)
        Issue.objects(id=old["id"]).update(set__created_at=long_ago)
        assert ask(contact, **asked) == {"items": [], "nearby": 0}
        Issue.objects(id=old["id"]).update(set__created_at=long_ago + timedelta(minutes=5))
        assert [each["id"] for each in ask(contact, **asked)["items"]] == [old["id"]]

    def test_the_likeliest_first_and_only_a_few(self, given):
        enterprise = given.enterprise()
        contact = given.contact(enterprise)
        texts = [PERMIT, PERMIT_AGAIN, *(PERMIT_AGAIN[: 12 + n] for n in range(MOST))]
        for text in texts:
            contact.open_issue(text=text)
        items = ask(contact, enterprise_id=str(enterprise.id))["items"]
        assert len(items) == MOST
        assert items[0]["excerpt"] == PERMIT_AGAIN
        scores = [each["score"] for each in items]
        assert scores == sorted(scores, reverse=True)

    def test_a_part_of_a_talk_is_compared_by_what_it_is_about(self, given):
        story = stories.submitted(given, text=f"{PERMIT}；另外食堂的燃气什么时候能接通")
        parts = [{"text": PERMIT}, {"text": "食堂的燃气什么时候能接通"}]
        body = {"parts": parts, "reason": "两件事"}
        given.dispatcher().do(story.on_issue("split"), body)
        items = ask(story.contact, enterprise_id=str(story.enterprise.id))["items"]
        assert [each["excerpt"] for each in items] == [PERMIT]


class TestAround:
    def test_a_place_counts_as_far_as_the_district_says(self, given):
        commissioner = given.commissioner()
        within = pack().work.similar_within_m
        near = commissioner.open_issue(text=PERMIT, position=north(within - 5))
        commissioner.open_issue(text=PERMIT, position=north(within + 5))
        [found] = ask(commissioner, position=north(0))["items"]
        assert found["id"] == near["id"]
        assert found["distance_m"] == pytest.approx(within - 5, rel=0.01)
        assert found["same_enterprise"] is False

    def test_of_others_only_how_many_is_told(self, given):
        other = stories.submitted(given, text=PERMIT, position=north(20))
        passing = given.commissioner()
        told = ask(passing, position=north(0))
        assert told == {"items": [], "nearby": 1}
        assert ask(given.dispatcher(), position=north(0))["items"][0]["id"] == other.issue

    def test_the_datum_of_the_reading_counts(self, given):
        commissioner = given.commissioner()
        commissioner.open_issue(text=PERMIT, position=north(0))
        latitude, longitude = 32.51, 120.15
        moved = {"latitude": latitude, "longitude": longitude, "coord_type": "gcj02"}
        assert ask(commissioner, position=moved)["items"] == []

    def test_one_that_is_both_near_and_of_the_firm_is_told_once(self, given):
        story = stories.submitted(given, text=PERMIT, position=north(1))
        asked = {"enterprise_id": str(story.enterprise.id), "position": north(0)}
        [found] = ask(story.contact, **asked)["items"]
        assert found["same_enterprise"] is True
        assert found["distance_m"] == pytest.approx(1, rel=0.05)

    def test_neither_firm_nor_place_finds_nothing(self, given):
        stories.submitted(given, text=PERMIT, position=north(0))
        assert ask(given.dispatcher()) == {"items": [], "nearby": 0}


def test_nobody_asks_about_a_firm_they_may_not_know(given):
    story = stories.submitted(given, text=PERMIT)
    body = {"kind": "request", "text": PERMIT, "enterprise_id": str(story.enterprise.id)}
    answer = given.contact(given.enterprise()).post("/issues/similar", body)
    assert (answer.status_code, answer.json["code"]) == (422, "reference.unknown")
    assert given.clerk("HOUSING").post("/issues/similar", body).status_code == 403


def test_looking_goes_by_the_indexes(given):
    """Of many issues only those of the firm, and those around, are looked at."""
    enterprise = given.enterprise()
    contact = given.contact(enterprise)
    for n in range(4):
        contact.open_issue(text=PERMIT, position=north(n))
    for n in range(30):
        given.commissioner().open_issue(text=PERMIT, position=north(1000 + n))
    run_due()
    latitude, longitude = north(0).values()
    draft = Draft(PERMIT, enterprise.id, Position(latitude, longitude))
    for query, index in candidates(draft, clock.now()):
        command = {"find": "issues", "filter": query, "hint": index, "sort": {"created_at": -1}}
        plan = db.database().command("explain", command, verbosity="executionStats")
        ran = plan["executionStats"]
        assert ran["nReturned"] == 4
        assert ran["totalDocsExamined"] <= 6
        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
