"""The boxes of tickets and the lists of issues."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from app.foundation import clock
from app.issues.documents import Ticket
from tests.issues import stories
from tests.support.duties import run_due


def numbers(answer) -> set[str]:
    return {item["number"] for item in answer["items"]}


def test_each_box_holds_what_it_says(given):
    made = {
        name: getattr(stories, name)(given)
        for name in ("dispatched", "accepted", "answered", "resolved", "reopened")
    }
    clerk, head = made["dispatched"].clerk, made["dispatched"].head
    mine = made["accepted"].clerk

    def box(phone, name: str) -> set[str]:
        found = phone.see("/tickets", box=name)
        assert found["total"] == len(found["items"])
        return {each for each, story in made.items() if story.number in numbers(found)}

    assert box(clerk, "todo") == {"dispatched"}
    assert box(mine, "todo") == {"dispatched", "accepted"}
    assert box(head, "todo") == {"reopened"}
    assert box(mine, "mine") == {"accepted"}
    assert box(clerk, "department") == {"dispatched", "accepted", "answered", "reopened"}
    assert box(clerk, "waiting") == {"answered"}
    assert box(clerk, "done") == {"resolved"}
    assert box(clerk, "overdue") == set()
    late = clock.now() - timedelta(seconds=1)
    Ticket.rows().update_one({"_id": ObjectId(made["accepted"].ticket)}, {"$set": {"due_at": late}})
    assert box(clerk, "overdue") == {"accepted"}
    assert clerk.see("/tickets", box="overdue")["items"][0]["overdue"] is True
    assert clerk.see("/me")["unread"]["tickets"] == 1


def test_what_is_due_first_comes_first(given):
    now = clock.now()
    found = [stories.dispatched(given) for _ in range(3)]
    for story, hours in zip(found, (2, 3, 1), strict=True):
        due = now + timedelta(hours=hours)
        Ticket.rows().update_one({"_id": ObjectId(story.ticket)}, {"$set": {"due_at": due}})
    clerk = found[0].clerk
    order = [item["number"] for item in clerk.see("/tickets", sort="due")["items"]]
    assert order == [found[2].number, found[0].number, found[1].number]
    order = [item["number"] for item in clerk.see("/tickets", sort="dispatched")["items"]]
    assert order == [each.number for each in reversed(found)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"permit", "water", "problem"}),
        ({"category": "WATER"}, {"water"}),
        ({"kind": "problem"}, {"problem"}),
        ({"state": "submitted"}, {"permit", "water", "problem"}),
        ({"state": "nonsense"}, set()),
        ({"q": "水压"}, {"water"}),
        ({"q": ".*"}, set()),
        ({"q": "(100%)"}, {"problem"}),
        ({"unit": "321204002"}, {"permit", "water", "problem"}),
        ({"unit": "321204001"}, set()),
        ({"enterprise_id": "f" * 24}, set()),
    ],
)
def test_issues_are_narrowed_by_the_query(query, expected, given):
    contact = given.contact(given.enterprise())
    made = {
        "permit": contact.open_issue(),
        "water": contact.open_issue(category="WATER", text="水压不足"),
        "problem": contact.open_issue(kind="problem", text="完成 (100%) 却没验收"),
    }
    found = numbers(contact.see("/issues", **query))
    assert {name for name, issue in made.items() if issue["number"] in found} == expected


def test_pages_hold_everything_once_newest_first(given):
    contact = given.contact(given.enterprise())
    made = [contact.open_issue()["number"] for _ in range(7)]
    pages = [contact.see("/issues", page=page, page_size=3) for page in (1, 2, 3, 4)]
    assert [len(page["items"]) for page in pages] == [3, 3, 1, 0]
    assert {page["total"] for page in pages} == {7}
    seen = [item["number"] for page in pages for item in page["items"]]
    assert seen == list(reversed(made))


def test_the_number_finds_the_issue(given):
    contact = given.contact(given.enterprise())
    wanted = contact.open_issue()["number"]
    contact.open_issue()
    assert numbers(contact.see("/issues", q=wanted.lower())) == {wanted}


def test_the_dispatcher_sees_what_waits(given):
    dispatcher = given.dispatcher()
    stories.dispatching(given)
    run_due()
    assert dispatcher.see("/issues", state="dispatching")["total"] == 1
    assert dispatcher.see("/me")["unread"]["dispatching"] == 1
