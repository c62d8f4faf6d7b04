"""Milestones of projects that stand still, or have left: they wait, and go on when the project does."""

from __future__ import annotations

import pytest

from app.foundation import duties
from app.projects.milestones.documents import Milestone
from tests.projects.milestones.stories import begun
from tests.support.duties import run_due
from tests.support.factories import client_id


class Turning:
    """A project with a milestone due on Thursday, 3 December, of which its unit's admin says how it goes."""

    def __init__(self, given) -> None:
        self.given = given
        self.story = begun(given)

    def turns(self, stage: str, on: str, **more) -> str:
        body = {"client_id": client_id(), "stage": stage, "kind": "actual", "on": on, **more}
        admin = self.given.phone(self.story.admin.person)
        return admin.do(f"/projects/{self.story.project.id}/stages", body)["id"]

    def never(self, entry: str) -> None:
        admin = self.given.phone(self.story.admin.person)
        admin.do(f"/stages/{entry}/void", {"reason": "误填"})


@pytest.fixture
def turning(given, the_time) -> Turning:
    the_time.is_("2026-11-24 10:00")
    return Turning(given)


def stands(key: str) -> tuple[str, list[str]]:
    row = Milestone.rows().find_one({"_id": Milestone.get(key).id})
    return row["due_on"], row["climbed"]


def test_an_exit_that_never_was_leaves_no_milestone_without_its_rung(turning, the_time):
    key = turning.story.add("M1")["id"]
    left = turning.turns("exited", "2026-11-24")
    the_time.is_("2026-12-04 09:00")
    run_due()
    assert stands(key) == ("2026-12-03", [])
    turning.never(left)
    run_due()
    assert stands(key) == ("2026-12-03", ["yellow", "red"])


def test_while_the_project_stands_still_so_does_the_clock(given, turning, the_time):
    key = turning.story.add("M1")["id"]
    the_time.is_("2026-11-26 10:00")
    turning.turns("suspended", "2026-11-26")
    the_time.is_("2026-12-10 10:00")
    run_due()
    assert stands(key) == ("2026-12-03", [])
    turning.turns("resumed", "2026-12-10")
    run_due()
    assert stands(key) == ("2026-12-17", [])
    phone = given.phone(turning.story.commissioner.person)
    step = phone.see(f"/milestones/{key}")["history"][-1]
    assert (step["action"], step["due_on"]) == ("change", ["2026-12-03", "2026-12-17"])
    assert "14" in step["text"]
    notice = phone.see("/notices")["items"][0]
    assert notice["event"] == "milestone.put_off"
    assert "14" in notice["text"]
    the_time.is_("2026-12-16 17:30")
    run_due()
    assert stands(key) == ("2026-12-17", ["yellow"])


def test_it_follows_what_is_corrected_of_the_standstill(turning, the_time):
    key = turning.story.add("M1")["id"]
    the_time.is_("2026-12-10 10:00")
    turning.turns("suspended", "2026-11-26")
    resumed = turning.turns("resumed", "2026-12-10")
    assert stands(key)[0] == "2026-12-17"
    turning.turns("resumed", "2026-12-08", turn=1, reason="复工令日期有误")
    assert stands(key)[0] == "2026-12-15"
    assert resumed


def test_a_standstill_that_never_was_moves_nothing(turning, the_time):
    key = turning.story.add("M1")["id"]
    stopped = turning.turns("suspended", "2026-11-24")
    the_time.is_("2026-12-04 09:00")
    run_due()
    turning.never(stopped)
    run_due()
    assert stands(key) == ("2026-12-03", ["yellow", "red"])
    assert duties.rows().count_documents({"kind": "milestones.climb", "state": "due"}) == 1


def test_what_is_entered_or_moved_meanwhile_counts_from_then(turning, the_time):
    turning.turns("suspended", "2026-11-24")
    the_time.is_("2026-12-01 10:00")
    story = turning.story
    commissioner = turning.given.phone(story.commissioner.person)
    moved = commissioner.do(story.path, story.body("M1"))["id"]
    made = commissioner.do(story.path, story.body("M2"))["id"]
    the_time.is_("2026-12-04 09:00")
    run_due()
    assert [stands(key)[1] for key in (moved, made)] == [[], []]
    commissioner.do(f"/milestones/{moved}/move", {"due_on": "2026-12-15", "reason": "另定"})
    the_time.is_("2026-12-08 10:00")
    turning.turns("resumed", "2026-12-08")
    assert [stands(key)[0] for key in (moved, made)] == ["2026-12-21", "2026-12-10"]


def test_what_was_climbed_before_and_lies_ahead_now_is_climbed_anew(turning, the_time):
    key = turning.story.add("M1")["id"]
    the_time.is_("2026-12-07 09:00")
    run_due()
    assert stands(key) == ("2026-12-03", ["yellow", "red", "supervision"])
    turning.turns("suspended", "2026-12-01")
    turning.turns("resumed", "2026-12-03")
    assert stands(key) == ("2026-12-07", ["yellow"])
