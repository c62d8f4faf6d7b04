"""Who is told of what: each once, never oneself, and only in one's own inbox."""

from __future__ import annotations

import pytest
from bson import ObjectId

from app.foundation import clock, duties
from app.notices import actions
from app.notices.documents import Notice
from app.people.documents import Grant
from tasks.notices import deliver
from tests.issues import stories
from tests.support.duties import run_due


def events(phone) -> list[str]:
    return [item["event"] for item in phone.see("/notices")["items"]]


def test_who_did_it_is_not_told(given):
    story = stories.dispatched(given)
    colleague = given.contact(story.enterprise)
    run_due()
    for phone in (story.contact, colleague):
        assert events(phone) == []
    assert events(story.clerk) == ["ticket.dispatched"]
    story.contact.do(story.on_issue("withdraw"))
    run_due()
    assert "issue.withdrawn" in events(story.clerk)
    assert events(story.contact) == []


def test_a_commissioner_who_is_a_contact_too_is_told_once(given):
    enterprise = given.enterprise()
    both = given.phone(
        given.person(Grant(role="contact", enterprise=enterprise.id), Grant(role="commissioner"))
    )
    both.open_issue()
    run_due()
    clerk = given.clerk("HOUSING")
    ticket = clerk.see("/tickets")["items"][0]["id"]
    clerk.do(f"/tickets/{ticket}/accept")
    run_due()
    assert events(both) == ["ticket.accepted"]


def test_a_duty_that_runs_twice_tells_once(given):
    story = stories.answered(given)
    run_due()
    before = Notice.rows().count_documents({})
    for duty in duties.rows().find({"kind": "notices.deliver"}):
        deliver.run(str(duty["_id"]))
    assert Notice.rows().count_documents({}) == before
    assert events(story.contact).count("issue.answered") == 1


def test_the_words_are_in_the_readers_language_and_name_the_matter(given):
    story = stories.answered(given)
    run_due()
    zh = story.contact.see("/notices")["items"][0]
    en = story.contact.call("GET", "/notices", headers={"Accept-Language": "en"}).json["items"][0]
    for notice in (zh, en):
        assert story.number in notice["text"]
        assert stories.ANSWER["text"] in notice["text"]
    assert (zh["title"], en["title"]) == ("已答复，请确认是否解决", en["title"])
    assert en["title"].startswith("Answered")
    assert zh["issue_id"] == story.issue


def test_an_internal_note_is_told_to_nobody(given):
    story = stories.accepted(given)
    run_due()
    before = Notice.rows().count_documents({})
    story.clerk.do(story.on_ticket("note"), {"text": "内部", "internal": True})
    run_due()
    assert Notice.rows().count_documents({}) == before


class TestReading:
    @pytest.fixture
    def told(self, given):
        story = stories.answered(given)
        run_due()
        return story.contact, story.contact.see("/notices")["items"]

    def test_read_is_read(self, told):
        phone, items = told
        assert all(item["read_at"] is None for item in items)
        assert phone.see("/me")["unread"]["notices"] == len(items)
        first = phone.do(f"/notices/{items[0]['id']}/read")
        assert first["read_at"].endswith("+08:00")
        assert phone.do(f"/notices/{items[0]['id']}/read")["read_at"] == first["read_at"]
        assert phone.see("/me")["unread"]["notices"] == len(items) - 1
        unread = phone.see("/notices", unread="true")
        assert items[0]["id"] not in [item["id"] for item in unread["items"]]
        assert unread["total"] == len(items) - 1

    def test_anothers_is_not_there(self, told, given):
        _, items = told
        for phone in (given.inspector(), given.role("admin")):
            answer = phone.post(f"/notices/{items[0]['id']}/read")
            assert (answer.status_code, answer.json["code"]) == (404, "not_found")
        assert Notice.get(items[0]["id"]).read_at is None
        assert told[0].post(f"/notices/{'f' * 24}/read").status_code == 404

    def test_the_newest_comes_first_page_by_page(self, told):
        phone, items = told
        assert len(items) >= 2
        pages = [phone.see("/notices", page=n + 1, page_size=1) for n in range(len(items))]
        assert [page["items"][0]["id"] for page in pages] == [item["id"] for item in items]
        times = [item["created_at"] for item in items]
        assert times == sorted(times, reverse=True)


def test_a_duty_given_up_is_left_for_people_to_see(given):
    stories.answered(given)
    row = duties.rows().find_one({"kind": "notices.deliver", "state": "due"})
    duties.rows().update_one({"_id": row["_id"]}, {"$set": {"attempts": 8}})
    deliver.run(str(row["_id"]))
    assert duties.rows().find_one({"_id": row["_id"]})["state"] == "failed"


def test_unread_counts_only_ones_own(given):
    person = given.person().id
    assert actions.unread(person) == 0
    Notice(
        person=person,
        event="issue.answered",
        row=ObjectId(),
        issue=ObjectId(),
        created_at=clock.now(),
    ).insert()
    assert actions.unread(person) == 1
    assert actions.unread(ObjectId()) == 0
