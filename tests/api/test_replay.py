"""Phones send everything sooner or later twice: the second time nothing happens twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.foundation import duties
from app.issues.documents import Issue
from tests.api.shape import refused
from tests.issues import stories
from tests.support.duties import run_due
from tests.support.phone import issue_body


class TestCreating:
    def test_the_same_again_is_200_with_the_first_result(self, given):
        contact, body = given.contact(given.enterprise()), issue_body()
        first, again = contact.post("/issues", body), contact.post("/issues", body)
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json == first.json

    def test_the_first_result_as_it_is_by_now(self, given):
        contact, body = given.contact(given.enterprise()), issue_body()
        first = contact.do("/issues", body)
        run_due()
        again = contact.post("/issues", body)
        assert again.status_code == 200
        assert again.json["id"] == first["id"]
        assert again.json["state"] == "dispatched"
        assert Issue.rows().count_documents({}) == 1

    def test_the_same_said_in_another_order_and_spelling_is_the_same(self, given):
        contact, body = given.contact(given.enterprise()), issue_body()
        first = contact.do("/issues", body)
        backwards = dict(reversed(body.items())) | {"client_id": body["client_id"].upper()}
        again = contact.post("/issues", backwards)
        assert (again.status_code, again.json["id"]) == (200, first["id"])

    @pytest.mark.parametrize(
        "change", [{"text": "别的事"}, {"urgent": True}, {"kind": "problem"}, {"category": "WATER"}]
    )
    def test_another_body_is_409(self, change, given):
        contact, body = given.contact(given.enterprise()), issue_body()
        contact.do("/issues", body)
        refused(contact.post("/issues", body | change), 409, "client_id.conflict")
        assert Issue.rows().count_documents({}) == 1

    def test_the_id_is_each_persons_own(self, given):
        enterprise, body = given.enterprise(), issue_body()
        for _ in range(2):
            assert given.contact(enterprise).post("/issues", body).status_code == 201

    def test_eight_at_once_are_one_issue_and_one_duty(self, given):
        contact, body = given.contact(given.enterprise()), issue_body()
        together = threading.Barrier(8, timeout=10)

        def send(_: int):
            together.wait()
            return contact.post("/issues", body)

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(send, range(8)))
        assert sorted(each.status_code for each in answers) == [200] * 7 + [201]
        assert len({each.json["id"] for each in answers}) == 1
        assert Issue.rows().count_documents({}) == 1
        assert duties.rows().count_documents({"kind": "issues.route"}) == 1


class TestActing:
    def accept(self, phone, story, key="tap-1"):
        return phone.post(story.on_ticket("accept"), Idempotency_Key=key)

    def test_the_same_again_is_done_once_and_shows_the_thing_as_it_is(self, given):
        story = stories.dispatched(given)
        first, again = self.accept(story.clerk, story), self.accept(story.clerk, story)
        assert (first.status_code, again.status_code) == (200, 200)
        assert again.json["state"] == "accepted"
        rows = story.clerk.see(f"/issues/{story.issue}")["history"]
        assert [row["action"] for row in rows].count("accept") == 1

    def test_without_a_key_the_second_time_is_a_step_too_many(self, given):
        story = stories.accepted(given)
        answer = story.clerk.post(story.on_ticket("accept"))
        refused(answer, 409, "ticket.transition_not_allowed")

    def test_another_body_or_path_under_the_key_is_409(self, given):
        story, other = stories.accepted(given), stories.accepted(given)
        note = {"text": "今天下午到"}
        path = story.on_ticket("note")
        assert story.clerk.post(path, note, Idempotency_Key="k").status_code == 200
        for at, body in ((path, {"text": "明天"}), (other.on_ticket("note"), note)):
            answer = story.clerk.post(at, body, Idempotency_Key="k")
            refused(answer, 409, "idempotency_key.conflict")

    def test_a_refused_action_may_be_tried_again_under_its_key(self, given):
        story = stories.dispatched(given)
        path, note = story.on_ticket("note"), {"text": "x"}
        refused(story.clerk.post(path, note, Idempotency_Key="k"), 409)
        story.clerk.do(story.on_ticket("accept"))
        assert story.clerk.post(path, note, Idempotency_Key="k").status_code == 200

    def test_a_note_tapped_eight_times_at_once_is_written_once(self, given):
        story = stories.accepted(given)
        together = threading.Barrier(8, timeout=10)

        def tap(_: int):
            together.wait()
            return story.clerk.post(story.on_ticket("note"), {"text": "到了"}, Idempotency_Key="k")

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(tap, range(8)))
        assert {each.status_code for each in answers} == {200}
        rows = story.clerk.see(f"/issues/{story.issue}")["history"]
        assert [row["action"] for row in rows].count("note") == 1

    @pytest.mark.parametrize("verb", ["confirm", "withdraw"])
    def test_of_the_enterprise_too(self, verb, given):
        story = stories.answered(given) if verb == "confirm" else stories.dispatched(given)
        body = {"solved": "no"} if verb == "confirm" else {"reason": "x"}
        for _ in range(2):
            answer = story.contact.post(story.on_issue(verb), body, Idempotency_Key="k")
            assert answer.status_code == 200
        if verb == "confirm":
            assert story.head.see(f"/tickets/{story.ticket}")["level"] == 1
