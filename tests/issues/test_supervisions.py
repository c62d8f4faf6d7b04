"""Orders of supervision in time: overdue, by the ladder, of what is gone, and the list of them."""

from __future__ import annotations

import pytest

from app.foundation import clock, db, duties
from app.foundation.db import transaction
from app.issues.documents import Issue, Ticket
from app.issues.pressing import supervising
from app.issues.pressing.climbing import Climb
from app.issues.pressing.orders import Supervision
from app.people.documents import Grant
from tests.issues import stories, work_stories
from tests.issues.pressing_stories import (
    ACCEPTED,
    ORDER,
    REPLY,
    again,
    events,
    merge_into,
    replied,
    supervised,
    told,
)
from tests.issues.test_work import refused
from tests.issues.work_stories import department_of
from tests.support.duties import run_due
from tests.support.phone import Phone
from tests.support.time import said


@pytest.fixture
def morning(the_time):
    """A Tuesday."""
    return the_time.is_("2026-11-24 10:00")


def order_of(phone: Phone, key: str):
    return phone.see(f"/supervisions/{key}")


class TestTheDeadline:
    def test_without_a_reply_who_ordered_it_and_the_inspectors_are_told_once(
        self, given, morning, the_time
    ):
        leader, inspector = given.role("leader"), given.inspector()
        story, key = supervised(given, leader)
        the_time.is_("2026-11-25 17:30")
        run_due()
        the_time.is_("2026-11-26 17:30")
        run_due()
        for phone in (leader, inspector):
            assert events(phone).count("issue.supervision_overdue") == 1
        assert order_of(leader, key)["overdue"]
        assert Supervision.get(key).overdue_at is not None
        assert story.head.do(f"/supervisions/{key}/reply", REPLY)["overdue"] is False

    def test_a_reply_in_time_ends_it(self, given, morning, the_time):
        inspector = given.inspector()
        replied(given, inspector)
        the_time.is_("2026-11-26 17:30")
        run_due()
        assert "issue.supervision_overdue" not in events(inspector)


class TestOfTheLadder:
    @pytest.fixture
    def late(self, given, the_time):
        """PERMIT, not answered by Thursday, 3 December: supervised a working day later."""
        the_time.is_("2026-11-24 10:00")
        inspector, story = given.inspector(), stories.accepted(given)
        the_time.is_("2026-12-04 17:30")
        run_due()
        return story, inspector

    def test_it_orders_once_for_a_promise(self, late, the_time):
        story, inspector = late
        the_time.is_("2026-12-07 17:29")
        run_due()
        (order,) = inspector.see("/supervisions")["items"]
        assert (order["by_ladder"], said(order["due_at"])) == (True, "2026-12-07 17:30")
        assert "自动督办" in order["text"]
        answer = inspector.call(
            "GET", f"/supervisions/{order['id']}", headers={"Accept-Language": "en"}
        )
        assert "automatically" in answer.json["text"]
        assert ["自动督办" in text for text in told(story.head, "issue.supervised")] == [True]

    def test_nor_twice_should_two_rungs_order(self, late):
        story, _ = late
        ticket, issue = Ticket.get(story.ticket), Issue.get(story.issue)
        supervising.order_by_ladder(ticket, issue, clock.now())
        assert Supervision.objects(issue=issue.id).count() == 1
        Ticket.rows().update_one({"_id": ticket.id}, {"$inc": {"promise_no": 1}})
        supervising.order_by_ladder(Ticket.get(story.ticket), issue, clock.now())
        assert Supervision.objects(issue=issue.id).count() == 2

    def test_inspectors_hear_of_the_reply_and_close_it(self, given, late):
        story, inspector = late
        leader = given.role("leader")
        (order,) = inspector.see("/supervisions")["items"]
        path = f"/supervisions/{order['id']}"
        story.head.do(f"{path}/reply", REPLY)
        run_due()
        assert "issue.supervision_replied" in events(inspector)
        refused(leader.post(f"{path}/close", ACCEPTED), 403, "forbidden")
        assert inspector.do(f"{path}/close", ACCEPTED)["state"] == "closed"

    def test_an_assisting_department_is_ordered_itself(self, given, the_time):
        """The lead has answered in time, the department that assists has not."""
        the_time.is_("2026-11-24 10:00")
        water = given.head("WATER_AFFAIRS")
        story = stories.accepted(given)
        body = {"department_id": department_of(water), "text": "请核排水口"}
        story.clerk.do(story.on_ticket("invite"), body)
        story.clerk.do(
            story.on_ticket("answer"), {**stories.ANSWER, "without_assisting": "另行答复"}
        )
        the_time.is_("2026-11-30 10:00")
        story.contact.do(story.on_issue("confirm"), {"solved": "no"})
        the_time.is_("2026-12-04 17:30")
        run_due()
        of_water = [
            row
            for row in Supervision.rows().find({})
            if str(row["department"]) == department_of(water)
        ]
        assert (
            len(of_water)
            == Climb.objects(
                rung="supervision", department=water.person.grants[0].department
            ).count()
        )
        assert len(of_water) == 1
        assert "issue.supervised" in events(water)


