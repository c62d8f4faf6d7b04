"""What happens now wakes those who must act, by every channel, though nobody ticked "urgent"."""

from __future__ import annotations

import pytest

from app.departments import registry
from app.foundation import clock
from app.issues.desk import placing
from app.issues.documents import Issue
from app.notices import actions
from app.people.documents import Grant
from tests.notices.scene import ALL, agree, outbox, work_off

pytestmark = pytest.mark.usefixtures("given")
WORDS = "车间反应釜冒白烟了，眼睛辣得睁不开，人都跑出来了，快来人"
CALM = "没有泄漏，只是想问一下报警器多久校一次，下个月安排就行"


@pytest.fixture
def clerk(given):
    where = registry.by_code("EMERGENCY").id
    reached = {"wechat_openid": "openid-clerk", "phone": "13800000001"}
    person = given.person(Grant(role="clerk", department=where), **reached)
    agree(person, "ticket.dispatched")
    return person


def filed(given, text):
    """The issue once it is placed and told, and when that was."""
    phone = given.commissioner()
    issue = phone.open_issue(text=text, category="SAFETY", enterprise_id=str(given.enterprise().id))
    now = clock.now()
    assert work_off("issues.route", now, placing.route_issue) == 1
    work_off("notices.deliver", now, lambda duty, at: actions.deliver(duty, at, ALL))
    return Issue.get(issue["id"]), now


def test_an_emergency_wakes_the_clerk(given, clerk, the_time):
    the_time.is_("2026-11-24 23:40")
    issue, now = filed(given, WORDS)
    assert issue.urgent
    assert issue.said_urgent is None
    mine = [row for row in outbox() if row["person"] == clerk.id]
    assert {row["channel"] for row in mine} == {"wechat", "sms"}
    assert all((row["not_before"] - now).total_seconds() <= 60 for row in mine)


def test_what_is_none_waits_for_the_morning(given, clerk, the_time):
    the_time.is_("2026-11-24 23:40")
    issue, now = filed(given, CALM)
    assert not issue.urgent
    [row] = [each for each in outbox() if each["person"] == clerk.id]
    assert row["channel"] == "wechat"
    assert row["not_before"] > now
