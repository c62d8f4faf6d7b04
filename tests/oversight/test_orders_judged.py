"""Who decides on an order, what is decided too late, and where there is nobody to answer."""

from __future__ import annotations

import pytest

from tests.issues.test_work import refused
from tests.oversight.order_stories import REPLY, again, begun

ASKED = {"due_on": "2026-12-10", "reason": "等批文"}


@pytest.fixture
def story(given, the_time):
    """A Tuesday."""
    the_time.is_("2026-11-24 10:00")
    return begun(given)


def test_nobody_decides_on_what_they_asked_for_or_replied_themselves(given, story):
    inspector = given.inspector()
    path = f"/orders/{story.instruct(owner_id=str(inspector.person.id))['id']}"
    asked = inspector.do(f"{path}/ask-extension", ASKED)
    assert "decide_extension" not in asked["actions"]
    answer = inspector.post(f"{path}/decide-extension", {"granted": True})
    refused(answer, 403, "order.own_extension")
    assert "decide_extension" in story.leader.see(path)["actions"]
    replied = inspector.do(f"{path}/reply", REPLY)
    assert not {"accept", "send_back"} & {*replied["actions"]}
    assert {"accept", "send_back"} <= {*given.inspector().see(path)["actions"]}


def test_time_that_is_over_is_granted_to_nobody(given, story, the_time):
    path = f"/orders/{story.instruct()['id']}"
    story.commissioner.do(f"{path}/ask-extension", ASKED)
    the_time.is_("2026-12-11 09:00")
    [leader] = again(given, story.leader)
    before = leader.see(path)["due_at"]
    refused(leader.post(f"{path}/decide-extension", {"granted": True}), 422, "work.time_is_over")
    assert leader.do(f"{path}/decide-extension", {"granted": False})["due_at"] == before


def test_a_firm_that_nobody_serves_in_no_unit_asks_for_somebody(given, story):
    firm = given.enterprise(unit=None)
    answer = story.leader.post("/instructions", story.line(enterprise_id=str(firm.id)))
    refused(answer, 422, "request.invalid")
    assert list(answer.json["errors"]) == ["owner_id"]


def test_who_served_a_firm_and_is_no_staff_any_more_is_not_asked(given, story):
    firm = given.enterprise(commissioner=story.commissioner.person.id)
    story.commissioner.person.update(set__grants=[])
    made = story.leader.do("/instructions", story.line(enterprise_id=str(firm.id)))
    assert made["owner_id"] == str(story.admin.person.id)
