"""Reminders: by those who ask, counted, and rarely; and one to them before silence closes an issue."""

from __future__ import annotations

import pytest

from app.foundation import history
from app.issues.documents import Issue
from tests.issues import stories, work_stories
from tests.issues.pressing_stories import events, served, told
from tests.issues.stories import ANSWER
from tests.issues.test_races import at_once, pressing
from tests.issues.test_work import refused
from tests.support.duties import run_due
from tests.support.time import said

WORDS = {"text": "桩机已进场三天，请尽快"}


@pytest.fixture
def story(given, the_time):
    the_time.is_("2026-11-24 10:00")
    return stories.accepted(given)


class TestReminding:
    def test_it_is_counted_told_and_seen_by_all(self, story):
        seen = story.contact.do(story.on_issue("remind"), WORDS)
        run_due()
        assert seen["reminders"] == 1
        assert [row["text"] for row in seen["history"] if row["action"] == "remind"] == [
            WORDS["text"]
        ]
        for phone in (story.clerk, story.head):
            assert [WORDS["text"] in text for text in told(phone, "issue.reminded")] == [True]
        assert "issue.reminded" not in events(story.contact)

    def test_words_are_not_needed(self, story):
        assert story.contact.do(story.on_issue("remind"))["reminders"] == 1

    def test_it_is_once_in_the_hours_by_anyone(self, given, story, the_time):
        commissioner = served(given, story)
        story.contact.do(story.on_issue("remind"), WORDS)
        the_time.passes(hours=1)
        for phone in (story.contact, commissioner):
            answer = phone.post(story.on_issue("remind"), WORDS)
            refused(answer, 429, "issue.reminded_already")
            assert answer.headers["Retry-After"] == str(23 * 3600)
        the_time.is_("2026-11-25 09:59")
        refused(commissioner.post(story.on_issue("remind")), 429, "issue.reminded_already")
        the_time.is_("2026-11-25 10:00")
        assert commissioner.do(story.on_issue("remind"))["reminders"] == 2

    def test_of_two_at_once_one_wins(self, given, story):
        commissioner = served(given, story)
        for _ in range(4):
            Issue.rows().update_many({}, {"$set": {"reminders": 0, "reminded_at": None}})
            path = story.on_issue("remind")
            statuses = at_once(pressing(story.contact, path), pressing(commissioner, path))
            assert sorted(statuses) == [200, 429]
            assert Issue.get(story.issue).reminders == 1

    def test_the_same_tap_sent_twice_counts_once(self, story):
        for _ in range(2):
            seen = story.contact.do(story.on_issue("remind"), WORDS, Idempotency_Key="tap-1")
        assert seen["reminders"] == 1

    def test_while_no_department_has_it_the_dispatchers_hear_of_it(self, given):
        dispatcher = given.dispatcher()
        for story in (stories.dispatching(given), stories.returned(given)):
            story.contact.do(story.on_issue("remind"), WORDS)
            run_due()
            assert "issue.reminded" not in events(story.head)
        assert events(dispatcher).count("issue.reminded") == 2

    def test_it_is_for_those_who_ask(self, given, story):
        for phone in (story.clerk, story.head, given.dispatcher(), given.inspector()):
            refused(phone.post(story.on_issue("remind")), 403, "forbidden")
        for phone in (given.commissioner(), given.contact(given.enterprise())):
            refused(phone.post(story.on_issue("remind")), 404, "not_found")

    @pytest.mark.parametrize("ended", [stories.answered, stories.resolved, stories.withdrawn])
    def test_what_is_answered_is_not_reminded_of(self, ended, given):
        story = ended(given)
        refused(story.contact.post(story.on_issue("remind")), 409, "issue.transition_not_allowed")

    def test_an_anonymous_reminder_stays_so(self, given):
        story = stories.accepted(given, anonymous=True)
        story.contact.do(story.on_issue("remind"), WORDS)
        run_due()
        assert story.contact.person.name not in str(told(story.head, "issue.reminded"))
        rows = story.head.see(f"/issues/{story.issue}")["history"]
        assert story.contact.person.name not in str(rows)


class TestBeforeSilence:
    """Answered on Tuesday, 24 November: silence closes it on Tuesday, 1 December, at 17:30."""

    @pytest.fixture
    def answered(self, story):
        seen = story.clerk.do(story.on_ticket("answer"), ANSWER)
        whole = story.contact.see(f"/issues/{seen['issue_id']}")
        assert said(whole["confirm_by"]) == "2026-12-01 17:30"
        return story

    def test_those_who_ask_are_reminded_two_working_days_ahead(self, answered, the_time):
        the_time.is_("2026-11-27 17:29")
        run_due()
        assert "issue.confirm_soon" not in events(answered.contact)
        the_time.is_("2026-11-27 17:30")
        run_due()
        texts = told(answered.contact, "issue.confirm_soon")
        assert ["2026-12-01 17:30" in text for text in texts] == [True]
        assert "issue.confirm_soon" not in events(answered.clerk)
        rows = answered.contact.see(f"/issues/{answered.issue}")["history"]
        assert [row["action"] for row in rows].count("confirm_soon") == 1

    def test_who_has_spoken_is_left_alone(self, answered, the_time):
        answered.contact.do(answered.on_issue("confirm"), {"solved": "yes"})
        the_time.is_("2026-11-28 10:00")
        run_due()
        assert "issue.confirm_soon" not in events(answered.contact)

    def test_a_later_answer_has_a_reminder_of_its_own(self, answered, the_time):
        """Not solved, and answered anew on the 26th: the first reminder no longer counts."""
        answered.contact.do(answered.on_issue("confirm"), {"solved": "no"})
        the_time.is_("2026-11-26 10:00")
        answered.head.do(answered.on_ticket("accept"))
        answered.head.do(answered.on_ticket("answer"), ANSWER)
        the_time.is_("2026-11-27 17:30")
        run_due()
        assert "issue.confirm_soon" not in events(answered.contact)
        the_time.is_("2026-12-01 17:30")
        run_due()
        assert events(answered.contact).count("issue.confirm_soon") == 1

    def test_workers_that_come_late_remind_nobody_of_what_is_closed(self, answered, the_time):
        the_time.is_("2026-12-02 10:00")
        run_due()
        seen = Issue.get(answered.issue)
        assert seen.outcome == "no_reply"
        rows = history.of("issue", seen.id, internal=True)
        assert "confirm_soon" not in [row["action"] for row in rows]


def test_a_reminder_of_a_ticket_handed_on_reaches_who_has_it_now(given):
    story = work_stories.transferred(given)
    story.contact.do(story.on_issue("remind"), WORDS)
    run_due()
    assert "issue.reminded" not in events(story.head)
