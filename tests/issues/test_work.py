"""What departments and enterprises do, and what they may not."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.foundation import clock
from app.foundation.district import local
from app.issues.documents import Ticket
from app.people.documents import Grant
from tests.issues import stories
from tests.issues.stories import ANSWER
from tests.support.duties import run_due


def refused(answer, status: int, code: str) -> None:
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json


class TestAccepting:
    def test_one_of_two_who_accept_at_once_wins(self, given):
        for _ in range(3):
            story = stories.dispatched(given)
            rivals = [story.clerk, given.clerk("HOUSING")]
            together = threading.Barrier(2, timeout=10)

            def accept(phone, path, at=together):
                at.wait()
                return phone.post(path)

            with ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(accept, rivals, [story.on_ticket("accept")] * 2))
            assert sorted(each.status_code for each in answers) == [200, 409]
            winner = next(r for r, a in zip(rivals, answers, strict=True) if a.status_code == 200)
            seen = story.clerk.see(f"/tickets/{story.ticket}")
            assert seen["assignee_id"] == str(winner.person.id)
            rows = story.head.see(f"/issues/{story.issue}")["history"]
            assert [row["action"] for row in rows].count("accept") == 1

    def test_the_loser_is_told_so(self, given):
        story = stories.accepted(given)
        refused(
            given.clerk("HOUSING").post(story.on_ticket("accept")),
            409,
            "ticket.transition_not_allowed",
        )

    def test_the_next_promise_becomes_the_reply(self, given):
        story = stories.dispatched(given)
        before = story.clerk.see(f"/tickets/{story.ticket}")
        assert before["due_at"] == before["accept_by"]
        after = story.clerk.do(story.on_ticket("accept"))
        assert after["due_at"] == after["reply_by"]
        noted = story.clerk.do(story.on_ticket("note"), {"text": "到现场"})
        assert noted["due_at"] == noted["resolve_by"]


class TestWorking:
    def test_a_colleague_does_not_write_on_it_but_the_head_does(self, given):
        story = stories.accepted(given)
        colleague = given.clerk("HOUSING")
        for verb, body in [
            ("note", {"text": "x"}),
            ("answer", ANSWER),
            ("return", {"reason_code": "not_ours", "reason": "x"}),
        ]:
            refused(colleague.post(story.on_ticket(verb), body), 403, "ticket.not_assigned_to_you")
        story.head.do(story.on_ticket("note"), {"text": "局长批示"})
        assert story.head.do(story.on_ticket("answer"), ANSWER)["state"] == "answered"

    def test_the_head_of_another_department_is_no_head_here(self, given):
        """Clerk here and head elsewhere: that does not open a colleague's ticket."""
        story = stories.accepted(given)
        housing, water = (
            given.head(code).person.grants[0] for code in ("HOUSING", "WATER_AFFAIRS")
        )
        both = given.phone(
            given.person(
                Grant(role="clerk", department=housing.department),
                Grant(role="head", department=water.department),
            )
        )
        refused(
            both.post(story.on_ticket("note"), {"text": "x"}), 403, "ticket.not_assigned_to_you"
        )

    def test_a_public_note_is_the_first_reply_and_an_internal_one_is_not(self, given):
        story = stories.accepted(given)
        story.clerk.do(story.on_ticket("note"), {"text": "内部", "internal": True})
        assert story.clerk.see(f"/tickets/{story.ticket}")["replied_at"] is None
        first = story.clerk.do(story.on_ticket("note"), {"text": "公开"})["replied_at"]
        assert first is not None
        assert story.clerk.do(story.on_ticket("note"), {"text": "再"})["replied_at"] == first

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            ({"result": "magic"}, "ticket.unknown_result"),
            ({"result": "cannot"}, "ticket.basis_needed"),
            ({"result": "explained", "basis": "  "}, "ticket.basis_needed"),
            ({"result": "planned"}, "ticket.date_needed"),
            ({"result": "planned", "planned_for": "2020-01-01"}, "ticket.date_needed"),
        ],
    )
    def test_an_answer_gives_what_its_result_needs(self, answer, code, given):
        story = stories.accepted(given)
        refused(story.clerk.post(story.on_ticket("answer"), {"text": "x", **answer}), 422, code)
        assert story.clerk.see(f"/tickets/{story.ticket}")["state"] == "accepted"

    def test_a_planned_answer_is_for_a_day_after_today_here(self, given):
        story = stories.accepted(given)
        today = local(clock.now()).date()
        body = {"text": "x", "result": "planned", "planned_for": today.isoformat()}
        refused(story.clerk.post(story.on_ticket("answer"), body), 422, "ticket.date_needed")
        tomorrow = {**body, "planned_for": (today + timedelta(days=1)).isoformat()}
        answer = story.clerk.do(story.on_ticket("answer"), tomorrow)["answer"]
        assert answer["planned_for"] == tomorrow["planned_for"]

    def test_anothers_photo_cannot_be_attached(self, given, photo_files):
        story = stories.accepted(given)
        foreign = story.contact.take_photo(photo_files[0].read_bytes()).json["id"]
        for verb, body in [("note", {"text": "x"}), ("answer", ANSWER)]:
            answer = story.clerk.post(story.on_ticket(verb), {**body, "photo_ids": [foreign]})
            refused(answer, 422, "photo.not_yours")


