"""A promise to a date: looked at when it has come; the enterprise's word whether it was kept counts."""

from __future__ import annotations

import pytest

from app.foundation import duties
from app.issues.documents import Issue
from tests.issues import stories
from tests.issues.pressing_stories import DAY, PLANNED, again, events, planned, served, told
from tests.issues.stories import ANSWER
from tests.issues.test_races import at_once, pressing
from tests.issues.test_work import refused
from tests.issues.work_stories import department_of
from tests.support.duties import run_due
from tests.support.factories import PHOTOS

KEPT, BROKEN = {"kept": True}, {"kept": False, "text": "路还没通"}


@pytest.fixture
def story(given, the_time):
    """Answered on 24 November: to be done by Tuesday, 1 December, when silence would close it too."""
    the_time.is_("2026-11-24 10:00")
    return planned(given)


@pytest.fixture
def due(story, the_time):
    the_time.is_(f"{DAY} 09:00")
    run_due()
    return story


def plan(story) -> dict[str, str]:
    return story.contact.see(f"/issues/{story.issue}")["plan"]


class TestTheDate:
    def test_it_is_shown_and_looked_at_in_the_morning_of_the_day(self, given, story, the_time):
        commissioner = served(given, story)
        assert plan(story) == {"day": DAY, "state": "running"}
        the_time.is_(f"{DAY} 08:59")
        run_due()
        assert plan(story)["state"] == "running"
        the_time.is_(f"{DAY} 09:00")
        run_due()
        assert plan(story) == {"day": DAY, "state": "due"}
        assert "issue.plan_due" in events(commissioner)
        assert "issue.plan_due" in events(story.clerk)
        rows = story.contact.see(f"/issues/{story.issue}")["history"]
        assert [row["action"] for row in rows].count("plan_due") == 1

    def test_one_that_is_closed_by_then_is_looked_at_all_the_same(self, story, the_time):
        story.contact.do(story.on_issue("confirm"), {"solved": "yes"})
        the_time.is_(f"{DAY} 09:00")
        run_due()
        seen = story.contact.see(f"/issues/{story.issue}")
        assert (seen["state"], seen["plan"]["state"]) == ("resolved", "due")

    def test_a_promise_that_was_taken_back_is_not(self, story, the_time):
        """Not solved, and answered anew for a later day: the old date says nothing."""
        story.contact.do(story.on_issue("confirm"), {"solved": "no"})
        assert plan(story) is None
        story.head.do(story.on_ticket("accept"))
        story.head.do(story.on_ticket("answer"), {**PLANNED, "planned_for": "2026-12-03"})
        the_time.is_(f"{DAY} 09:00")
        run_due()
        assert plan(story) == {"day": "2026-12-03", "state": "running"}
        the_time.is_("2026-12-03 09:00")
        run_due()
        assert plan(story)["state"] == "due"

    def test_looking_twice_at_one_date_asks_once(self, due):
        duties.rows().update_many({"kind": "issues.check_plan"}, {"$set": {"state": "due"}})
        run_due()
        rows = due.contact.see(f"/issues/{due.issue}")["history"]
        assert [row["action"] for row in rows].count("plan_due") == 1

    def test_before_it_nobody_can_say(self, story):
        refused(story.contact.post(story.on_issue("plan"), KEPT), 409, "plan.not_due")
        assert "plan" not in story.contact.see(f"/issues/{story.issue}")["actions"]

    def test_without_a_promise_neither(self, given):
        story = stories.answered(given)
        refused(story.contact.post(story.on_issue("plan"), KEPT), 409, "plan.not_due")
        assert plan(story) is None