class TestWhenTheIssueGoes:
    def test_a_withdrawn_one_leaves_no_order(self, given, morning, the_time):
        inspector = given.inspector()
        story, key = supervised(given, inspector)
        story.contact.do(story.on_issue("withdraw"), {"reason": "已自行解决"})
        order = order_of(inspector, key)
        assert (order["state"], order["actions"]) == ("closed", [])
        rows = inspector.see(f"/issues/{story.issue}")["history"]
        closing = [row for row in rows if row["action"] == "supervision_close"]
        assert [(row["by"], bool(row["reasons"])) for row in closing] == [("系统", True)]
        refused(story.head.post(f"/supervisions/{key}/reply", REPLY), 409, "supervision.not_now")
        the_time.is_("2026-11-26 17:30")
        run_due()
        assert "issue.supervision_overdue" not in events(inspector)

    def test_nor_does_a_merged_one(self, given):
        inspector, other = given.inspector(), stories.accepted(given)
        story, key = replied(given, inspector)
        merge_into(other, story, given.dispatcher())
        assert order_of(inspector, key)["state"] == "closed"

    def test_one_that_is_solved_meanwhile_is_still_replied_to(self, given):
        inspector = given.inspector()
        story, key = supervised(given, inspector)
        story.clerk.do(story.on_ticket("answer"), stories.ANSWER)
        story.contact.do(story.on_issue("confirm"), {"solved": "yes"})
        assert story.head.do(f"/supervisions/{key}/reply", REPLY)["state"] == "replied"
        assert inspector.do(f"/supervisions/{key}/close", ACCEPTED)["state"] == "closed"


class TestTheList:
    def test_who_sees_which(self, given):
        inspector = given.inspector()
        story, key = supervised(given, inspector)
        other = stories.dispatching(given)
        inspector.do(other.on_issue("supervise"), ORDER)
        unit = given.role("unit_admin", unit=story.enterprise.unit)
        for phone in (inspector, given.role("leader"), given.dispatcher(), given.role("admin")):
            assert phone.see("/supervisions")["total"] == 2
        for phone in (story.clerk, story.head, unit):
            assert key in [each["id"] for each in phone.see("/supervisions")["items"]]
        assert story.head.see("/supervisions")["total"] == 1
        assert given.head("WATER_AFFAIRS").see("/supervisions")["total"] == 0
        assert given.role("unit_admin", unit="P-KFQ").see("/supervisions")["total"] == 0
        for phone in (story.contact, given.commissioner()):
            refused(phone.get("/supervisions"), 403, "forbidden")
            refused(phone.get(f"/supervisions/{key}"), 404, "not_found")

    def test_by_state_department_and_deadline(self, given, morning, the_time):
        inspector = given.inspector()
        story, late = supervised(given, inspector)
        _, soon = supervised(given, inspector, due_at="2026-11-30T12:00:00+08:00")
        _, done = replied(given, inspector)
        inspector.do(f"/supervisions/{done}/close", ACCEPTED)
        the_time.is_("2026-11-26 10:00")

        def found(**query) -> list[str]:
            return [each["id"] for each in inspector.see("/supervisions", **query)["items"]]

        assert found() == [done, soon, late]
        assert found(state="open") == [late, soon]
        assert found(state="closed") == [done]
        assert found(overdue="true") == [late]
        assert found(overdue="false") == [done, soon]
        assert found(department_id=department_of(story.head), state="open") == [late, soon]
        assert found(department_id="f" * 24) == []
        assert found(page=2, page_size=1) == [soon]
        assert inspector.see("/supervisions", page=2, page_size=1)["total"] == 3
        refused(inspector.get("/supervisions", state="lost"), 422, "request.invalid")

    def test_every_list_uses_an_index(self, given):
        inspector = given.inspector()
        story, _ = supervised(given, inspector)
        department = story.head.person.grants[0].department
        for query, order in [
            ({"state": "open"}, [("due_at", 1), ("_id", 1)]),
            ({}, [("created_at", -1), ("_id", -1)]),
            ({"department": department, "state": "open"}, [("due_at", 1), ("_id", 1)]),
            ({"department": department}, [("created_at", -1), ("_id", -1)]),
            ({"unit": "321204002", "state": "open"}, [("due_at", 1), ("_id", 1)]),
        ]:
            plan = db.database().supervisions.find(query).sort(order).explain()
            winning = str(plan["queryPlanner"]["winningPlan"])
            assert "IXSCAN" in winning, query
            assert "'SORT'" not in winning, query


def test_the_successor_of_a_department_inherits_its_orders(given):
    inspector = given.inspector()
    story, key = supervised(given, inspector)
    water = given.head("WATER_AFFAIRS")
    old, new = (phone.person.grants[0].department for phone in (story.head, water))
    payload = {"successor": new, "row": old}
    transaction(lambda: duties.add("issues.reorganise", old, now=clock.now(), payload=payload))
    run_due()
    assert order_of(water, key)["department_id"] == str(new)
    refused(story.head.get(f"/supervisions/{key}"), 404, "not_found")
    assert water.do(f"/supervisions/{key}/reply", REPLY)["state"] == "replied"


def test_who_stands_in_for_the_one_who_ordered_it_closes_it(given):
    """The deputy holds the leader's grant, and the order counts as theirs."""
    leader, deputy = given.role("leader"), given.phone(given.person(Grant(role="leader")))
    _, key = replied(given, leader)
    path = f"/supervisions/{key}/close"
    refused(deputy.post(path, ACCEPTED), 403, "forbidden")
    absence = {
        "since": "2026-01-01T00:00:00+08:00",
        "until": "2099-01-01T00:00:00+08:00",
        "deputy_id": str(deputy.person.id),
    }
    leader.do("/me/leave", absence)
    assert again(given, deputy).do(path, ACCEPTED)["state"] == "closed"


def test_what_was_handed_on_is_ordered_from_who_has_it_now(given):
    inspector, story = given.inspector(), work_stories.transferred(given)
    order = inspector.do(story.on_issue("supervise"), ORDER)["supervisions"][0]
    assert order["department_id"] == department_of(given.head("WATER_AFFAIRS"))
    refused(story.head.get(f"/supervisions/{order['id']}"), 404, "not_found")
