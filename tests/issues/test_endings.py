"""How issues end: by word, by silence, by head and inspector together; and how they come back."""

from __future__ import annotations

import pytest

from app.issues.documents import Issue
from tests.issues import stories, work_stories
from tests.issues.stories import ANSWER
from tests.issues.test_work import refused
from tests.support.duties import run_due
from tests.support.factories import PHOTOS

NO = {"solved": "no", "comment": "没有解决"}


def events(phone) -> list[str]:
    return [each["event"] for each in phone.see("/notices")["items"]]


class TestTheWord:
    def test_two_questions_are_asked_and_both_answers_kept(self, given):
        story = stories.answered(given)
        body = {"solved": "yes", "satisfaction": 2, "comment": "办成了但太慢"}
        seen = story.contact.do(story.on_issue("confirm"), body)
        assert (seen["state"], seen["outcome"]) == ("resolved", "solved")
        said = seen["confirmation"]
        assert (said["solved"], said["satisfaction"], said["on_behalf"], said["channel"]) == (
            "yes",
            2,
            False,
            "app",
        )

    @pytest.mark.parametrize("role", ["commissioner", "inspector"])
    def test_on_behalf_it_names_recorder_and_channel(self, role, given):
        enterprise = given.enterprise()
        commissioner = given.commissioner()
        issue = commissioner.open_issue(enterprise_id=str(enterprise.id))
        run_due()
        clerk = given.clerk("HOUSING")
        ticket = commissioner.see(f"/issues/{issue['id']}")["tickets"][0]["id"]
        clerk.do(f"/tickets/{ticket}/accept")
        clerk.do(f"/tickets/{ticket}/answer", ANSWER)
        recorder = commissioner if role == "commissioner" else given.inspector()
        body = {"solved": "yes", "satisfaction": 4, "channel": "phone"}
        said = recorder.do(f"/issues/{issue['id']}/confirm", body)["confirmation"]
        assert (said["on_behalf"], said["channel"], said["by"]) == (
            True,
            "phone",
            recorder.person.name,
        )

    def test_a_pothole_is_confirmed_by_its_commissioner_with_a_photo(self, given):
        commissioner = given.commissioner()
        issue = commissioner.open_issue(kind="problem", text="厂门口路面塌陷，施工许可围挡缺失")
        run_due()
        seen = commissioner.see(f"/issues/{issue['id']}")
        clerk = given.clerk("HOUSING")
        path = f"/tickets/{seen['tickets'][0]['id']}"
        clerk.do(f"{path}/accept")
        clerk.do(f"{path}/answer", ANSWER)
        confirm = f"/issues/{issue['id']}/confirm"
        refused(commissioner.post(confirm, {"solved": "yes"}), 422, "issue.photo_needed")
        picture = commissioner.take_photo(PHOTOS[0].read_bytes()).json["id"]
        done = commissioner.do(confirm, {"solved": "yes", "photo_ids": [picture]})
        assert done["outcome"] == "solved"
        assert done["confirmation"]["photo_ids"] == [picture]
        assert done["confirmation"]["on_behalf"] is False


class TestSilence:
    @pytest.fixture
    def story(self, given, the_time):
        the_time.is_("2026-11-24 10:00")
        return stories.answered(given)

    def test_after_five_working_days_it_closes_without_a_reply(self, story, the_time):
        the_time.is_("2026-12-01 17:29")
        run_due()
        assert story.contact.see(f"/issues/{story.issue}")["state"] == "answered"
        the_time.is_("2026-12-01 17:30")
        run_due()
        seen = story.contact.see(f"/issues/{story.issue}")
        assert (seen["state"], seen["outcome"]) == ("resolved", "no_reply")
        assert seen["confirmation"] is None
        assert seen["tickets"][0]["state"] == "closed"
        assert "issue.no_reply" in events(story.contact)
        assert "issue.no_reply" in events(story.clerk)

    def test_the_silence_of_an_earlier_answer_ends_nothing(self, story, the_time):
        story.contact.do(story.on_issue("confirm"), NO)
        the_time.is_("2026-11-30 09:00")
        story.head.do(story.on_ticket("accept"))
        story.head.do(story.on_ticket("answer"), ANSWER)
        the_time.is_("2026-12-02 09:00")
        run_due()
        assert story.contact.see(f"/issues/{story.issue}")["state"] == "answered"

    def test_two_calls_in_vain_end_it_too(self, given, story):
        inspector = given.inspector()
        first = inspector.do(story.on_issue("unreachable"), {"text": "无人接听"})
        assert first["state"] == "answered"
        second = inspector.do(story.on_issue("unreachable"), {"text": "停机"})
        assert (second["state"], second["outcome"]) == ("resolved", "no_reply")

    def test_it_may_still_be_reopened(self, story, the_time):
        the_time.is_("2026-12-01 18:00")
        run_due()
        again = story.contact.do(story.on_issue("reopen"), {"reason": "出差刚回，问题还在"})
        assert (again["state"], again["outcome"]) == ("reopened", None)


