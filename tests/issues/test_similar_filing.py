"""Likely duplicates while a person types and when they have filed, and following one of them instead."""

from __future__ import annotations

import pytest
from bson import ObjectId
from pymongo.errors import AutoReconnect

from app.foundation import history
from app.issues.desk import similar
from app.issues.documents import Issue, Ticket
from tests.issues import stories
from tests.support.duties import run_due
from tests.support.phone import Phone

PERMIT = "施工许可证办了两个月还没有下来，桩机已经进场待命"
PERMIT_AGAIN = "我们的施工许可证两个月了还没下来，桩机进场了一直在等"
HERE = {"latitude": 32.51, "longitude": 120.15}


def preview(phone: Phone, text: str = PERMIT_AGAIN, **fields) -> dict:
    return phone.do("/routing/preview", {"kind": "request", "text": text, **fields})


def restrict(issue: str) -> None:
    change = {"$set": {"restricted": "petition"}}
    Issue.rows().update_one({"_id": ObjectId(issue)}, change)


class TestTyping:
    def test_the_firms_own_are_shown_with_what_speaks_for_them(self, given):
        story = stories.dispatched(given, text=PERMIT)
        told = preview(story.contact, enterprise_id=str(story.enterprise.id))
        [found] = told["similar"]
        assert (found["id"], found["number"]) == (story.issue, story.number)
        assert found["excerpt"] == PERMIT
        assert found["state_name"] == story.contact.see(f"/issues/{story.issue}")["state_name"]
        assert (found["same_enterprise"], found["same_category"]) == (True, True)
        assert (found["days_ago"], found["distance_m"], found["may_follow"]) == (0, None, True)
        assert found["score"] > 0.6
        assert told["similar_hidden"] == 0

    def test_of_others_only_how_many(self, given):
        stories.submitted(given, text=PERMIT, position=HERE)
        told = preview(given.commissioner(), position=HERE)
        assert (told["similar"], told["similar_hidden"]) == ([], 1)

    def test_restricted_ones_are_not_even_counted(self, given):
        story = stories.submitted(given, text=PERMIT, position=HERE)
        restrict(story.issue)
        told = preview(given.commissioner(), position=HERE)
        assert (told["similar"], told["similar_hidden"]) == ([], 0)


class TestFiling:
    def test_the_answer_names_what_is_alike_and_not_itself(self, given):
        story = stories.dispatched(given, text=PERMIT)
        body = {"text": PERMIT_AGAIN, "client_id": "0b6f8d0e-37a5-4c0f-9b0e-2f4a5c1d7e66"}
        made = story.contact.open_issue(**body)
        assert [each["id"] for each in made["similar"]] == [story.issue]
        again = story.contact.open_issue(**body)
        assert (again["id"], again["similar"]) == (made["id"], made["similar"])

    def test_nothing_that_others_filed(self, given):
        stories.submitted(given, text=PERMIT, position=HERE)
        made = given.commissioner().open_issue(text=PERMIT_AGAIN, position=HERE)
        assert made["similar"] == []

    def test_looking_may_fail_and_filing_does_not(self, given, monkeypatch):
        story = stories.submitted(given, text=PERMIT)

        def gone(*_):
            raise AutoReconnect("away")

        monkeypatch.setattr(similar, "candidates", gone)
        assert story.contact.open_issue(text=PERMIT_AGAIN)["similar"] == []


@pytest.fixture
def twice(given) -> tuple[stories.Story, str]:
    """An issue of a firm, and a second about the same that its contact filed."""
    story = stories.submitted(given, text=PERMIT)
    again = given.contact(story.enterprise).open_issue(text=PERMIT)
    story.contact, second = given.contact(story.enterprise), again["id"]
    own = story.contact.open_issue(text=PERMIT_AGAIN)["id"]
    run_due()
    story.issue = second
    return story, own


class TestFollowingInstead:
    def test_ones_own_is_withdrawn_and_the_other_followed(self, given, twice):
        story, own = twice
        shown = story.contact.do(f"/issues/{own}/follow_instead", {"issue_id": story.issue})
        assert shown["id"] == story.issue
        gone = story.contact.see(f"/issues/{own}")
        assert gone["state"] == "withdrawn"
        [row] = [each for each in gone["history"] if each["action"] == "withdraw"]
        assert shown["number"] in row["reasons"][0]["text"]
        assert story.contact.person.id in Issue.get(story.issue).followers
        assert Ticket.objects(issue=ObjectId(own), live=True).count() == 0
        told = [row["action"] for row in history.of("issue", ObjectId(story.issue), internal=True)]
        assert told.count("follow") == 1

    def test_before_a_department_took_it_only(self, given, twice):
        story, own = twice
        ticket = story.contact.see(f"/issues/{own}")["tickets"][0]["id"]
        given.clerk("HOUSING").do(f"/tickets/{ticket}/accept")
        answer = story.contact.post(f"/issues/{own}/follow_instead", {"issue_id": story.issue})
        assert (answer.status_code, answer.json["code"]) == (409, "issue.taken_already")
        assert Issue.get(own).state == "dispatched"
        assert story.contact.person.id not in Issue.get(story.issue).followers

    def test_what_is_not_routed_yet_too(self, given):
        story = stories.dispatched(given, text=PERMIT)
        own = story.contact.open_issue(text=PERMIT_AGAIN)["id"]
        story.contact.do(f"/issues/{own}/follow_instead", {"issue_id": story.issue})
        run_due()
        assert Issue.get(own).state == "withdrawn"

    def test_not_what_one_may_not_know_is_the_same_or_is_over(self, given, twice):
        story, own = twice
        foreign, over = stories.submitted(given).issue, story.contact.open_issue(text=PERMIT)["id"]
        story.contact.do(f"/issues/{over}/withdraw", {"reason": "已办好"})
        for other, status, code in [
            (foreign, 422, "reference.unknown"),
            ("f" * 24, 422, "reference.unknown"),
            (own, 422, "issue.same_issue"),
            (over, 409, "issue.other_not_open"),
        ]:
            answer = story.contact.post(f"/issues/{own}/follow_instead", {"issue_id": other})
            assert (answer.status_code, answer.json["code"]) == (status, code)
        assert Issue.get(own).state == "dispatched"

    def test_not_a_master_and_not_anothers(self, given, twice):
        story, own = twice
        linked = stories.dispatched(given).issue
        body = {"master_id": own, "reason": "同一原因"}
        given.dispatcher().do(f"/issues/{linked}/link", body)
        answer = story.contact.post(f"/issues/{own}/follow_instead", {"issue_id": story.issue})
        assert (answer.status_code, answer.json["code"]) == (409, "issue.is_a_master")
        colleague = given.contact(story.enterprise)
        answer = colleague.post(f"/issues/{own}/follow_instead", {"issue_id": story.issue})
        assert answer.status_code == 403
