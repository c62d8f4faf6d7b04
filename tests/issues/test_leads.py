"""Which lead ticket an issue follows when there were several, and what becomes of the others."""

from __future__ import annotations

from app.foundation import duties, history
from app.issues.documents import Issue, Ticket
from tests.issues import stories, work_stories
from tests.issues.stories import ANSWER
from tests.issues.test_ladder import climbed
from tests.issues.test_recomputing import load_2027
from tests.issues.work_stories import department_of
from tests.support.duties import run_due
from tests.support.time import local_time

RETURN = {"reason_code": "not_ours", "reason": "不归我局"}
YOURS = {"ruling": "yours", "reason": "三定方案第二条"}


def sent_back_to_the_first(given) -> stories.Story:
    """HOUSING returned it, WATER_AFFAIRS did too, and then it was ruled to be HOUSING's."""
    story, desk = stories.returned(given), given.dispatcher()
    water = given.clerk("WATER_AFFAIRS")
    where = {"category": "PERMIT", "department_id": department_of(water)}
    seen = desk.do(story.on_issue("place"), where)
    second = next(each["id"] for each in seen["tickets"] if each["ended_at"] is None)
    water.do(f"/tickets/{second}/return", RETURN)
    desk.do(story.on_ticket("rule"), YOURS)
    story.clerk.do(story.on_ticket("accept"))
    story.clerk.do(story.on_ticket("answer"), ANSWER)
    return story


def assisted(given) -> tuple[stories.Story, str]:
    """A lead in hand and the ticket of WATER_AFFAIRS, which was asked to help."""
    story = stories.accepted(given)
    where = department_of(given.clerk("WATER_AFFAIRS"))
    story.clerk.do(story.on_ticket("invite"), {"department_id": where, "text": "请协助"})
    live = work_stories.live_tickets(story)
    return story, next(str(each["id"]) for each in live if each["role"] == "assist")


def test_a_lead_that_was_sent_back_is_the_one_that_counts(given):
    story = sent_back_to_the_first(given)
    assert story.contact.do(story.on_issue("confirm"), {"solved": "yes"})["state"] == "resolved"
    again = story.contact.do(story.on_issue("reopen"), {"reason": "又漏水了"})
    assert again["state"] == "reopened"
    assert Ticket.get(story.ticket).state == "dispatched"


def test_a_ruling_on_what_has_ended_makes_it_end_no_later(given):
    story, desk = stories.returned(given), given.dispatcher()
    ended = Ticket.get(story.ticket).ended_at
    water = given.clerk("WATER_AFFAIRS")
    where = {"category": "PERMIT", "department_id": department_of(water)}
    seen = desk.do(story.on_issue("place"), where)
    second = next(each["id"] for each in seen["tickets"] if each["ended_at"] is None)
    water.do(f"/tickets/{second}/accept")
    water.do(f"/tickets/{second}/answer", ANSWER)
    story.contact.do(story.on_issue("confirm"), {"solved": "yes"})
    desk.do(story.on_ticket("rule"), {"ruling": "not_yours", "reason": "确非其职责"})
    assert Ticket.get(story.ticket).ended_at == ended
    assert Issue.get(story.issue).state == "resolved"


def test_an_issue_that_ends_with_a_helper_at_work_ends_once(given):
    story, _ = assisted(given)
    eco = given.clerk("ECOLOGY")
    body = {"department_id": department_of(eco), "reason": "归口生态"}
    lead = story.clerk.do(story.on_ticket("transfer"), body)["id"]
    if lead == story.ticket:
        lead = next(str(t["id"]) for t in work_stories.live_tickets(story) if t["role"] == "lead")
    eco.do(f"/tickets/{lead}/accept")
    eco.do(f"/tickets/{lead}/answer", {**ANSWER, "without_assisting": "无须等待"})
    story.contact.do(story.on_issue("confirm"), {"solved": "yes"})
    rows = history.of("issue", Issue.get(story.issue).id, internal=True)
    after = [row["data"] for row in rows if row["action"] in ("close", "cancel")]
    assert [data.get("issue_to") for data in after] == [None, None]


def test_a_helper_is_not_sent_back_to_work_once_the_issue_has_ended(given):
    story, helper = assisted(given)
    water = given.clerk("WATER_AFFAIRS")
    water.do(f"/tickets/{helper}/return", RETURN)
    story.clerk.do(story.on_ticket("answer"), ANSWER)
    story.contact.do(story.on_issue("confirm"), {"solved": "yes"})
    refused = given.dispatcher().post(f"/tickets/{helper}/rule", YOURS)
    assert (refused.status_code, refused.json["code"]) == (409, "ticket.issue_ended")
    assert Ticket.get(helper).state == "returned"


def test_a_redo_that_is_due_at_the_same_moment_climbs_anew(given, the_time):
    """Seven working days from Tuesday, and three from Monday, both end on Thursday, 3 December."""
    the_time.is_("2026-11-24 10:00")
    story = stories.dispatched(given)
    the_time.is_("2026-11-25 17:40")
    run_due()
    story.clerk.do(story.on_ticket("accept"))
    story.clerk.do(story.on_ticket("answer"), ANSWER)
    first = Ticket.get(story.ticket).resolve_by
    the_time.is_("2026-11-30 10:00")
    given.phone(story.contact.person).do(story.on_issue("confirm"), {"solved": "no"})
    assert Ticket.get(story.ticket).resolve_by == first
    the_time.is_("2026-12-01 17:40")
    run_due()
    assert [rung for rung, _ in climbed(story.ticket)][:2] == ["accept_late", "accept_late"]


def test_a_new_calendar_moves_what_is_open_and_not_what_is_answered(given, the_time):
    the_time.is_("2026-12-28 10:00")
    answered, open_ = stories.answered(given), stories.accepted(given)
    before = Ticket.get(answered.ticket).resolve_by
    load_2027(given, days_off=["2027-01-04", "2027-01-05"])
    run_due()
    assert duties.rows().count_documents({"kind": "issues.recompute", "error": {"$ne": None}}) == 0
    assert Ticket.get(answered.ticket).resolve_by == before
    assert Ticket.get(open_.ticket).resolve_by > before


def test_a_new_day_off_after_the_promise_moves_the_rungs_after_it(given, the_time):
    """Due on the last of December, and on the ladder a working day later."""
    the_time.is_("2026-12-22 10:00")
    story = stories.accepted(given)
    the_time.is_("2026-12-31 18:00")
    run_due()
    rung = Ticket.get(story.ticket).rung
    assert (rung["code"], rung["due_at"]) == ("supervision", local_time("2027-01-04 17:30"))
    load_2027(given, days_off=["2027-01-04"])
    run_due()
    moved = Ticket.get(story.ticket).rung
    assert (moved["code"], moved["due_at"]) == ("supervision", local_time("2027-01-05 17:30"))
    waiting = duties.rows().find_one({"key": moved["key"], "state": "due"})
    assert waiting["due_at"] == moved["due_at"]
