"""Opening an issue: for whom, about what, and where it goes then."""

from __future__ import annotations

import pytest

from app.foundation import clock
from app.foundation.district import local
from app.issues.documents import Issue
from tests.issues import stories
from tests.support.duties import run_due
from tests.support.phone import issue_body


def refused(answer, status: int, code: str) -> None:
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json


class TestOpening:
    def test_a_contact_opens_for_the_own_enterprise_without_naming_it(self, given):
        story = stories.submitted(given)
        seen = story.contact.see(f"/issues/{story.issue}")
        assert seen["enterprise_id"] == str(story.enterprise.id)
        assert seen["unit"] == story.enterprise.unit

    def test_but_not_for_another(self, given):
        contact, other = given.contact(given.enterprise()), given.enterprise()
        answer = contact.post("/issues", issue_body(enterprise_id=str(other.id)))
        refused(answer, 403, "forbidden")
        project = given.project(other)
        answer = contact.post("/issues", issue_body(project_id=str(project.id)))
        refused(answer, 403, "forbidden")
        assert Issue.rows().count_documents({}) == 0

    @pytest.mark.parametrize("field", ["enterprise_id", "project_id", "visit_id"])
    def test_what_it_refers_to_must_be_there(self, field, given):
        answer = given.commissioner().post("/issues", issue_body(**{field: "f" * 24}))
        refused(answer, 422, "reference.unknown")
        assert field in answer.json["errors"]

    def test_anothers_visit_cannot_be_named(self, given):
        visitor, other = given.commissioner(), given.commissioner()
        visit = visitor.do(
            "/visits",
            {
                "client_id": "8f14e45f-ceea-467f-a8a9-0b1c2d3e4f50",
                "enterprise_id": str(given.enterprise().id),
                "started_at": "2026-11-24T09:00:00+08:00",
            },
        )
        answer = other.post("/issues", issue_body(visit_id=visit["id"]))
        refused(answer, 422, "reference.unknown")

    def test_one_that_nothing_places_goes_to_the_dispatcher(self, given):
        dispatcher = given.dispatcher()
        contact = given.contact(given.enterprise())
        issue = contact.open_issue(category=None, text="您好")
        run_due()
        seen = dispatcher.see(f"/issues/{issue['id']}")
        assert seen["state"] == "dispatching"
        assert seen["tickets"] == []
        assert seen["route"]["reasons"]
        assert dispatcher.see("/me")["unread"]["dispatching"] == 1

    def test_numbers_are_of_the_day_and_rise(self, given):
        contact = given.contact(given.enterprise())
        numbers = [contact.open_issue()["number"] for _ in range(25)]
        day = f"{local(clock.now()):%Y%m%d}"
        assert all(number.startswith(f"JY{day}-") for number in numbers)
        assert numbers == sorted(set(numbers))
