"""Not ours, ours to hand on, and whoever else must help: returns, rulings, transfers, assisting."""

from __future__ import annotations

import pytest

from tests.issues import stories, work_stories
from tests.issues.stories import ANSWER
from tests.issues.test_work import refused
from tests.issues.work_stories import department_of, live_tickets
from tests.support.duties import run_due
from tests.support.time import said

NOT_OURS = {"reason_code": "not_ours", "reason": "不归我局"}


def events(phone) -> list[str]:
    return [each["event"] for each in phone.see("/notices")["items"]]


class TestReturning:
    @pytest.mark.parametrize(
        ("moment", "status"), [("2026-11-26 17:30", 200), ("2026-11-26 17:31", 409)]
    )
    def test_within_two_working_days(self, moment, status, given, the_time):
        the_time.is_("2026-11-24 10:00")
        story = stories.accepted(given)
        the_time.is_(moment)
        answer = story.clerk.post(story.on_ticket("return"), NOT_OURS)
        assert answer.status_code == status
        if status == 409:
            assert answer.json["code"] == "ticket.return_too_late"

    def test_the_clock_runs_on_while_it_travels(self, given, the_time):
        the_time.is_("2026-11-24 10:00")
        story = stories.returned(given)
        before = story.contact.see(f"/issues/{story.issue}")["promise"]
        the_time.is_("2026-11-26 10:00")
        water = given.clerk("WATER_AFFAIRS")
        where = {"category": "PERMIT", "department_id": department_of(water)}
        placed = given.dispatcher().do(story.on_issue("place"), where)
        assert placed["promise"]["resolve_by"] == before["resolve_by"]
        own = next(each for each in placed["tickets"] if each["state"] == "dispatched")
        # The new department's own time stands beside the promise.
        assert said(own["resolve_by"]) == "2026-12-07 17:30"

    def test_ruled_yours_it_comes_back_for_good(self, given):
        story = stories.returned(given)
        dispatcher = given.dispatcher()
        ruling = {"ruling": "yours", "reason": "三定方案明确由你局负责"}
        ruled = dispatcher.do(story.on_ticket("rule"), ruling)
        assert (ruled["state"], ruled["final"]) == ("dispatched", True)
        assert story.contact.see(f"/issues/{story.issue}")["state"] == "dispatched"
        refused(story.clerk.post(story.on_ticket("return"), NOT_OURS), 409, "ticket.ruled_yours")
        run_due()
        assert "ticket.ruled" in events(story.clerk)
        rows = story.head.see(f"/issues/{story.issue}")["history"]
        (row,) = [each for each in rows if each["action"] == "rule"]
        assert row["text"] == ruling["reason"]

    def test_ruled_not_yours_it_is_never_placed_there_again(self, given):
        story = stories.returned(given)
        dispatcher = given.dispatcher()
        body = {"ruling": "not_yours", "reason": "确非住建职责"}
        assert dispatcher.do(story.on_ticket("rule"), body)["state"] == "returned"
        refused(
            dispatcher.post(story.on_issue("place"), {"category": "PERMIT"}),
            409,
            "ticket.ruled_out",
        )
        again = {"ruling": "yours", "reason": "改判"}
        refused(dispatcher.post(story.on_ticket("rule"), again), 409, "ticket.ruled_already")

    def test_what_was_placed_elsewhere_is_not_ruled_back(self, given):
        story = stories.returned(given)
        dispatcher = given.dispatcher()
        water = department_of(given.clerk("WATER_AFFAIRS"))
        dispatcher.do(story.on_issue("place"), {"category": "PERMIT", "department_id": water})
        body = {"ruling": "yours", "reason": "x"}
        assert dispatcher.post(story.on_ticket("rule"), body).status_code == 409

    def test_the_third_return_is_the_inspectors(self, given):
        dispatcher, inspector = given.dispatcher(), given.inspector()
        clerks = {code: given.clerk(code) for code in ("WATER_AFFAIRS", "ECOLOGY")}
        story = stories.returned(given)
        for clerk in clerks.values():
            body = {"category": "PERMIT", "department_id": department_of(clerk)}
            dispatcher.do(story.on_issue("place"), body)
            (live,) = live_tickets(story)
            clerk.do(f"/tickets/{live['id']}/return", NOT_OURS)
        run_due()
        assert "issue.needs_ruling" in events(inspector)
        back = {"category": "PERMIT"}
        refused(dispatcher.post(story.on_issue("place"), back), 403, "issue.inspector_must_rule")
        assert inspector.do(story.on_issue("place"), back)["state"] == "dispatched"

    def test_an_assisting_department_returns_without_stopping_the_lead(self, given):
        story = stories.accepted(given)
        water = given.clerk("WATER_AFFAIRS")
        body = {"department_id": department_of(water), "text": "请协助"}
        story.clerk.do(story.on_ticket("invite"), body)
        helper = next(each for each in live_tickets(story) if each["role"] == "assist")
        water.do(f"/tickets/{helper['id']}/return", NOT_OURS)
        seen = story.contact.see(f"/issues/{story.issue}")
        assert seen["state"] == "dispatched"
        assert story.clerk.do(story.on_ticket("answer"), ANSWER)["state"] == "answered"


