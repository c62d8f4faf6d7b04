"""Calls: an enterprise without WeChat is told by its commissioner on the phone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.foundation import duties
from app.notices.documents import Call
from app.people.documents import Grant, Person
from tests.notices.scene import NOON, Scene, outbox, scene, tell

PHONE = "13800000000"


@pytest.fixture
def made(given) -> Scene:
    """The contact has a phone number and no WeChat; there is no SMS gateway."""
    return scene(given, contact={"phone": PHONE})


def answered(made: Scene, event: str = "issue.answered") -> None:
    tell(made.issue, event, running=(), text="已发放", part_id=made.ticket.id, by=made.clerk)


def the_call(made: Scene) -> tuple:
    phone = made.given.phone(made.commissioner)
    (call,) = phone.see("/calls")["items"]
    return phone, call


def test_the_commissioner_is_to_call_the_contact(made):
    answered(made)
    _, call = the_call(made)
    assert (call["contact_name"], call["contact_phone"]) == (made.contact.name, PHONE)
    assert (call["number"], call["issue_id"]) == (made.issue.number, str(made.issue.id))
    assert call["enterprise"] == made.enterprise.name
    assert "已发放" in call["text"]
    assert call["title"] == "已答复，请确认是否解决"
    # One working day: until the office closes on the next.
    assert call["due_at"] == "2026-11-25T17:30:00.000+08:00"
    assert (call["state"], call["outcome"]) == ("open", None)


def test_an_urgent_call_is_due_within_the_hour(given):
    made = scene(given, contact={"phone": PHONE}, urgent=True)
    answered(made)
    assert Call.rows().find_one()["due_at"] == NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("contact", "event"),
    [({"wechat_openid": "openid-1"}, "issue.answered"), ({}, "ticket.noted")],
)
def test_who_has_wechat_is_not_called_and_for_small_things_nobody_is(given, contact, event):
    made = scene(given, contact=contact)
    answered(made, event)
    assert Call.rows().count_documents({}) == 0


def test_a_contact_who_did_it_is_not_called(made):
    tell(made.issue, "issue.promise_moved", running=(), by=made.contact)
    assert Call.rows().count_documents({}) == 0


def test_an_enterprise_without_anybody_is_called_where_the_issue_says(given):
    asker = {"name": "李某", "phone": "13900000000"}
    made = scene(given, on_behalf_of=asker)
    Person.rows().update_one({"_id": made.contact.id}, {"$set": {"active": False}})
    answered(made)
    _, call = the_call(made)
    assert (call["contact_name"], call["contact_phone"]) == ("李某", "13900000000")


def test_whom_an_anonymous_issue_was_raised_for_is_not_named(given):
    made = scene(given, on_behalf_of={"name": "李某", "phone": "1390"}, anonymous=True)
    Person.rows().update_one({"_id": made.contact.id}, {"$set": {"active": False}})
    answered(made)
    assert "李某" not in str(Call.rows().find_one())


def test_several_contacts_are_called_each_once(made):
    other = made.given.person(Grant(role="contact", enterprise=made.enterprise.id))
    answered(made)
    called = {row["contact"]["person"] for row in Call.rows().find()}
    assert called == {made.contact.id, other.id}


def test_with_a_gateway_there_is_an_sms_as_well(made):
    tell(made.issue, "issue.answered")
    assert [row["channel"] for row in outbox()] == ["sms"]
    assert Call.rows().count_documents({}) == 1


class TestDone:
    @pytest.fixture
    def call(self, made):
        answered(made)
        return the_call(made)

    def counted(self) -> list[dict]:
        return list(duties.rows().find({"kind": "issues.unreachable"}))

    def test_reached(self, call):
        phone, row = call
        done = phone.do(f"/calls/{row['id']}/done", {"outcome": "reached", "note": "已告知"})
        assert (done["state"], done["outcome"], done["note"]) == ("done", "reached", "已告知")
        assert done["done_at"]
        assert phone.see("/calls")["total"] == 0
        assert phone.see("/calls", state="done")["total"] == 1
        assert self.counted() == []

    def test_an_answer_that_found_nobody_is_counted_once(self, call, made):
        phone, row = call
        path, body = f"/calls/{row['id']}/done", {"outcome": "unreachable", "note": "无人接听"}
        for _ in range(2):
            phone.do(path, body, Idempotency_Key="once")
        (duty,) = self.counted()
        assert duty["subject"] == made.issue.id
        assert duty["payload"] == {
            "call": Call.rows().find_one()["_id"],
            "by": {"id": phone.person.id, "name": phone.person.name, "role": "commissioner"},
            "note": "无人接听",
        }
        answer = phone.post(path, body)
        assert (answer.status_code, answer.json["code"]) == (409, "call.not_open")
        assert len(self.counted()) == 1

    def test_another_event_that_found_nobody_is_not(self, made):
        answered(made, "issue.promise_moved")
        phone, row = the_call(made)
        phone.do(f"/calls/{row['id']}/done", {"outcome": "unreachable"})
        assert self.counted() == []

    def test_who_may(self, call, given):
        _, row = call
        path, body = f"/calls/{row['id']}/done", {"outcome": "reached"}
        assert given.commissioner().post(path, body).status_code == 404
        assert given.clerk("HOUSING").post(path, body).status_code == 404
        inspector = given.inspector()
        (seen,) = inspector.see("/calls")["items"]
        assert (seen["id"], seen["contact_phone"]) == (row["id"], None)
        assert inspector.post(path, body).status_code == 403
        dispatcher = given.dispatcher()
        assert dispatcher.see("/calls")["items"][0]["contact_phone"] == PHONE
        assert dispatcher.do(path, body)["state"] == "done"

    def test_others_see_no_calls(self, call, given):
        assert given.commissioner().see("/calls")["total"] == 0
        assert given.clerk("HOUSING").get("/calls").status_code == 403

    @pytest.mark.parametrize("outcome", ["busy", "", None])
    def test_an_outcome_is_one_of_two(self, call, outcome):
        phone, row = call
        answer = phone.post(f"/calls/{row['id']}/done", {"outcome": outcome})
        assert (answer.status_code, "outcome" in answer.json["errors"]) == (422, True)


@pytest.mark.parametrize("event", ["issue.resolved", "issue.withdrawn"])
def test_once_the_enterprise_had_its_say_it_need_not_be_called(made, event):
    answered(made)
    tell(made.issue, event, running=())
    phone = made.given.phone(made.commissioner)
    assert phone.see("/calls")["total"] == 0
    (dropped,) = phone.see("/calls", state="dropped")["items"]
    answer = phone.post(f"/calls/{dropped['id']}/done", {"outcome": "unreachable"})
    assert answer.status_code == 409
