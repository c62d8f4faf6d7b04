"""Joint meetings: written down once, told, and quarrels settled by a ruling."""

from __future__ import annotations

import pytest

from app.foundation import db
from app.issues.documents import Issue, Ticket
from app.people.documents import Person
from tests.issues import stories, work_stories
from tests.issues.pressing_stories import (
    AGREED,
    DONE,
    events,
    minutes,
    returned_and_placed,
    ruled,
    task,
    told,
)
from tests.issues.test_races import at_once, consistent, pressing
from tests.issues.test_work import refused
from tests.issues.work_stories import department_of
from tests.support.duties import run_due


@pytest.fixture
def story(given, the_time):
    """In hand on a Tuesday."""
    the_time.is_("2026-11-24 10:00")
    return stories.accepted(given)


class TestWritingItDown:
    def test_it_is_shown_inside_and_only_there(self, given, story):
        dispatcher = given.dispatcher()
        seen = dispatcher.do(story.on_issue("meetings"), minutes(task(story.clerk)))
        (meeting,) = seen["meetings"]
        assert (meeting["agreed"], meeting["place"]) == (AGREED, "区政务中心三楼")
        assert meeting["attendees"] == ["张副区长", "水务局李科长"]
        assert meeting["by"] == dispatcher.person.name
        (duty,) = meeting["duties"]
        assert (duty["n"], duty["owner"], duty["due_on"], duty["state"]) == (
            1,
            story.clerk.person.name,
            "2026-11-26",
            "open",
        )
        outside = story.contact.see(f"/issues/{story.issue}")
        assert outside["meetings"] == []
        assert AGREED not in str(outside)
        assert story.head.see(f"/issues/{story.issue}")["meetings"] == [meeting]

    def test_those_who_have_something_to_do_are_told(self, given, story):
        water = given.clerk("WATER_AFFAIRS")
        Issue.rows().update_one(
            {"_id": Issue.get(story.issue).id},
            {"$push": {"departments": water.person.grants[0].department}},
        )
        given.inspector().do(
            story.on_issue("meetings"), minutes(task(water), task(water), task(story.contact))
        )
        run_due()
        assert events(water).count("issue.met") == 1
        assert "issue.met" not in events(story.clerk)
        assert AGREED not in str(told(story.contact, "issue.met"))
        assert "issue.met" in events(story.contact)

    def test_by_the_desk_those_above_and_heads_who_are_in_it(self, given, story):
        for phone in (
            given.dispatcher(),
            given.inspector(),
            given.role("leader"),
            story.head,
        ):
            assert "meet" in phone.see(f"/issues/{story.issue}")["actions"]
            phone.do(story.on_issue("meetings"), minutes())
        for phone in (story.contact, story.clerk, given.role("unit_admin", unit="321204002")):
            refused(phone.post(story.on_issue("meetings"), minutes()), 403, "forbidden")
        for phone in (given.head("WATER_AFFAIRS"), given.commissioner()):
            refused(phone.post(story.on_issue("meetings"), minutes()), 404, "not_found")
        assert len(story.head.see(f"/issues/{story.issue}")["meetings"]) == 4

    def test_the_same_tap_sent_twice_is_one_meeting(self, story):
        for _ in range(2):
            body = minutes(task(story.clerk))
            seen = story.head.do(story.on_issue("meetings"), body, Idempotency_Key="tap-1")
        assert len(seen["meetings"]) == 1

    @pytest.mark.parametrize("over", [stories.resolved, stories.withdrawn])
    def test_not_on_what_is_over(self, over, given):
        story = over(given)
        body = minutes(held_at="2026-01-05T15:00:00+08:00")
        answer = given.dispatcher().post(story.on_issue("meetings"), body)
        refused(answer, 409, "issue.transition_not_allowed")

    def test_what_cannot_be_meant_is_refused_whole(self, given, story):
        dispatcher, path = given.dispatcher(), story.on_issue("meetings")
        gone = given.clerk("HOUSING")
        Person.rows().update_one({"_id": gone.person.id}, {"$set": {"active": False}})
        stranger = given.clerk("WATER_AFFAIRS")
        for body, field in [
            (minutes(task(story.clerk), task(gone)), "duties.1.owner_id"),
            (minutes(task(stranger)), "duties.0.owner_id"),
            (minutes(task(story.clerk, "2026-11-23")), "duties.0.due_on"),
            (minutes({**task(story.clerk), "owner_id": "f" * 24}), "duties.0.owner_id"),
        ]:
            answer = dispatcher.post(path, body)
            refused(answer, 422, "request.invalid")
            assert list(answer.json["errors"]) == [field]
        late = minutes(held_at="2026-11-24T10:00:01+08:00")
        refused(dispatcher.post(path, late), 422, "meeting.yet_to_come")
        assert dispatcher.post(path, minutes(attendees=[])).status_code == 422
        assert dispatcher.post(path, minutes(task(story.clerk, "9999-12-31"))).status_code == 422
        assert dispatcher.see(f"/issues/{story.issue}")["meetings"] == []
        assert db.collection("agreed").count_documents({}) == 0

    def test_today_is_early_enough(self, given, story, the_time):
        given.dispatcher().do(story.on_issue("meetings"), minutes(task(story.clerk, "2026-11-24")))
        run_due()
        assert "issue.agreed_due" in events(story.clerk)

    def test_the_anonymous_stay_so(self, given, the_time):
        the_time.is_("2026-11-24 10:00")
        story = stories.accepted(given, anonymous=True)
        dispatcher = given.dispatcher()
        seen = dispatcher.do(story.on_issue("meetings"), minutes(task(story.contact)))
        meeting, name = seen["meetings"][0], story.contact.person.name
        assert meeting["duties"][0]["owner"] == name
        story.contact.do(f"/meetings/{meeting['id']}/duties/1/done", DONE)
        inside = story.head.see(f"/issues/{story.issue}")
        assert name not in str(inside["meetings"])
        assert inside["meetings"][0]["duties"][0]["owner_id"] is None
        assert name not in str(inside["history"])


