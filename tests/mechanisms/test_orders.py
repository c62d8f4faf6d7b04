"""领导挂钩 and 督查 (the orders): what they compute, and that it changes when one record does."""

from __future__ import annotations

import pytest

from tests.oversight.order_stories import REPLY, begun
from tests.support.factories import client_id


@pytest.fixture
def story(given, the_time):
    the_time.is_("2026-11-24 10:00")
    return begun(given)


@pytest.mark.mechanism("leader_link")
def test_a_link_makes_a_project_one_of_the_leaders(given, story):
    other = given.role("leader")
    about = {"project_id": str(story.project.id), "reason": "分工调整"}
    counts = lambda: [  # noqa: E731 - asked twice
        phone.see("/me/linked-projects")["total"] for phone in (story.leader, other)
    ]
    assert counts() == [1, 0]
    body = {"client_id": client_id(), "leader_id": str(other.person.id), **about}
    story.admin.do("/leader-links", body)
    assert counts() == [0, 1]


@pytest.mark.mechanism("inspection")
def test_an_order_is_overdue_until_it_is_replied_to(given, story, the_time):
    inspector = given.inspector()
    order = {"client_id": client_id(), "text": "专项督办", "working_days": 1}
    about = {"project_id": str(story.project.id)}
    key = inspector.do("/orders", {**order, **about})["id"]
    late = lambda: inspector.see("/orders", overdue=True)["total"]  # noqa: E731 - asked thrice
    assert late() == 0
    the_time.is_("2026-11-25 17:31")
    inspector, owner = given.phone(inspector.person), given.phone(story.commissioner.person)
    assert late() == 1
    owner.do(f"/orders/{key}/reply", REPLY)
    assert late() == 0
