"""Overdue milestones climb the same ladder as tickets, and those of their project hear of it."""

from __future__ import annotations

import pytest

from app.foundation import duties
from app.projects.documents import Project
from app.projects.milestones.documents import Milestone
from app.projects.milestones.register import REGISTER
from app.registers.planning import carry_out, plan
from app.registers.register import Line
from app.registers.stating import batch_of
from tests.projects.milestones.stories import WHY, begun, finished
from tests.support.duties import run_due
from tests.support.factories import who
from tests.support.time import local_time

LADDER = ["yellow", "red", "supervision", "leader"]
STEPS = [
    ("2026-12-02 17:29", 0),
    ("2026-12-02 17:30", 1),
    ("2026-12-03 17:30", 2),
    ("2026-12-04 17:30", 3),
    ("2026-12-08 17:30", 4),
    ("2026-12-30 17:30", 4),
]


@pytest.fixture
def story(given, the_time):
    the_time.is_("2026-11-24 10:00")
    return begun(given)


def climbed(key: str) -> list[str]:
    return list(Milestone.get(key).climbed)


def events(given, phone) -> set[str]:
    """Long after the sessions of November."""
    notices = given.phone(phone.person).see("/notices", page_size=100)["items"]
    return {each["event"].removeprefix("milestone.rung_") for each in notices} & {*LADDER}


def test_rung_by_rung_and_who_hears(given, story, the_time):
    inspector, leader, clerk = given.inspector(), given.role("leader"), given.clerk("HOUSING")
    key = story.add("M1", responsible_id=str(clerk.person.id))["id"]
    for moment, count in STEPS:
        the_time.is_(moment)
        run_due()
        assert climbed(key) == LADDER[:count], moment
    assert events(given, clerk) == {"yellow", "red"}
    assert events(given, story.admin) == {"red", "supervision"}
    assert events(given, inspector) == {"supervision", "leader"}
    assert events(given, leader) == {"leader"}
    assert events(given, story.commissioner) == set()
    assert duties.rows().count_documents({"kind": "milestones.climb", "state": "due"}) == 0


def test_what_is_moved_climbs_anew_and_what_is_done_no_more(given, story, the_time):
    key = story.add("M1")["id"]
    the_time.is_("2026-12-04 09:00")
    run_due()
    assert climbed(key) == ["yellow", "red"]
    phone = given.phone(story.commissioner.person)
    phone.do(f"/milestones/{key}/move", {"due_on": "2026-12-10", "reason": WHY})
    assert climbed(key) == []
    (waiting,) = duties.rows().find({"kind": "milestones.climb", "state": "due"})
    assert waiting["due_at"] == local_time("2026-12-09 17:30")
    the_time.is_("2026-12-09 17:30")
    run_due()
    phone = given.phone(story.commissioner.person)
    assert phone.do(f"/milestones/{key}/done", finished(phone))["climbed"] == ["yellow"]
    assert duties.rows().count_documents({"kind": "milestones.climb", "state": "due"}) == 0


def test_in_the_night_it_waits_and_after_days_away_each_comes_once(story, the_time):
    key = story.add("M1")["id"]
    the_time.is_("2026-12-08 23:00")
    run_due()
    assert climbed(key) == []
    the_time.is_("2026-12-09 08:00")
    run_due()
    assert climbed(key) == LADDER
    run_due()
    assert climbed(key) == LADDER


def test_an_exited_project_climbs_nothing(story, the_time):
    key = story.add("M1")["id"]
    Project.rows().update_one({"_id": story.project.id}, {"$set": {"course": "exited"}})
    the_time.is_("2026-12-30 09:00")
    run_due()
    assert climbed(key) == []
    assert Milestone.get(key).rung == {}


def test_history_fires_nothing_and_marks_what_is_missing(given, story, the_time):
    admin = given.role("admin")
    common = {"project": story.project.code, "responsible": story.admin.person.account}
    lines = [
        Line(1, {**common, "code": "H1", "name": "旧节点", "due_on": "2025-03-01"}),
        Line(
            2,
            {
                **common,
                "code": "H2",
                "name": "已完成",
                "due_on": "2025-03-01",
                "done_on": "2025-03-10",
                "depends_on": ("H1",),
            },
        ),
    ]
    batch = batch_of(who(admin), local_time("2026-11-24 10:00"), historic=True, source="import")
    planned = plan(REGISTER, batch, lines)
    assert planned.problems == []
    carry_out(REGISTER, batch, planned)
    assert duties.rows().distinct("payload.cause") == ["history"]
    assert duties.rows().distinct("kind") == ["projects.judge"]
    done = Milestone.objects(code="H2").first()
    assert (done.state, done.evidence_missing, done.historic) == ("done", True, True)
    now = batch_of(who(admin), local_time("2026-11-24 10:00"), source="import")
    closing = plan(REGISTER, now, [Line(1, {**common, "code": "H1", "done_on": "2026-11-01"})])
    assert [each.reason.code for each in closing.problems] == ["milestone.evidence_to_close"]