class TestRulings:
    def test_only_the_desk_and_inspectors_rule(self, given, story):
        for phone in (story.head, given.role("leader")):
            body = minutes(**ruled(story.head, "yours"))
            refused(phone.post(story.on_issue("meetings"), body), 403, "forbidden")
        assert Issue.get(story.issue).rulings == []

    def test_yours_and_it_is_neither_returned_nor_handed_on(self, given, story):
        water = given.head("WATER_AFFAIRS")
        body = minutes(**ruled(story.head, "yours"))
        seen = given.dispatcher().do(story.on_issue("meetings"), body)
        assert seen["meetings"][0]["ruling"] == {
            **body["ruling"],
            "department": seen["tickets"][0]["department"],
        }
        assert seen["tickets"][0]["final"]
        run_due()
        assert "ticket.ruled" in events(story.clerk)
        back = {"reason_code": "not_ours", "reason": "不归我局"}
        refused(story.clerk.post(story.on_ticket("return"), back), 409, "ticket.ruled_yours")
        on = {"department_id": department_of(water), "reason": "归口水务"}
        refused(story.clerk.post(story.on_ticket("transfer"), on), 409, "ticket.ruled_yours")
        story.clerk.do(story.on_ticket("answer"), stories.ANSWER)
        consistent(story)

    def test_not_yours_and_it_is_to_be_placed_elsewhere(self, given, story):
        dispatcher = given.dispatcher()
        body = minutes(**ruled(story.head, "not_yours"))
        seen = given.inspector().do(story.on_issue("meetings"), body)
        assert (seen["state"], seen["tickets"][0]["state"]) == ("dispatching", "returned")
        run_due()
        assert "issue.needs_placing" in events(dispatcher)
        assert "ticket.ruled" in events(story.clerk)
        consistent(story)
        place = {"category": "PERMIT", "department_id": department_of(story.head)}
        refused(dispatcher.post(story.on_issue("place"), place), 409, "ticket.ruled_out")
        water = given.head("WATER_AFFAIRS")
        place["department_id"] = department_of(water)
        assert dispatcher.do(story.on_issue("place"), place)["state"] == "dispatched"

    def test_a_return_is_settled_as_by_a_ruling_on_it(self, given):
        story = stories.returned(given)
        seen = given.inspector().do(
            story.on_issue("meetings"),
            minutes(held_at="2026-01-05T15:00:00+08:00", **ruled(story.head, "yours")),
        )
        assert (seen["state"], seen["tickets"][0]["state"]) == ("dispatched", "dispatched")
        assert seen["tickets"][0]["final"]
        assert [each["ruling"] for each in Issue.get(story.issue).rulings] == ["yours"]
        consistent(story)

    def test_once_placed_elsewhere_it_stands_for_when_it_comes_back(self, given, the_time):
        """HOUSING returned it; now with WATER_AFFAIRS, it is ruled to be HOUSING's."""
        the_time.is_("2026-11-24 10:00")
        story, water = returned_and_placed(given)
        dispatcher = given.dispatcher()
        seen = dispatcher.do(story.on_issue("meetings"), minutes(**ruled(story.head, "yours")))
        assert seen["state"] == "dispatched"
        assert [each["ruling"] for each in Issue.get(story.issue).rulings] == ["yours"]
        ticket = Ticket.objects(issue=Issue.get(story.issue).id, live=True).get()
        body = {"department_id": department_of(story.head), "reason": "会议裁定"}
        water.do(f"/tickets/{ticket.id}/accept")
        water.do(f"/tickets/{ticket.id}/transfer", body)
        ticket = Ticket.objects(issue=Issue.get(story.issue).id, live=True).get()
        back = {"reason_code": "not_ours", "reason": "不归我局"}
        refused(story.head.post(f"/tickets/{ticket.id}/return", back), 409, "ticket.ruled_yours")
        refused(
            story.head.post(f"/tickets/{ticket.id}/object", {"reason": "x"}),
            409,
            "ticket.ruled_yours",
        )

    def test_an_assisting_department_is_let_go_alone(self, given, story):
        water = given.head("WATER_AFFAIRS")
        invited = {"department_id": department_of(water), "text": "请核排水口"}
        story.clerk.do(story.on_ticket("invite"), invited)
        seen = given.dispatcher().do(
            story.on_issue("meetings"), minutes(**ruled(water, "not_yours"))
        )
        assert seen["state"] == "dispatched"
        assert [(each["role"], each["state"]) for each in seen["tickets"]] == [
            ("lead", "accepted"),
            ("assist", "returned"),
        ]
        run_due()
        assert "ticket.ruled" in events(water)
        consistent(story)

    def test_one_department_is_ruled_upon_once(self, given, story):
        dispatcher = given.dispatcher()
        dispatcher.do(story.on_issue("meetings"), minutes(**ruled(story.head, "yours")))
        for ruling in ("yours", "not_yours"):
            body = minutes(**ruled(story.head, ruling))
            answer = given.inspector().post(story.on_issue("meetings"), body)
            refused(answer, 409, "ticket.ruled_already")
        assert len(dispatcher.see(f"/issues/{story.issue}")["meetings"]) == 1

    def test_a_department_that_never_had_it_is_not(self, given, story):
        body = minutes(**ruled(given.head("WATER_AFFAIRS"), "yours"))
        answer = given.dispatcher().post(story.on_issue("meetings"), body)
        refused(answer, 422, "meeting.never_had_it")
        assert list(answer.json["errors"]) == ["ruling.department_id"]

    def test_what_came_back_too_often_is_the_inspectors(self, given, story):
        Issue.rows().update_one({"_id": Issue.get(story.issue).id}, {"$set": {"returns": 3}})
        body, path = minutes(**ruled(story.head, "yours")), story.on_issue("meetings")
        refused(given.dispatcher().post(path, body), 403, "issue.inspector_must_rule")
        assert given.inspector().do(path, body)["tickets"][0]["final"]

    def test_what_waits_for_the_enterprise_is_not_taken_away(self, given, the_time):
        the_time.is_("2026-11-24 10:00")
        story = work_stories.asked(given)
        body = minutes(**ruled(story.head, "not_yours"))
        answer = given.dispatcher().post(story.on_issue("meetings"), body)
        refused(answer, 409, "ticket.transition_not_allowed")
        assert given.dispatcher().see(f"/issues/{story.issue}")["meetings"] == []

    def test_of_two_at_once_one_is_the_ruling(self, given, the_time):
        for _ in range(3):
            the_time.is_("2026-11-24 10:00")
            story = stories.accepted(given)
            path = story.on_issue("meetings")
            statuses = at_once(
                pressing(given.dispatcher(), path, minutes(**ruled(story.head, "yours"))),
                pressing(given.inspector(), path, minutes(**ruled(story.head, "not_yours"))),
            )
            assert sorted(statuses) == [200, 409]
            assert len(Issue.get(story.issue).rulings) == 1
            consistent(story)
