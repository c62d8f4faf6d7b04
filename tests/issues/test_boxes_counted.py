"""Boxes over HTTP: how many are in them, what they are narrowed to, and many tickets given at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from app.departments import registry
from app.foundation import clock, history
from app.issues.documents import Ticket
from app.issues.looking import listing
from tests.api.shape import refused
from tests.issues import stories
from tests.issues.rows_by_hand import stock
from tests.support.factories import at

EMPTY = {"count": 0, "more": False}


def numbers(answer) -> set[str]:
    return {item["number"] for item in answer["items"]}


def test_every_list_tells_how_many_are_in_each_box(given):
    made = {name: getattr(stories, name)(given) for name in ("dispatched", "accepted", "resolved")}
    clerk = made["accepted"].clerk
    expected = {"todo": 2, "mine": 1, "department": 2, "overdue": 0, "waiting": 0, "done": 1}
    counts = {box: {"count": count, "more": False} for box, count in expected.items()}
    assert clerk.see("/tickets/counts") == counts
    assert clerk.see("/tickets", box="done", state="closed")["counts"] == counts
    assert clerk.see("/tickets", box="todo")["total_is_capped"] is False
    elsewhere = given.clerk("WATER_AFFAIRS").see("/tickets/counts")
    assert all(each == EMPTY for each in elsewhere.values())
    refused(made["accepted"].contact.get("/tickets/counts"), 403)


def test_what_is_more_than_anybody_counts(given, monkeypatch):
    monkeypatch.setattr(listing, "MOST_COUNTED", 12)
    stock(tickets=60, issues=40)
    desk = given.dispatcher()
    counts = desk.see("/tickets/counts")
    assert counts["department"] == {"count": 12, "more": True}
    assert counts["mine"] == EMPTY
    page = desk.see("/tickets", box="department", page_size=5)
    assert (page["total"], page["total_is_capped"]) == (12, True)
    seen: list[str] = []
    for number in range(1, 20):
        page = desk.see("/tickets", box="department", page=number, page_size=5)
        seen += [item["id"] for item in page["items"]]
        assert page["total"] >= len(seen) or not page["items"]
    live = {str(row["_id"]) for row in Ticket.rows().find({"live": True}, {"_id": 1})}
    assert len(seen) == len(set(seen)) == len(live)
    assert desk.see("/issues")["total_is_capped"] is True
    assert desk.see("/me")["unread"]["dispatching"] <= 12


def test_urgent_ones_first_then_what_is_due_first(given):
    found = [stories.dispatched(given, urgent=urgent) for urgent in (False, True, False, True)]
    now = clock.now()
    for story, hours in zip(found, (1, 4, 2, 3), strict=True):
        due = now + timedelta(hours=hours)
        Ticket.rows().update_one({"_id": ObjectId(story.ticket)}, {"$set": {"due_at": due}})
    order = [item["number"] for item in found[0].clerk.see("/tickets", sort="urgent")["items"]]
    assert order == [found[n].number for n in (3, 1, 0, 2)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"permit", "urgent"}),
        ({"urgent": "true"}, {"urgent"}),
        ({"urgent": "false"}, {"permit"}),
        ({"state": "accepted"}, {"urgent"}),
        ({"role": "lead"}, {"permit", "urgent"}),
        ({"role": "assist"}, set()),
        ({"level": 0}, {"permit", "urgent"}),
        ({"level": 1}, set()),
        ({"unit": "321204002"}, {"permit", "urgent"}),
        ({"unit": "321204001"}, set()),
        ({"category": "PERMIT", "urgent": "true"}, {"urgent"}),
        ({"overdue": "true"}, {"permit"}),
        ({"overdue": "false"}, {"urgent"}),
        ({"due_before": "2020-01-01T12:00:00+08:00"}, {"permit"}),
        ({"due_after": "2020-01-01T12:00:00+08:00"}, {"urgent"}),
        ({"due_before": "2020-01-01T00:00:00Z"}, set()),
        (
            {"due_after": "2020-01-01T00:00:00Z", "due_before": "2020-01-01T00:00:00.001Z"},
            {"permit"},
        ),
        ({"dispatched_after": "2099-01-01T00:00:00+08:00"}, set()),
        ({"dispatched_before": "2099-01-01T00:00:00+08:00"}, {"permit", "urgent"}),
        ({"assignee_id": "f" * 24}, set()),
        ({"department_id": "f" * 24}, set()),
    ],
)
def test_tickets_are_narrowed_by_the_query(query, expected, given):
    made = {
        "permit": stories.dispatched(given),
        "urgent": stories.accepted(given, urgent=True),
    }
    due = {"due_at": at("2020-01-01T00:00:00+00:00")}
    Ticket.rows().update_one({"_id": ObjectId(made["permit"].ticket)}, {"$set": due})
    found = numbers(made["permit"].clerk.see("/tickets", box="department", **query))
    assert {name for name, story in made.items() if story.number in found} == expected


def test_a_clerk_or_department_by_id(given):
    story, other = stories.accepted(given), stories.accepted(given)
    desk = given.dispatcher()
    own = desk.see("/tickets", box="department", assignee_id=str(story.clerk.person.id))
    assert numbers(own) == {story.number}
    where = str(registry.by_code("HOUSING").id)
    of_house = desk.see("/tickets", box="department", department_id=where)
    assert numbers(of_house) == {story.number, other.number}
    water = given.clerk("WATER_AFFAIRS")
    assert numbers(water.see("/tickets", box="department", department_id=where)) == set()


@pytest.mark.parametrize(
    "query",
    [
        {"box": "all"},
        {"sort": "random"},
        {"level": 3},
        {"urgent": "perhaps"},
        {"due_before": "2026-11-24"},
        {"due_before": "2026-11-24T09:00:00"},
        {"assignee_id": "me"},
        {"role": "boss"},
        {"q": "x"},
        {"page": 0},
        {"assignee": "f" * 24},
    ],
)
def test_what_makes_no_sense_is_refused(query, given):
    error = refused(given.clerk("HOUSING").get("/tickets", **query), 422)
    assert set(error["errors"]) == set(query)


def test_what_is_mine_and_what_i_follow(given):
    enterprise = given.enterprise()
    one, two = given.contact(enterprise), given.contact(enterprise)
    own, others = one.open_issue()["number"], two.open_issue()["number"]
    assert numbers(one.see("/issues")) == {own, others}
    assert numbers(one.see("/issues", mine="true")) == {own}
    assert numbers(one.see("/issues", mine="false")) == {own, others}
    assert numbers(one.see("/issues", following="true")) == set()
    commissioner = given.commissioner()
    project = given.project(enterprise, commissioner=commissioner.person.id)
    served = one.open_issue(enterprise_id=None, project_id=str(project.id))["number"]
    assert numbers(commissioner.see("/issues", mine="true")) == {served}
    assert numbers(commissioner.see("/issues", project_id=str(project.id))) == {served}


def test_issues_by_time_and_outcome(given):
    story = stories.resolved(given)
    contact = story.contact
    later = contact.open_issue()["number"]
    assert numbers(contact.see("/issues", outcome="solved")) == {story.number}
    assert numbers(contact.see("/issues", outcome="no_reply")) == set()
    shown = contact.see(f"/issues/{story.issue}")["created_at"]
    assert numbers(contact.see("/issues", created_before=shown)) == set()
    assert numbers(contact.see("/issues", created_after=shown)) == {story.number, later}


WATER = {"category": "WATER", "text": "自来水水压太低，三楼车间没有水用"}


class TestManyAtOnce:
    """A head gives tickets to a clerk; each is judged alone."""

    def test_each_tells_what_became_of_it(self, given):
        free, taken = stories.dispatched(given), stories.accepted(given)
        done, foreign = stories.resolved(given), stories.dispatched(given, **WATER)
        head, clerk = free.head, free.clerk
        ids = [free.ticket, taken.ticket, done.ticket, foreign.ticket, "f" * 24, free.ticket]
        body = {"ticket_ids": ids, "person_id": str(clerk.person.id)}
        results = head.do("/tickets/assign", body)["results"]
        assert [each["ticket_id"] for each in results] == ids
        told = [(each["outcome"], each["error"] and each["error"]["status"]) for each in results]
        assert told == [
            ("assigned", None),
            ("assigned", None),
            ("conflict", 409),
            ("rejected", 404),
            ("rejected", 404),
            ("unchanged", None),
        ]
        assert numbers(clerk.see("/tickets", box="mine")) == {free.number, taken.number}
        again = head.do("/tickets/assign", body)["results"]
        assert [each["outcome"] for each in again[:2]] == ["unchanged", "unchanged"]

    def test_the_same_key_does_it_once(self, given):
        story = stories.dispatched(given)
        one, two = given.clerk("HOUSING"), given.clerk("HOUSING")
        to_one = {"ticket_ids": [story.ticket], "person_id": str(one.person.id)}
        story.head.do("/tickets/assign", to_one, Idempotency_Key="k1")
        story.head.do(story.on_ticket("assign"), {"person_id": str(two.person.id)})
        late = story.head.do("/tickets/assign", to_one, Idempotency_Key="k1")
        assert late["results"][0]["outcome"] == "unchanged"
        assert story.head.see(f"/tickets/{story.ticket}")["assignee_id"] == str(two.person.id)

    def test_an_unfit_key_is_refused_as_a_whole(self, given):
        story = stories.dispatched(given)
        body = {"ticket_ids": [story.ticket], "person_id": str(story.clerk.person.id)}
        refused(story.head.post("/tickets/assign", body, Idempotency_Key="k" * 101), 422)
        assert story.head.see(f"/tickets/{story.ticket}")["assignee_id"] is None

    def test_only_the_head_and_only_to_colleagues(self, given):
        story = stories.dispatched(given)
        body = {"ticket_ids": [story.ticket], "person_id": str(story.clerk.person.id)}
        for phone in (story.clerk, story.contact, given.dispatcher()):
            refused(phone.post("/tickets/assign", body), 403)
        stranger = given.clerk("WATER_AFFAIRS")
        body = {"ticket_ids": [story.ticket], "person_id": str(stranger.person.id)}
        [result] = story.head.do("/tickets/assign", body)["results"]
        assert result["outcome"] == "rejected"
        assert result["error"]["code"] == "ticket.not_of_department"
        assert history.last("issue", ObjectId(story.issue))["action"] != "assign"

    @pytest.mark.parametrize("ids", [[], ["f" * 24] * 101, ["x"], "f" * 24, [None]])
    def test_one_to_a_hundred(self, ids, given):
        body = {"ticket_ids": ids, "person_id": "f" * 24}
        refused(given.head("HOUSING").post("/tickets/assign", body), 422)


def test_a_deputy_finds_the_absent_persons_tickets(given):
    story, deputy = stories.accepted(given), given.clerk("HOUSING")
    assert numbers(deputy.see("/tickets", box="mine")) == set()
    now = clock.now()
    until = (now + timedelta(days=2)).isoformat()
    away = {"since": now.isoformat(), "until": until, "deputy_id": str(deputy.person.id)}
    story.clerk.do("/me/leave", away)
    assert numbers(deputy.see("/tickets", box="mine")) == {story.number}
    assert deputy.see("/tickets/counts")["mine"] == {"count": 1, "more": False}
    assert story.number in numbers(deputy.see("/tickets", box="todo"))