class TestTransferring:
    def test_the_promise_stays_and_the_enterprise_is_told(self, given, the_time):
        the_time.is_("2026-11-24 10:00")
        story = stories.accepted(given)
        the_time.is_("2026-11-27 10:00")
        water = given.clerk("WATER_AFFAIRS")
        body = {"department_id": department_of(water), "reason": "内部:归口水务"}
        assert story.clerk.do(story.on_ticket("transfer"), body)["state"] == "transferred"
        run_due()
        seen = story.contact.see(f"/issues/{story.issue}")
        assert (seen["state"], said(seen["promise"]["resolve_by"])) == (
            "dispatched",
            "2026-12-03 17:30",
        )
        new = seen["tickets"][-1]
        assert (new["how"], said(new["resolve_by"])) == ("transfer", "2026-12-08 17:30")
        moved = [
            each
            for each in story.contact.see("/notices")["items"]
            if each["event"] == "issue.promise_moved"
        ]
        assert "2026-12-03 17:30" in moved[0]["text"]
        assert "内部" not in str(seen) + str(moved)
        assert "ticket.transferred" in events(water)

    def test_the_other_department_may_object_once(self, given):
        story = work_stories.transferred(given)
        water = given.clerk("WATER_AFFAIRS")
        (live,) = live_tickets(story)
        path = f"/tickets/{live['id']}"
        objection = {"reason": "管网不在我局辖内"}
        assert water.do(f"{path}/object", objection)["state"] == "returned"
        assert story.contact.see(f"/issues/{story.issue}")["state"] == "dispatching"
        given.dispatcher().do(f"{path}/rule", {"ruling": "yours", "reason": "由水务牵头"})
        refused(water.post(f"{path}/object", objection), 409, "ticket.no_objection")

    def test_what_was_not_transferred_is_not_objected_to(self, given):
        story = stories.dispatched(given)
        answer = story.clerk.post(story.on_ticket("object"), {"reason": "x"})
        refused(answer, 409, "ticket.no_objection")

    def test_not_to_oneself_and_not_to_nobody(self, given):
        story = stories.accepted(given)
        own = {"department_id": department_of(story.clerk), "reason": "x"}
        refused(story.clerk.post(story.on_ticket("transfer"), own), 422, "ticket.same_department")
        nobody = {"department_id": "f" * 24, "reason": "x"}
        refused(story.clerk.post(story.on_ticket("transfer"), nobody), 422, "department.unknown")


class TestAssisting:
    @pytest.fixture
    def story(self, given):
        return stories.accepted(given)

    @pytest.fixture
    def water(self, given, story):
        water = given.clerk("WATER_AFFAIRS")
        body = {"department_id": department_of(water), "text": "请核排水口位置"}
        story.clerk.do(story.on_ticket("invite"), body)
        run_due()
        return water

    def helper(self, story) -> dict:
        return next(
            each
            for each in story.head.see(f"/issues/{story.issue}")["tickets"]
            if each["role"] == "assist"
        )

    def test_it_has_a_ticket_and_a_clock_of_its_own(self, story, water):
        helper = self.helper(story)
        assert (helper["state"], helper["excerpt"]) == ("dispatched", "请核排水口位置")
        assert "ticket.invited" in events(water)
        assert water.see("/tickets", box="todo")["total"] == 1

    def test_the_lead_waits_for_its_answer_or_says_why_not(self, story, water):
        refused(story.clerk.post(story.on_ticket("answer"), ANSWER), 409, "ticket.assisting_open")
        body = {**ANSWER, "without_assisting": "水务已口头确认"}
        answered = story.clerk.do(story.on_ticket("answer"), body)
        assert answered["answer"]["without_assisting"] == "水务已口头确认"
        # What the other department does is not cancelled by this.
        assert self.helper(story)["state"] == "dispatched"

    def test_with_its_answer_the_lead_may_answer(self, story, water):
        path = f"/tickets/{self.helper(story)['id']}"
        water.do(f"{path}/accept")
        water.do(f"{path}/answer", ANSWER)
        assert story.contact.see(f"/issues/{story.issue}")["state"] == "dispatched"
        run_due()
        assert "ticket.assist_answered" in events(story.clerk)
        assert story.clerk.do(story.on_ticket("answer"), ANSWER)["state"] == "answered"

    def test_ending_the_issue_never_ends_its_work_silently(self, story, water):
        body = {**ANSWER, "without_assisting": "水务已口头确认"}
        story.clerk.do(story.on_ticket("answer"), body)
        story.contact.do(story.on_issue("confirm"), {"solved": "yes"})
        run_due()
        assert self.helper(story)["state"] == "cancelled"
        assert "ticket.cancelled" in events(water)

    def test_one_that_answered_is_asked_again_with_a_new_clock(self, story, water):
        path = f"/tickets/{self.helper(story)['id']}"
        water.do(f"{path}/accept")
        water.do(f"{path}/answer", ANSWER)
        body = {"department_id": department_of(water), "text": "再核一次"}
        story.clerk.do(story.on_ticket("invite"), body)
        again = self.helper(story)
        assert (again["state"], again["excerpt"]) == ("dispatched", "再核一次")
        refused(story.clerk.post(story.on_ticket("invite"), body), 409, "ticket.invited_already")

    def test_only_the_lead_invites(self, given, story, water):
        path = f"/tickets/{self.helper(story)['id']}"
        water.do(f"{path}/accept")
        ecology = department_of(given.clerk("ECOLOGY"))
        body = {"department_id": ecology, "text": "x"}
        refused(water.post(f"{path}/invite", body), 409, "ticket.lead_invites")
