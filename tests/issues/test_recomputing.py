"""What a newly published year does to open promises; and what a merged department does to open tickets."""

from __future__ import annotations

import pytest

from app.departments import registry
from app.foundation import duties, history
from app.issues.documents import Issue, Ticket
from app.people.documents import Grant
from tests.issues import stories
from tests.issues.stories import ANSWER
from tests.support.duties import run_due
from tests.support.time import said


def load_2027(given, **changed) -> None:
    admin = given.role("admin")
    got = admin.get("/calendar/2027")
    body = {"published": True, "days_off": [], "working_days": [], "reason": "国务院办公厅通知"}
    answer = admin.call(
        "PUT",
        "/calendar/2027",
        json={**body, **changed},
        headers={"If-Match": got.headers["ETag"]},
    )
    assert answer.status_code == 200, answer.json


@pytest.fixture
def story(given, the_time):
    """PERMIT takes seven working days: from 28 December it reaches into 2027."""
    the_time.is_("2026-12-28 10:00")
    return stories.accepted(given)


def times(story) -> tuple[str, bool]:
    promise = story.contact.see(f"/issues/{story.issue}")["promise"]
    return said(promise["resolve_by"]), promise["provisional"]


def test_times_are_provisional_and_the_admin_is_told_once(given, story):
    assert times(story)[1] is True
    assert story.clerk.see(f"/tickets/{story.ticket}")["provisional"] is True
    stories.dispatched(given)
    run_due()
    rows = list(history.rows().find({"thing": "calendar"}))
    assert len(rows) == 1


def test_loading_the_year_moves_open_promises_with_history(given, story):
    before, _ = times(story)
    load_2027(given, days_off=["2027-01-04", "2027-01-05"])
    run_due()
    after, provisional = times(story)
    assert (after > before, provisional) == (True, False)
    ticket = story.clerk.see(f"/tickets/{story.ticket}")
    assert (said(ticket["resolve_by"]), ticket["provisional"]) == (after, False)
    rows = story.contact.see(f"/issues/{story.issue}")["history"]
    assert "recompute" in [row["action"] for row in rows]
    events = [each["event"] for each in story.contact.see("/notices")["items"]]
    assert "issue.promise_moved" in events
    # The ladder moved along.
    rung = Ticket.get(story.ticket).rung
    waiting = duties.rows().find_one({"key": rung["key"], "state": "due"})
    assert waiting["due_at"] == rung["due_at"]


def test_pauses_and_extensions_are_not_forgotten(given, story, the_time):
    the_time.is_("2026-12-29 09:00")
    story.clerk.do(story.on_ticket("ask"), {"text": "请补图"})
    the_time.is_("2026-12-29 11:00")
    story.contact.do(story.on_issue("reply"), {"text": "已补"})
    story.clerk.do(story.on_ticket("extend"), {"days": 2, "reason": "x"})
    story.head.do(story.on_ticket("decide"), {"granted": True, "reason": "同意"})
    before, _ = times(story)
    load_2027(given, days_off=["2027-01-04"])
    run_due()
    after, _ = times(story)
    # One more day off: one working day later, at the same time of day.
    assert after[11:] == before[11:] == "10:30"
    assert after[:10] > before[:10]


def test_again_changes_nothing_more(given, story):
    load_2027(given)
    run_due()
    version = Issue.get(story.issue).version
    load_2027(given, reason="更正说明文字")
    run_due()
    assert Issue.get(story.issue).version == version


def test_what_has_ended_keeps_its_times(given, the_time):
    the_time.is_("2026-12-28 10:00")
    story = stories.resolved(given)
    before = Issue.get(story.issue).promise
    load_2027(given, days_off=["2027-01-04"])
    run_due()
    assert Issue.get(story.issue).promise == before


class TestReorganising:
    def test_open_tickets_move_in_one_audited_act_and_nothing_restarts(self, given, the_time):
        the_time.is_("2026-11-24 10:00")
        story, ended = stories.accepted(given), stories.resolved(given)
        before = Ticket.get(story.ticket)
        old, new = registry.by_code("HOUSING").id, registry.by_code("ECOLOGY").id
        act = history.append(
            "department", old, "close", by=history.SYSTEM, now=the_time.now, after="closed"
        )
        payload = {"successor": new, "row": act}
        duties.add("issues.reorganise", old, now=the_time.now, payload=payload)
        run_due()
        after = Ticket.get(story.ticket)
        assert (after.department, after.state) == (new, "accepted")
        assert (after.resolve_by, after.rung) == (before.resolve_by, before.rung)
        assert new in Issue.get(story.issue).departments
        assert Ticket.get(ended.ticket).department == old
        rows = list(history.rows().find({"data.act": act}))
        assert sorted(row["action"] for row in rows) == ["reorganise", "tickets_moved"]
        assert next(r for r in rows if r["action"] == "tickets_moved")["data"]["tickets"] == 1

    def test_the_successor_takes_it_from_there(self, given, the_time):
        the_time.is_("2026-11-24 10:00")
        story = stories.dispatched(given)
        old, new = registry.by_code("HOUSING").id, registry.by_code("ECOLOGY").id
        act = history.append("department", old, "close", by=history.SYSTEM, now=the_time.now)
        payload = {"successor": new, "row": act}
        duties.add("issues.reorganise", old, now=the_time.now, payload=payload)
        run_due()
        ecology = given.phone(given.person(Grant(role="clerk", department=new)))
        ecology.do(story.on_ticket("accept"))
        assert ecology.do(story.on_ticket("answer"), ANSWER)["state"] == "answered"