class TestForGood:
    def test_head_and_inspector_together_after_two_redos(self, given):
        inspector = given.inspector()
        story = work_stories.reopened_twice(given)
        body = {"reason": "政策所限", "basis": "《建筑法》第八条"}
        asked = story.head.do(story.on_issue("conclude"), body)
        assert asked["state"] == "reopened"
        refused(
            story.head.post(story.on_issue("conclude"), body),
            409,
            "issue.other_side_must_agree",
        )
        run_due()
        assert "issue.final_asked" in events(inspector)
        done = inspector.do(story.on_issue("conclude"), body)
        assert (done["state"], done["outcome"]) == ("resolved", "unsolved")
        run_due()
        assert "issue.closed_finally" in events(story.contact)

    def test_whoever_of_the_two_comes_first(self, given):
        inspector = given.inspector()
        story = work_stories.reopened_twice(given)
        body = {"reason": "政策所限", "basis": "《建筑法》第八条"}
        inspector.do(story.on_issue("conclude"), body)
        assert story.head.do(story.on_issue("conclude"), body)["outcome"] == "unsolved"

    def test_not_before_two_redos_and_not_without_a_basis(self, given):
        story = stories.reopened(given)
        body = {"reason": "政策所限", "basis": "《建筑法》第八条"}
        answer = story.head.post(story.on_issue("conclude"), body)
        refused(answer, 409, "issue.too_early_to_conclude")
        assert story.head.post(story.on_issue("conclude"), {"reason": "x"}).status_code == 422

    def test_an_answer_meanwhile_takes_the_proposal_back(self, given):
        inspector = given.inspector()
        story = work_stories.reopened_twice(given)
        body = {"reason": "政策所限", "basis": "《建筑法》第八条"}
        story.head.do(story.on_issue("conclude"), body)
        story.head.do(story.on_ticket("accept"))
        story.head.do(story.on_ticket("answer"), ANSWER)
        story.contact.do(story.on_issue("confirm"), NO)
        assert inspector.do(story.on_issue("conclude"), body)["outcome"] is None

    def test_it_comes_back_with_new_facts_only(self, given):
        inspector = given.inspector()
        story = work_stories.reopened_twice(given)
        body = {"reason": "政策所限", "basis": "《建筑法》第八条"}
        story.head.do(story.on_issue("conclude"), body)
        inspector.do(story.on_issue("conclude"), body)
        reopen = story.on_issue("reopen")
        refused(story.contact.post(reopen, {"reason": "还是不行"}), 409, "issue.new_facts_needed")
        facts = {"reason": "有新政策", "new_facts": "省厅11月20日新文件放宽"}
        assert story.contact.do(reopen, facts)["state"] == "reopened"


class TestReopening:
    @pytest.mark.parametrize(
        ("moment", "status"), [("2026-12-24 10:00", 200), ("2026-12-24 10:01", 409)]
    )
    def test_for_thirty_days(self, moment, status, given, the_time):
        the_time.is_("2026-11-24 10:00")
        story = stories.resolved(given)
        the_time.is_(moment)
        phone = given.phone(story.contact.person)
        answer = phone.post(story.on_issue("reopen"), {"reason": "又坏了"})
        assert answer.status_code == status
        if status == 409:
            assert answer.json["code"] == "issue.reopen_too_late"

    def test_one_level_up_with_a_new_clock_and_the_old_round_kept(self, given, the_time):
        the_time.is_("2026-11-24 10:00")
        story = stories.resolved(given)
        the_time.is_("2026-12-01 10:00")
        story.contact.do(story.on_issue("reopen"), {"reason": "又坏了"})
        ticket = story.head.see(f"/tickets/{story.ticket}")
        assert (ticket["state"], ticket["level"]) == ("dispatched", 1)
        stored = Issue.get(story.issue)
        assert (stored.redos, stored.ended_at, stored.outcome) == (1, None, None)

    def test_what_is_answered_is_confirmed_instead(self, given):
        story = stories.answered(given)
        answer = story.contact.post(story.on_issue("reopen"), {"reason": "x"})
        refused(answer, 409, "issue.confirm_instead")

    def test_departments_do_not_reopen(self, given):
        story = stories.resolved(given)
        refused(story.clerk.post(story.on_issue("reopen"), {"reason": "x"}), 403, "forbidden")