class TestTheWord:
    def test_kept_says_the_enterprise(self, given, due):
        commissioner = served(given, due)
        assert "plan" in commissioner.see(f"/issues/{due.issue}")["actions"]
        seen = due.contact.do(due.on_issue("plan"), {**KEPT, "text": "已通车"})
        run_due()
        assert (seen["state"], seen["plan"]["state"]) == ("answered", "kept")
        assert "plan" not in seen["actions"]
        for phone in (due.clerk, commissioner):
            assert ["已通车" in text for text in told(phone, "issue.plan_kept")] == [True]
        for phone in (due.contact, commissioner, due.clerk):
            refused(phone.post(due.on_issue("plan"), BROKEN), 409, "plan.told_already")

    def test_not_kept_takes_it_up_again_one_level_up(self, due):
        seen = due.contact.do(due.on_issue("plan"), BROKEN)
        run_due()
        assert (seen["state"], seen["plan"]["state"], seen["redos"]) == ("reopened", "broken", 1)
        ticket = due.head.see(f"/tickets/{due.ticket}")
        assert (ticket["state"], ticket["level"]) == ("dispatched", 1)
        assert ["路还没通" in text for text in told(due.head, "issue.reopened")] == [True]
        actions = [row["action"] for row in seen["history"]]
        assert actions[-3:] == ["plan_broken", "reopen", "redo"]

    def test_even_long_after_it_ended(self, given, due, the_time):
        the_time.is_(f"{DAY} 17:30")
        run_due()
        assert Issue.get(due.issue).outcome == "no_reply"
        the_time.is_("2027-03-01 10:00")
        contact = again(given, due.contact)
        refused(contact.post(due.on_issue("reopen"), {"reason": "x"}), 409, "issue.reopen_too_late")
        seen = contact.do(due.on_issue("plan"), BROKEN)
        assert (seen["state"], seen["outcome"], seen["ended_at"]) == ("reopened", None, None)
        live = [each for each in seen["tickets"] if each["ended_at"] is None]
        assert [each["id"] for each in live] == [due.ticket]

    def test_the_next_answer_makes_a_new_promise_or_none(self, due):
        due.contact.do(due.on_issue("plan"), BROKEN)
        due.head.do(due.on_ticket("accept"))
        due.head.do(due.on_ticket("answer"), ANSWER)
        assert plan(due) is None

    def test_a_department_shows_it(self, given, due):
        refused(due.clerk.post(due.on_issue("plan"), KEPT), 422, "plan.proof_needed")
        picture = due.clerk.take_photo(PHOTOS[0].read_bytes()).json["id"]
        seen = due.clerk.do(due.on_issue("plan"), {**KEPT, "photo_ids": [picture]})
        assert seen["plan"]["state"] == "kept"
        run_due()
        assert "issue.plan_kept" in events(due.contact)
        assert due.contact.get(f"/photos/{picture}").status_code == 200
        refused(due.head.post(due.on_issue("plan"), KEPT), 409, "plan.told_already")

    def test_and_the_enterprise_may_say_otherwise(self, due):
        due.clerk.do(due.on_issue("plan"), {**KEPT, "text": "已通车"})
        assert "plan" in due.contact.see(f"/issues/{due.issue}")["actions"]
        assert due.contact.do(due.on_issue("plan"), BROKEN)["state"] == "reopened"

    def test_a_department_that_did_not_keep_it_says_so_to_all(self, due):
        seen = due.clerk.do(due.on_issue("plan"), BROKEN)
        run_due()
        assert (seen["state"], seen["plan"]["state"]) == ("answered", "broken")
        for phone in (due.contact, due.head):
            assert "issue.plan_broken" in events(phone)
        assert due.contact.do(due.on_issue("plan"), KEPT)["plan"]["state"] == "kept"

    def test_it_is_for_those_concerned(self, given, due):
        water = given.head("WATER_AFFAIRS")
        due_for_water = {"$push": {"departments": water.person.grants[0].department}}
        Issue.rows().update_one({"_id": Issue.get(due.issue).id}, due_for_water)
        for phone in (water, given.dispatcher(), given.inspector(), given.role("leader")):
            body = {**KEPT, "text": "已通车"}
            refused(phone.post(due.on_issue("plan"), body), 403, "forbidden")
            assert "plan" not in phone.see(f"/issues/{due.issue}")["actions"]
        stranger = given.contact(given.enterprise())
        refused(stranger.post(due.on_issue("plan"), KEPT), 404, "not_found")
        assert department_of(water) in str(Issue.get(due.issue).departments)

    def test_anothers_photo_shows_nothing(self, due):
        foreign = due.contact.take_photo(PHOTOS[0].read_bytes()).json["id"]
        body = {**KEPT, "photo_ids": [foreign]}
        refused(due.clerk.post(due.on_issue("plan"), body), 422, "photo.not_yours")
        assert plan(due)["state"] == "due"

    def test_of_two_words_at_once_one_counts(self, given, the_time):
        for _ in range(3):
            the_time.is_("2026-11-24 10:00")
            story = planned(given)
            commissioner = served(given, story)
            the_time.is_(f"{DAY} 09:00")
            run_due()
            path = story.on_issue("plan")
            statuses = at_once(
                pressing(story.contact, path, BROKEN), pressing(commissioner, path, BROKEN)
            )
            assert sorted(statuses) == [200, 409]
            assert Issue.get(story.issue).redos == 1
