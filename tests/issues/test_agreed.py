"""What was agreed at a meeting: told when it is due, and done."""

from __future__ import annotations

import pytest

from app.people.documents import Grant
from tests.issues import stories
from tests.issues.pressing_stories import (
    DONE,
    again,
    events,
    merge_into,
    minutes,
    task,
    told,
)
from tests.issues.test_races import at_once, pressing
from tests.issues.test_work import refused
from tests.support.duties import run_due
from tests.support.factories import PHOTOS


@pytest.fixture
def story(given, the_time):
    """In hand on a Tuesday."""
    the_time.is_("2026-11-24 10:00")
    return stories.accepted(given)


class TestWhatWasAgreed:
    @pytest.fixture
    def agreed(self, given, story):
        """By the clerk until Thursday, and a week later: (story, meeting, recorder)."""
        recorder = given.inspector()
        body = minutes(task(story.clerk, "2026-12-03", "验收"), task(story.clerk, "2026-11-26"))
        seen = recorder.do(story.on_issue("meetings"), body)
        return story, seen["meetings"][0]["id"], recorder

    def test_ones_own_due_first(self, given, agreed, the_time):
        story, meeting, _ = agreed
        page = story.clerk.see("/me/agreed")
        assert [(each["n"], each["due_on"]) for each in page["items"]] == [
            (2, "2026-11-26"),
            (1, "2026-12-03"),
        ]
        first = page["items"][0]
        assert (first["meeting_id"], first["issue_id"], first["number"]) == (
            meeting,
            story.issue,
            story.number,
        )
        assert story.head.see("/me/agreed")["items"] == []
        the_time.is_("2026-11-26 23:59")
        assert not story.clerk.see("/me/agreed")["items"][0]["overdue"]
        the_time.is_("2026-11-27 00:00")
        assert story.clerk.see("/me/agreed")["items"][0]["overdue"]

    def test_at_nine_of_its_day_the_owner_is_told_and_the_head_a_working_day_later(
        self, agreed, the_time
    ):
        story, _, recorder = agreed
        the_time.is_("2026-11-26 08:59")
        run_due()
        assert "issue.agreed_due" not in events(story.clerk)
        the_time.is_("2026-11-26 09:00")
        run_due()
        assert ["恢复路面" in text for text in told(story.clerk, "issue.agreed_due")] == [True]
        the_time.is_("2026-11-27 17:29")
        run_due()
        assert "issue.agreed_due" not in events(story.head)
        the_time.is_("2026-11-27 17:30")
        run_due()
        assert events(story.head).count("issue.agreed_due") == 1
        assert events(story.clerk).count("issue.agreed_due") == 1
        assert "issue.agreed_due" not in events(recorder)
        rows = story.contact.see(f"/issues/{story.issue}")["history"]
        assert "agreed_due" not in [row["action"] for row in rows]

    def test_over_a_weekend_that_is_monday(self, given, story, the_time):
        """Agreed for Friday: a working day later is Monday."""
        given.dispatcher().do(story.on_issue("meetings"), minutes(task(story.clerk, "2026-11-27")))
        the_time.is_("2026-11-30 17:29")
        run_due()
        assert "issue.agreed_due" not in events(story.head)
        the_time.is_("2026-11-30 17:30")
        run_due()
        assert "issue.agreed_due" in events(story.head)

    def test_workers_away_for_a_week_tell_each_once(self, agreed, the_time):
        story, _, _ = agreed
        the_time.is_("2026-12-02 10:00")
        run_due()
        for phone in (story.clerk, story.head):
            assert events(phone).count("issue.agreed_due") == 1

    def test_what_is_done_is_not_asked_for(self, agreed, the_time):
        story, meeting, _ = agreed
        picture = story.clerk.take_photo(PHOTOS[0].read_bytes()).json["id"]
        done = story.clerk.do(
            f"/meetings/{meeting}/duties/2/done", {**DONE, "photo_ids": [picture]}
        )
        assert (done["state"], done["done"]["text"]) == ("done", DONE["text"])
        assert done["done"]["photo_ids"] == [picture]
        assert story.head.get(f"/photos/{picture}").status_code == 200
        assert [each["n"] for each in story.clerk.see("/me/agreed")["items"]] == [1]
        the_time.is_("2026-12-01 10:00")
        run_due()
        assert "issue.agreed_due" not in events(story.clerk) + events(story.head)

    def test_the_head_may_say_so_too_and_nobody_else(self, given, agreed):
        story, meeting, recorder = agreed
        path = f"/meetings/{meeting}/duties/2/done"
        for phone in (given.clerk("HOUSING"), recorder, given.dispatcher()):
            refused(phone.post(path, DONE), 403, "forbidden")
        for phone in (story.contact, given.head("WATER_AFFAIRS"), given.commissioner()):
            refused(phone.post(path, DONE), 404, "not_found")
        done = story.head.do(path, DONE)
        assert (done["state"], done["done"]["by"]) == ("done", story.head.person.name)
        refused(story.clerk.post(path, DONE), 409, "agreed.not_open")

    def test_there_is_no_other(self, agreed):
        story, meeting, _ = agreed
        for n in (0, 3, 10**30):
            path = f"/meetings/{meeting}/duties/{n}/done"
            refused(story.clerk.post(path, DONE), 404, "not_found")
        path = f"/meetings/{'f' * 24}/duties/1/done"
        refused(story.clerk.post(path, DONE), 404, "not_found")

    def test_of_two_at_once_one_wins(self, given, agreed):
        story, meeting, recorder = agreed
        path = f"/meetings/{meeting}/duties/1/done"
        statuses = at_once(pressing(story.clerk, path, DONE), pressing(story.head, path, DONE))
        assert sorted(statuses) == [200, 409]
        rows = recorder.see(f"/issues/{story.issue}")["history"]
        assert [row["action"] for row in rows].count("agreed_done") == 1

    def test_who_has_no_head_has_the_recorder_above(self, given, story, the_time):
        """The head of the department, and the enterprise itself."""
        recorder = given.dispatcher()
        body = minutes(task(story.head), task(story.contact))
        recorder.do(story.on_issue("meetings"), body)
        the_time.is_("2026-11-27 17:30")
        run_due()
        assert events(recorder).count("issue.agreed_due") == 2
        assert events(story.head).count("issue.agreed_due") == 1

    def test_and_a_recorder_the_inspectors(self, given, story, the_time):
        inspector = given.inspector()
        story.head.do(story.on_issue("meetings"), minutes(task(story.head)))
        the_time.is_("2026-11-27 17:30")
        run_due()
        assert "issue.agreed_due" in events(inspector)

    def test_nothing_is_to_be_done_for_what_was_withdrawn(self, agreed, the_time):
        story, meeting, _ = agreed
        story.contact.do(story.on_issue("withdraw"), {"reason": "不办了"})
        assert story.clerk.see("/me/agreed")["items"] == []
        refused(
            story.clerk.post(f"/meetings/{meeting}/duties/1/done", DONE), 409, "agreed.not_open"
        )
        the_time.is_("2026-12-03 10:00")
        run_due()
        assert "issue.agreed_due" not in events(story.clerk)

    def test_nor_merged(self, given, agreed):
        story, _, _ = agreed
        merge_into(stories.accepted(given), story, given.dispatcher())
        assert story.clerk.see("/me/agreed")["items"] == []

    def test_but_it_is_for_what_is_solved(self, agreed, the_time):
        story, meeting, _ = agreed
        story.clerk.do(story.on_ticket("answer"), stories.ANSWER)
        story.contact.do(story.on_issue("confirm"), {"solved": "yes"})
        the_time.is_("2026-11-26 09:00")
        run_due()
        assert "issue.agreed_due" in events(story.clerk)
        assert story.clerk.do(f"/meetings/{meeting}/duties/2/done", DONE)["state"] == "done"

    def test_a_deputy_sees_and_does_it(self, given, agreed):
        story, meeting, _ = agreed
        where = story.clerk.person.grants[0].department
        deputy = given.phone(given.person(Grant(role="clerk", department=where)))
        absence = {
            "since": "2026-11-24T00:00:00+08:00",
            "until": "2026-12-24T00:00:00+08:00",
            "deputy_id": str(deputy.person.id),
        }
        story.clerk.do("/me/leave", absence)
        deputy = again(given, deputy)
        assert deputy.see("/me/agreed")["total"] == 2
        assert deputy.do(f"/meetings/{meeting}/duties/2/done", DONE)["state"] == "done"
