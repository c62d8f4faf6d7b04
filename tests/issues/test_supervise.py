"""Supervision: an order with a deadline, a reply, and whether that will do."""

from __future__ import annotations

import pytest

from app.departments import registry
from config.pack import DISPATCH
from tests.issues import stories
from tests.issues.pressing_stories import (
    ACCEPTED,
    ORDER,
    REFUSED,
    REPLY,
    events,
    replied,
    supervised,
    told,
)
from tests.issues.test_races import at_once, pressing
from tests.issues.test_work import refused
from tests.issues.work_stories import department_of
from tests.support.duties import run_due
from tests.support.factories import PHOTOS
from tests.support.phone import Phone
from tests.support.time import said


@pytest.fixture
def morning(the_time):
    """A Tuesday."""
    return the_time.is_("2026-11-24 10:00")


def order_of(phone: Phone, key: str):
    return phone.see(f"/supervisions/{key}")


class TestOrdering:
    def test_the_department_is_told_until_when(self, given, morning):
        inspector = given.inspector()
        story, key = supervised(given, inspector)
        run_due()
        order = order_of(inspector, key)
        assert (order["state"], order["by"], order["text"]) == (
            "open",
            inspector.person.name,
            ORDER["text"],
        )
        assert said(order["due_at"]) == "2026-11-25 17:30"
        assert (order["issue_id"], order["number"]) == (story.issue, story.number)
        assert order["department_id"] == department_of(story.head)
        for phone in (story.clerk, story.head):
            texts = told(phone, "issue.supervised")
            assert [ORDER["text"] in each and "2026-11-25 17:30" in each for each in texts] == [
                True
            ]

    def test_the_enterprise_sees_nothing_of_it(self, given):
        story, _ = supervised(given, given.role("leader"))
        seen = story.contact.see(f"/issues/{story.issue}")
        assert (seen["supervisions"], ORDER["text"] in str(seen)) == ([], False)
        assert ORDER["text"] in str(story.clerk.see(f"/issues/{story.issue}"))

    def test_its_time_is_ahead(self, given, morning):
        story, inspector = stories.accepted(given), given.inspector()
        for due in ("2026-11-24T09:00:00+08:00", "2026-11-24T10:00:00+08:00"):
            body = {**ORDER, "due_at": due}
            refused(inspector.post(story.on_issue("supervise"), body), 422, "work.time_is_over")
        seen = inspector.do(
            story.on_issue("supervise"), {**ORDER, "due_at": "2026-11-24T10:01:00+08:00"}
        )
        assert said(seen["supervisions"][0]["due_at"]) == "2026-11-24 10:01"

    def test_only_inspectors_and_leaders_order(self, given):
        story = stories.accepted(given)
        for phone in (story.contact, story.clerk, story.head, given.dispatcher()):
            refused(phone.post(story.on_issue("supervise"), ORDER), 403, "forbidden")
        for phone in (given.inspector(), given.role("leader")):
            assert "supervise" in phone.see(f"/issues/{story.issue}")["actions"]

    @pytest.mark.parametrize("unplaced", [stories.dispatching, stories.returned])
    def test_while_no_department_has_it_the_desk_is_ordered(self, unplaced, given):
        dispatcher, inspector, story = given.dispatcher(), given.inspector(), unplaced(given)
        seen = inspector.do(story.on_issue("supervise"), ORDER)["supervisions"][0]
        run_due()
        assert seen["department_id"] == str(registry.by_code(DISPATCH).id)
        assert "issue.supervised" in events(dispatcher)
        assert "issue.supervised" not in events(story.head)
        path = f"/supervisions/{seen['id']}/reply"
        assert story.head.post(path, REPLY).status_code in (403, 404)
        assert dispatcher.do(path, REPLY)["state"] == "replied"

    def test_what_is_over_is_not_supervised(self, given):
        inspector = given.inspector()
        for story in (stories.resolved(given), stories.withdrawn(given)):
            refused(
                inspector.post(story.on_issue("supervise"), ORDER),
                409,
                "issue.transition_not_allowed",
            )


