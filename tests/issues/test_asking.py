"""Asking the enterprise: the clock stands still until it replies, or to a limit. And more time, granted."""

from __future__ import annotations

import pytest

from tests.issues import stories, work_stories
from tests.issues.test_work import refused
from tests.issues.work_stories import QUESTION, department_of, live_tickets
from tests.support.duties import run_due
from tests.support.time import said

# PERMIT is to be solved within 7 working days; the story begins on Tuesday, 24 November 2026.
DISPATCHED, PROMISED = "2026-11-24 10:00", "2026-12-03 17:30"


@pytest.fixture
def story(given, the_time):
    the_time.is_(DISPATCHED)
    return stories.accepted(given)


def promise(story) -> str:
    return said(story.contact.see(f"/issues/{story.issue}")["promise"]["resolve_by"])


def test_the_promise_before_anything_happens(story):
    assert promise(story) == PROMISED


class TestAsking:
    def test_the_clock_stands_still_and_goes_on_with_the_reply(self, story, the_time):
        the_time.is_("2026-11-25 10:00")
        asked = story.clerk.do(story.on_ticket("ask"), QUESTION)
        assert (asked["state"], asked["paused"]) == ("waiting_enterprise", True)
        assert asked["question"]["text"] == QUESTION["text"]
        assert said(asked["question"]["until"]) == "2026-12-02 17:30"

        the_time.is_("2026-11-26 10:00")
        issue = story.contact.do(story.on_issue("reply"), {"text": "图纸已补"})
        # From 10:00 to 10:00 the next working day the office was open for 7 hours.
        assert said(issue["promise"]["resolve_by"]) == "2026-12-04 17:30"
        ticket = story.clerk.see(f"/tickets/{story.ticket}")
        assert said(ticket["resolve_by"]) == "2026-12-04 17:30"
        assert (ticket["state"], ticket["paused"], ticket["question"]) == (
            "in_progress",
            False,
            None,
        )
        (pause,) = ticket["pauses"]
        assert (said(pause["since"]), said(pause["until"])) == (
            "2026-11-25 10:00",
            "2026-11-26 10:00",
        )
        assert pause["text"] == QUESTION["text"]

    def test_both_see_the_ledger_and_the_enterprise_is_told_why(self, given, story, the_time):
        colleague = given.contact(story.enterprise)
        story.clerk.do(story.on_ticket("ask"), QUESTION)
        the_time.is_("2026-11-25 10:00")
        story.contact.do(story.on_issue("reply"), {"text": "图纸已补"})
        run_due()
        seen = story.contact.see(f"/issues/{story.issue}")
        assert len(seen["promise"]["pauses"]) == 1
        assert any(reason["code"].startswith("sla.pause") for reason in seen["promise"]["why"])
        events = [each["event"] for each in colleague.see("/notices")["items"]]
        assert {"ticket.asked", "issue.promise_moved"} <= set(events)
        replied = [each["event"] for each in story.clerk.see("/notices")["items"]]
        assert "ticket.replied" in replied

    def test_without_a_reply_it_goes_on_at_the_limit_and_both_are_told(self, story, the_time):
        the_time.is_("2026-11-25 10:00")
        story.clerk.do(story.on_ticket("ask"), QUESTION)
        the_time.is_("2026-12-02 17:29")
        run_due()
        assert story.clerk.see(f"/tickets/{story.ticket}")["state"] == "waiting_enterprise"
        # The workers were away over night: the clock goes on from the limit, not from now.
        the_time.is_("2026-12-03 09:00")
        run_due()
        ticket = story.clerk.see(f"/tickets/{story.ticket}")
        assert ticket["state"] == "in_progress"
        assert said(ticket["pauses"][0]["until"]) == "2026-12-02 17:30"
        for phone in (story.clerk, story.contact):
            events = [each["event"] for each in phone.see("/notices")["items"]]
            assert "ticket.ask_expired" in events

    def test_a_late_limit_of_an_answered_question_does_nothing(self, story, the_time):
        story.clerk.do(story.on_ticket("ask"), QUESTION)
        story.contact.do(story.on_issue("reply"), {"text": "已补"})
        story.clerk.do(story.on_ticket("ask"), {"text": "还差一张"})
        first_limit = "2026-12-01 17:30"
        the_time.is_("2026-11-24 11:00")
        until = story.clerk.see(f"/tickets/{story.ticket}")["question"]["until"]
        assert said(until) == first_limit

    def test_an_overdue_clock_that_waits_is_in_nobodys_overdue_box(self, story, the_time):
        the_time.is_("2026-11-30 10:00")
        story.clerk.do(story.on_ticket("ask"), QUESTION)
        the_time.is_("2026-12-04 09:00")
        assert story.clerk.see("/tickets", box="overdue")["total"] == 0
        assert story.clerk.see("/tickets", box="waiting")["total"] == 1
        assert story.clerk.see("/tickets", box="todo")["total"] == 0

    def test_an_answer_needs_no_reply_and_ends_the_pause(self, story, the_time):
        story.clerk.do(story.on_ticket("ask"), QUESTION)
        the_time.is_("2026-11-24 11:00")
        answered = story.clerk.do(story.on_ticket("answer"), stories.ANSWER)
        assert answered["state"] == "answered"
        assert said(answered["pauses"][0]["until"]) == "2026-11-24 11:00"

    def test_nothing_asked_nothing_to_reply_to(self, story):
        refused(
            story.contact.post(story.on_issue("reply"), {"text": "x"}), 409, "issue.nothing_asked"
        )

    def test_other_firms_do_not_reply(self, given, story):
        story.clerk.do(story.on_ticket("ask"), QUESTION)
        stranger = given.contact(given.enterprise())
        assert stranger.post(story.on_issue("reply"), {"text": "x"}).status_code == 404

    def test_an_assisting_department_stops_only_its_own_clock(self, given, story, the_time):
        water = given.clerk("WATER_AFFAIRS")
        body = {"department_id": department_of(water), "text": "请核排水口位置"}
        story.clerk.do(story.on_ticket("invite"), body)
        helper = next(each for each in live_tickets(story) if each["role"] == "assist")
        path = f"/tickets/{helper['id']}"
        water.do(f"{path}/accept")
        water.do(f"{path}/ask", QUESTION)
        the_time.is_("2026-11-25 10:00")
        story.contact.do(story.on_issue("reply"), {"text": "在东门"})
        assert promise(story) == PROMISED
        assert said(water.see(path)["resolve_by"]) > PROMISED