class TestReturning:
    def test_a_returned_ticket_goes_to_the_dispatcher_and_on(self, given):
        dispatcher = given.dispatcher()
        story = stories.returned(given)
        run_due()
        assert dispatcher.see("/notices")["items"][0]["event"] == "issue.needs_placing"
        refused(
            story.clerk.post(story.on_ticket("return"), {"reason_code": "tired", "reason": "x"}),
            422,
            "ticket.unknown_return_reason",
        )
        water = given.clerk("WATER_AFFAIRS")
        where = str(water.person.grants[0].department)
        placed = dispatcher.do(
            story.on_issue("place"), {"category": "PERMIT", "department_id": where}
        )
        assert placed["state"] == "dispatched"
        live = [each for each in placed["tickets"] if each["state"] == "dispatched"]
        assert [each["department_id"] for each in live] == [where]
        assert water.see("/tickets", box="todo")["total"] == 1

    def test_the_reason_stays_inside(self, given):
        story = stories.returned(given)
        assert "不归我局" not in str(story.contact.see(f"/issues/{story.issue}"))
        assert "不归我局" in str(story.head.see(f"/issues/{story.issue}"))

    @pytest.mark.parametrize("body", [{"category": "NO_SUCH"}, {"category": "PARK"}])
    def test_what_cannot_be_placed_stays(self, body, given):
        """PARK belongs to the issue's unit: without one the dispatcher must name a department."""
        commissioner = given.commissioner()
        issue = commissioner.open_issue(**stories.NOBODYS)
        run_due()
        dispatcher = given.dispatcher()
        answer = dispatcher.post(f"/issues/{issue['id']}/place", body)
        expected = {"NO_SUCH": "category.unknown", "PARK": "issue.department_needed"}
        refused(answer, 422, expected[body["category"]])
        assert dispatcher.see(f"/issues/{issue['id']}")["state"] == "dispatching"

    def test_nowhere_is_no_place(self, given):
        story = stories.dispatching(given)
        body = {"category": "PERMIT", "department_id": "f" * 24}
        refused(given.dispatcher().post(story.on_issue("place"), body), 422, "department.unknown")


class TestNotSolved:
    def test_it_goes_to_the_head_and_at_the_second_time_under_the_inspectors_eye(self, given):
        inspector = given.inspector()
        story = stories.answered(given)
        no = {"solved": "no", "comment": "没解决"}

        story.contact.do(story.on_issue("confirm"), no)
        run_due()
        assert story.head.see(f"/tickets/{story.ticket}")["level"] == 1
        assert "issue.reopened" in [n["event"] for n in story.head.see("/notices")["items"]]
        assert inspector.see("/notices")["total"] == 0
        assert story.clerk.see("/tickets", box="todo")["total"] == 0
        for verb, body in [
            ("accept", {}),
            ("answer", ANSWER),
            ("return", {"reason_code": "not_ours", "reason": "x"}),
        ]:
            refused(story.clerk.post(story.on_ticket(verb), body), 403, "ticket.head_must_act")

        story.head.do(story.on_ticket("accept"))
        story.head.do(story.on_ticket("answer"), ANSWER)
        story.contact.do(story.on_issue("confirm"), no)
        run_due()
        assert story.head.see(f"/tickets/{story.ticket}")["level"] == 2
        assert [n["event"] for n in inspector.see("/notices")["items"]] == ["issue.reopened"]

        story.head.do(story.on_ticket("accept"))
        story.head.do(story.on_ticket("answer"), ANSWER)
        story.contact.do(story.on_issue("confirm"), no)
        assert story.head.see(f"/tickets/{story.ticket}")["level"] == 2

    def test_the_clock_starts_anew(self, given):
        story = stories.answered(given)
        past = clock.now() - timedelta(days=30)
        Ticket.rows().update_many(
            {},
            {
                "$set": {
                    "dispatched_at": past,
                    "accept_by": past,
                    "resolve_by": past,
                    "due_at": past,
                }
            },
        )
        story.contact.do(story.on_issue("confirm"), {"solved": "partly"})
        seen = story.head.see(f"/tickets/{story.ticket}")
        assert not seen["overdue"]
        assert seen["accepted_at"] is None
        assert seen["assignee"] is None
        issue = story.head.see(f"/issues/{story.issue}")
        assert issue["promise"]["resolve_by"] == seen["resolve_by"]


class TestWithdrawing:
    def test_it_ends_the_tickets_too(self, given):
        story = stories.withdrawn(given)
        seen = story.clerk.see(f"/tickets/{story.ticket}")
        assert seen["state"] == "cancelled"
        assert seen["ended_at"] is not None
        run_due()
        assert "issue.withdrawn" in [n["event"] for n in story.clerk.see("/notices")["items"]]

    def test_only_who_opened_it_may(self, given):
        story = stories.dispatched(given)
        colleague = given.contact(story.enterprise)
        refused(colleague.post(story.on_issue("withdraw")), 403, "forbidden")

    def test_one_withdrawn_before_it_was_routed_is_left_alone(self, given):
        story = stories.submitted(given)
        story.contact.do(story.on_issue("withdraw"))
        run_due()
        seen = story.contact.see(f"/issues/{story.issue}")
        assert (seen["state"], seen["tickets"]) == ("withdrawn", [])