class TestReplying:
    def test_who_ordered_it_is_told(self, given):
        leader, inspector = given.role("leader"), given.inspector()
        story, key = supervised(given, leader)
        picture = story.head.take_photo(PHOTOS[0].read_bytes()).json["id"]
        order = story.head.do(f"/supervisions/{key}/reply", {**REPLY, "photo_ids": [picture]})
        run_due()
        assert order["state"] == "replied"
        assert [(each["text"], each["photo_ids"]) for each in order["replies"]] == [
            (REPLY["text"], [picture])
        ]
        assert [REPLY["text"] in text for text in told(leader, "issue.supervision_replied")] == [
            True
        ]
        assert "issue.supervision_replied" not in events(inspector)
        assert leader.get(f"/photos/{picture}").status_code == 200
        assert story.contact.get(f"/photos/{picture}").status_code == 404

    def test_a_clerk_replies_too_and_others_do_not(self, given):
        inspector = given.inspector()
        story, key = supervised(given, inspector)
        path = f"/supervisions/{key}/reply"
        for phone in (inspector, given.role("leader"), given.dispatcher()):
            refused(phone.post(path, REPLY), 403, "forbidden")
        for phone in (given.head("WATER_AFFAIRS"), story.contact, given.commissioner()):
            refused(phone.post(path, REPLY), 404, "not_found")
        assert story.clerk.do(path, REPLY)["state"] == "replied"
        refused(story.head.post(path, REPLY), 409, "supervision.not_now")

    def test_of_two_at_once_one_wins(self, given):
        inspector = given.inspector()
        for _ in range(3):
            story, key = supervised(given, inspector)
            path = f"/supervisions/{key}/reply"
            statuses = at_once(
                pressing(story.clerk, path, REPLY), pressing(story.head, path, REPLY)
            )
            assert sorted(statuses) == [200, 409]
            assert len(order_of(inspector, key)["replies"]) == 1

    def test_a_reply_while_the_department_works_on(self, given):
        """Replying and answering are steps of one issue: both are done, one after the other."""
        inspector = given.inspector()
        for _ in range(3):
            story, key = supervised(given, inspector)
            statuses = at_once(
                pressing(story.head, f"/supervisions/{key}/reply", REPLY),
                pressing(story.clerk, story.on_ticket("answer"), stories.ANSWER),
            )
            assert statuses == [200, 200]


class TestClosing:
    def test_taken_as_done(self, given):
        leader = given.role("leader")
        story, key = replied(given, leader)
        order = leader.do(f"/supervisions/{key}/close", ACCEPTED)
        run_due()
        assert (order["state"], order["actions"]) == ("closed", [])
        assert order["closed_at"]
        assert [(each["accepted"], each["text"]) for each in order["verdicts"]] == [(True, "可以")]
        assert "issue.supervision_closed" in events(story.head)
        for body in (ACCEPTED, REFUSED):
            refused(leader.post(f"/supervisions/{key}/close", body), 409, "supervision.not_now")
        refused(story.head.post(f"/supervisions/{key}/reply", REPLY), 409, "supervision.not_now")

    def test_it_may_be_closed_without_a_reply_but_not_sent_back(self, given):
        inspector = given.inspector()
        _, key = supervised(given, inspector)
        path = f"/supervisions/{key}/close"
        refused(inspector.post(path, REFUSED), 409, "supervision.not_now")
        assert inspector.do(path, ACCEPTED)["state"] == "closed"

    def test_by_who_ordered_it_or_an_inspector(self, given):
        leader = given.role("leader")
        story, key = replied(given, leader)
        path = f"/supervisions/{key}/close"
        for phone in (given.role("leader"), story.head, given.dispatcher(), given.role("admin")):
            refused(phone.post(path, ACCEPTED), 403, "forbidden")
            assert "close" not in order_of(phone, key)["actions"]
        inspector = given.inspector()
        assert order_of(inspector, key)["actions"] == ["close"]
        assert inspector.do(path, ACCEPTED)["state"] == "closed"

    def test_sent_back_it_is_due_anew(self, given, morning, the_time):
        """Ordered for the 25th, replied and sent back on the 26th until the 27th: late from then on."""
        inspector = given.inspector()
        story, key = replied(given, inspector)
        the_time.is_("2026-11-26 10:00")
        run_due()
        assert "issue.supervision_overdue" not in events(inspector)
        due = {"due_at": "2026-11-27T12:00:00+08:00"}
        order = inspector.do(f"/supervisions/{key}/close", {**REFUSED, **due})
        run_due()
        assert (order["state"], order["overdue"], said(order["due_at"])) == (
            "open",
            False,
            "2026-11-27 12:00",
        )
        assert ["2026-11-27 12:00" in text for text in told(story.head, "issue.supervised")] == [
            True,
            False,
        ]
        the_time.is_("2026-11-27 11:59")
        run_due()
        assert "issue.supervision_overdue" not in events(inspector)
        the_time.is_("2026-11-27 12:00")
        run_due()
        assert events(inspector).count("issue.supervision_overdue") == 1
        the_time.passes(minutes=1)
        assert order_of(inspector, key)["overdue"]

    def test_a_deadline_of_its_own_is_ahead_and_else_the_districts(self, given, morning, the_time):
        inspector = given.inspector()
        _, key = replied(given, inspector)
        the_time.is_("2026-11-27 10:00")
        path = f"/supervisions/{key}/close"
        past = {**REFUSED, "due_at": "2026-11-27T10:00:00+08:00"}
        refused(inspector.post(path, past), 422, "work.time_is_over")
        assert said(inspector.do(path, REFUSED)["due_at"]) == "2026-11-30 17:30"

    def test_sent_back_it_goes_to_who_has_the_issue_now(self, given):
        inspector = given.inspector()
        story, key = replied(given, inspector)
        water = given.head("WATER_AFFAIRS")
        body = {"department_id": department_of(water), "reason": "归口水务"}
        story.clerk.do(story.on_ticket("transfer"), body)
        order = inspector.do(f"/supervisions/{key}/close", REFUSED)
        run_due()
        assert order["department_id"] == department_of(water)
        assert "issue.supervised" in events(water)
        assert water.do(f"/supervisions/{key}/reply", REPLY)["state"] == "replied"
        refused(story.head.get(f"/supervisions/{key}"), 404, "not_found")