class TestExtending:
    def test_the_head_grants_the_first_and_the_enterprise_is_told_why(self, story):
        story.clerk.do(story.on_ticket("extend"), {"days": 3, "reason": "图审排队"})
        refused(
            story.clerk.post(story.on_ticket("decide"), {"granted": True, "reason": "x"}),
            403,
            "forbidden",
        )
        decided = story.head.do(story.on_ticket("decide"), {"granted": True, "reason": "同意"})
        assert said(decided["resolve_by"]) == "2026-12-08 17:30"
        assert promise(story) == "2026-12-08 17:30"
        run_due()
        told = story.contact.see("/notices")["items"]
        (moved,) = [each for each in told if each["event"] == "issue.promise_moved"]
        assert "2026-12-08 17:30" in moved["text"]

    def test_refused_in_words_nothing_moves(self, story):
        story.clerk.do(story.on_ticket("extend"), {"days": 3, "reason": "图审排队"})
        body = {"granted": False, "reason": "时间充足"}
        assert story.head.do(story.on_ticket("decide"), body)["state"] == "in_progress"
        assert promise(story) == PROMISED
        assert "时间充足" not in str(story.contact.see(f"/issues/{story.issue}"))

    def test_the_second_is_the_inspectors_and_there_is_no_third(self, given, story):
        inspector = given.inspector()
        story.clerk.do(story.on_ticket("extend"), {"days": 7, "reason": "第一次"})
        story.head.do(story.on_ticket("decide"), {"granted": True, "reason": "同意"})
        story.clerk.do(story.on_ticket("extend"), {"days": 10, "reason": "第二次"})
        yes = {"granted": True, "reason": "同意"}
        refused(story.head.post(story.on_ticket("decide"), yes), 403, "ticket.not_yours_to_decide")
        run_due()
        assert "ticket.extension_asked" in [
            each["event"] for each in inspector.see("/notices")["items"]
        ]
        assert inspector.do(story.on_ticket("decide"), yes)["extensions"] == 2
        third = story.clerk.post(story.on_ticket("extend"), {"days": 1, "reason": "第三次"})
        refused(third, 409, "ticket.no_more_extensions")

    @pytest.mark.parametrize(("days", "status"), [(7, 200), (8, 422)])
    def test_the_head_may_grant_seven_days(self, days, status, story):
        answer = story.clerk.post(story.on_ticket("extend"), {"days": days, "reason": "x"})
        assert answer.status_code == status

    @pytest.mark.parametrize(
        ("moment", "status"), [("2026-12-02 17:30", 200), ("2026-12-02 17:31", 409)]
    )
    def test_it_is_asked_a_working_day_before_the_end(self, moment, status, story, the_time):
        the_time.is_(moment)
        answer = story.clerk.post(story.on_ticket("extend"), {"days": 3, "reason": "x"})
        assert answer.status_code == status

    def test_a_pause_and_an_extension_add_up_in_either_order(self, given, the_time):
        ends = []
        for first in ("pause", "extend"):
            the_time.is_(DISPATCHED)
            story = stories.accepted(given)
            for step in (first, "extend" if first == "pause" else "pause"):
                if step == "pause":
                    the_time.is_("2026-11-25 09:00")
                    story.clerk.do(story.on_ticket("ask"), QUESTION)
                    the_time.is_("2026-11-25 11:00")
                    story.contact.do(story.on_issue("reply"), {"text": "已补"})
                else:
                    story.clerk.do(story.on_ticket("extend"), {"days": 2, "reason": "x"})
                    story.head.do(story.on_ticket("decide"), {"granted": True, "reason": "同意"})
            ends.append(promise(story))
        assert ends == ["2026-12-08 10:30"] * 2


def test_a_story_of_an_extension_asked_is_one(given):
    story = work_stories.extension_asked(given)
    assert story.clerk.see(f"/tickets/{story.ticket}")["extension"]["days"] == 3
    assert story.contact.see(f"/issues/{story.issue}")["tickets"][0]["extension"] is None
