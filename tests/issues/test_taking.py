"""Who works on a ticket: the first to take it, or whom the head names; and answers past the head."""

from __future__ import annotations

from app.departments.documents import Department
from tests.issues import stories
from tests.issues.stories import ANSWER
from tests.issues.test_work import refused
from tests.support.duties import run_due


def events(phone) -> list[str]:
    return [each["event"] for each in phone.see("/notices")["items"]]


class TestAssigning:
    def test_the_head_gives_it_to_a_clerk_and_to_another(self, given):
        story = stories.dispatched(given)
        colleague = given.clerk("HOUSING")
        for phone in (story.clerk, colleague):
            body = {"person_id": str(phone.person.id)}
            seen = story.head.do(story.on_ticket("assign"), body)
            assert (seen["state"], seen["assignee_id"]) == ("accepted", str(phone.person.id))
        run_due()
        assert "ticket.assigned" in events(colleague)
        assert colleague.do(story.on_ticket("answer"), ANSWER)["state"] == "answered"

    def test_only_to_people_of_the_department(self, given):
        story = stories.dispatched(given)
        for stranger in (given.clerk("ECOLOGY"), story.contact):
            body = {"person_id": str(stranger.person.id)}
            answer = story.head.post(story.on_ticket("assign"), body)
            refused(answer, 422, "ticket.not_of_department")

    def test_a_clerk_does_not_assign(self, given):
        story = stories.dispatched(given)
        body = {"person_id": str(story.clerk.person.id)}
        refused(story.clerk.post(story.on_ticket("assign"), body), 403, "forbidden")


def reviewing(story) -> None:
    where = story.head.person.grants[0].department
    Department.rows().update_one({"_id": where}, {"$set": {"review_answers": True}})


class TestReviewing:
    def test_where_the_head_wants_it_an_answer_waits_for_the_head(self, given):
        story = stories.accepted(given)
        reviewing(story)
        try:
            seen = story.clerk.do(story.on_ticket("answer"), ANSWER)
            assert (seen["state"], seen["draft"]["text"]) == ("in_progress", ANSWER["text"])
            whole = story.contact.see(f"/issues/{story.issue}")
            assert whole["state"] == "dispatched"
            assert ANSWER["text"] not in str(whole)
            run_due()
            assert "ticket.review_asked" in events(story.head)
            refused(
                story.clerk.post(story.on_ticket("review"), {"approved": True}), 403, "forbidden"
            )
            sent = story.head.do(story.on_ticket("review"), {"approved": True})
            assert (sent["state"], sent["draft"]) == ("answered", None)
            assert sent["answer"]["by"] == story.clerk.person.name
            assert sent["answer"]["approved_by"] == story.head.person.name
        finally:
            Department.rows().update_many({}, {"$set": {"review_answers": False}})

    def test_sent_back_with_words_it_is_answered_anew(self, given):
        story = stories.accepted(given)
        reviewing(story)
        try:
            story.clerk.do(story.on_ticket("answer"), ANSWER)
            body = {"approved": False, "text": "依据写全"}
            seen = story.head.do(story.on_ticket("review"), body)
            assert (seen["state"], seen["draft"]) == ("in_progress", None)
            run_due()
            assert "ticket.review_refused" in events(story.clerk)
            assert "依据写全" not in str(story.contact.see(f"/issues/{story.issue}"))
            refused(
                story.head.post(story.on_ticket("review"), {"approved": True}),
                409,
                "ticket.nothing_to_review",
            )
        finally:
            Department.rows().update_many({}, {"$set": {"review_answers": False}})

    def test_not_solved_once_a_clerk_never_answers_alone(self, given):
        story = stories.reopened(given)
        story.head.do(story.on_ticket("accept"))
        body = {"person_id": str(story.clerk.person.id)}
        story.head.do(story.on_ticket("assign"), body)
        assert story.clerk.do(story.on_ticket("answer"), ANSWER)["state"] == "in_progress"
        assert story.head.do(story.on_ticket("review"), {"approved": True})["state"] == "answered"


class TestNoting:
    def test_a_mention_tells_who_may_see_it(self, given):
        story = stories.accepted(given)
        colleague = given.clerk("HOUSING")
        body = {"text": "@同事 请看", "internal": True, "mentions": [str(colleague.person.id)]}
        story.clerk.do(story.on_ticket("note"), body)
        run_due()
        assert "issue.mentioned" in events(colleague)

    def test_nobody_is_told_of_what_they_may_not_see(self, given):
        story = stories.accepted(given)
        for stranger in (given.clerk("ECOLOGY"), story.contact):
            key = str(stranger.person.id)
            body = {"text": "x", "internal": True, "mentions": [key]}
            answer = story.clerk.post(story.on_ticket("note"), body)
            refused(answer, 422, "work.cannot_see_it")
            assert answer.json["errors"]["mentions"] == [key]

    def test_everybody_who_sees_an_issue_may_write_on_it(self, given):
        story = stories.accepted(given)
        story.contact.do(story.on_issue("comment"), {"text": "补充：下周要交付"})
        story.head.do(story.on_issue("comment"), {"text": "内部讨论", "internal": True})
        seen = str(story.contact.see(f"/issues/{story.issue}"))
        assert "下周要交付" in seen
        assert "内部讨论" not in seen
        refused(
            story.contact.post(story.on_issue("comment"), {"text": "x", "internal": True}),
            403,
            "forbidden",
        )
