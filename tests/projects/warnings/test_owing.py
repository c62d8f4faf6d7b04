"""What red warnings owe: milestones while they are red, and nothing where history alone reddens."""

from __future__ import annotations

from decimal import Decimal

import pytest
from bson import Decimal128, ObjectId

from app.foundation import clock, duties, history
from app.foundation.db import transaction
from app.notices.documents import Notice
from app.people.documents import Person
from app.projects.land.documents import Parcel
from app.projects.land.register import REGISTER as PARCELS
from app.projects.milestones.documents import Milestone
from app.projects.milestones.register import REGISTER as MILESTONES
from app.projects.stages.register import REGISTER
from app.projects.ties import TIME
from app.projects.warnings import keeping, nightly
from app.registers.planning import carry_out, plan
from app.registers.register import Line
from app.registers.stating import batch_of
from tests.projects.warnings.stories import LONG_FILED, NOT_STARTED, STARTED, UNIT, begun
from tests.support.duties import run_due
from tests.support.factories import who


@pytest.fixture
def story(given, the_time):
    the_time.is_("2026-11-24 09:00")
    return begun(given)


def told(phone) -> list[str]:
    return [row["event"] for row in Notice.rows().find({"person": phone.person.id})]


def did(warning) -> list[str]:
    return [row["action"] for row in history.of("warning", warning["_id"], internal=True)]


def milestones(story) -> list[tuple[str, str]]:
    rows = Milestone.rows().find({"project": story.project.id}).sort("_id", 1)
    return [(row["code"].partition("-")[2][8:], row["state"]) for row in rows]


def test_what_reddens_again_owes_a_milestone_again(story):
    story.judged(dates=LONG_FILED)
    [made] = Milestone.rows().find({"project": story.project.id})
    story.commissioner.do(f"/milestones/{made['_id']}/cancel", {"reason": "已约谈"})
    story.judged()
    assert milestones(story) == [("", "cancelled")]
    story.judged(dates=NOT_STARTED)
    story.judged(dates=LONG_FILED)
    assert milestones(story) == [("", "cancelled"), ("-2", "open")]


@pytest.mark.parametrize("better", [NOT_STARTED, STARTED])
def test_what_is_not_red_any_more_owes_no_milestone(story, better):
    story.judged(dates=LONG_FILED)
    story.judged(dates=better)
    [made] = Milestone.rows().find({"project": story.project.id})
    assert (made["state"], made["rung"]) == ("cancelled", {})
    assert duties.rows().count_documents({"kind": "milestones.climb", "state": "due"}) == 0
    step = story.commissioner.see(f"/milestones/{made['_id']}")["history"][-1]
    assert (step["action"], step["by"]) == ("cancelled", "系统")
    assert "预警" in step["text"]


def test_where_nobody_serves_the_project_the_house_answers_for_it(given, the_time):
    the_time.is_("2026-11-24 09:00")
    story = begun(given)
    for phone in (story.commissioner, story.unit_admin):
        Person.rows().update_one({"_id": phone.person.id}, {"$set": {"active": False}})
    story.judged(dates=LONG_FILED)
    assert milestones(story) == []
    admin = given.role("admin")
    nightly.begin(the_time.now)
    the_time.is_("2026-11-25 02:30")
    run_due()
    [made] = Milestone.rows().find({"project": story.project.id})
    assert (made["state"], made["responsible"]) == ("open", admin.person.id)
    assert told(admin) == ["milestone.assigned"]
    story.judged()
    assert len(milestones(story)) == 1


def land(story, start_on: str) -> None:
    """The contract of its land wants it to start by a day."""
    Parcel.insert_row(
        code="2024-07",
        unit=UNIT,
        mu=Decimal128("60.000"),
        state="used",
        project=story.project.id,
        contract_start_on=start_on,
        created_at=clock.now(),
    )


class TestHistory:
    """Rows brought in as history, of a project that a person entered."""

    def brings_in(
        self, given, story, *stages: tuple[str, str], kind: str = "actual", historic: bool = True
    ) -> None:
        admin = who(given.role("admin"))
        batch = batch_of(admin, clock.now(), historic=historic, source="import")
        common = {"project": story.project.code, "kind": kind}
        lines = [
            Line(n, {**common, "stage": stage, "on": on}) for n, (stage, on) in enumerate(stages, 1)
        ]
        planned = plan(REGISTER, batch, lines)
        assert planned.problems == []
        transaction(lambda: carry_out(REGISTER, batch, planned))

    def test_it_is_judged_and_told_to_nobody(self, given, story, the_time):
        self.brings_in(given, story, ("signed", "2024-01-10"), ("filed", "2024-02-10"))
        run_due()
        [warning] = story.kept()
        assert (warning["level"], warning["silent"]) == ("red", True)
        nightly.begin(the_time.now)
        the_time.is_("2026-11-25 02:30")
        run_due()
        assert (told(story.commissioner), told(story.unit_admin)) == ([], [])
        assert milestones(story) == []

    def test_what_a_person_says_at_once_is_told(self, given, story):
        self.brings_in(given, story, ("signed", "2024-01-10"))
        self.brings_in(given, story, ("filed", "2024-02-10"), historic=False)
        run_due()
        assert "project.warned" in told(story.commissioner)
        assert milestones(story) == [("", "open")]

    def test_what_worsens_by_what_a_person_says_is_told(self, given, story):
        self.brings_in(given, story, ("signed", "2024-01-10"))
        run_due()
        self.brings_in(given, story, ("filed", "2024-02-10"), historic=False)
        run_due()
        assert "project.warned" in told(story.commissioner)

    def test_a_red_one_that_more_is_found_against_is_told(self, given, story):
        self.brings_in(given, story, ("filed", "2024-02-10"))
        run_due()
        land(story, "2024-06-01")
        [warning] = story.judged()
        assert did(warning) == ["open", "aggravate"]
        assert milestones(story) == [("", "open")]
        story.judged()
        assert len(did(warning)) == 2

    def test_a_clock_that_runs_out_meanwhile_is_told(self, given, story, the_time):
        self.brings_in(given, story, ("filed", "2024-11-30"))
        run_due()
        assert story.kept() == []
        the_time.is_("2026-11-30 02:00")
        self.brings_in(given, story, ("signed", "2024-11-01"))
        run_due()
        assert [each["silent"] for each in story.kept()] == [False]

    def test_the_night_leaves_to_history_what_waits_for_it(self, given, story, the_time):
        self.brings_in(given, story, ("filed", "2024-02-10"))
        [owed] = duties.rows().find({"kind": "projects.restand"})
        story.stands(dates=LONG_FILED)
        payload = {"projects": [story.project.id], "cause": TIME}
        transaction(
            lambda: duties.add("projects.judge", ObjectId(), now=the_time.now, payload=payload)
        )
        row = duties.rows().find_one({"kind": "projects.judge"})
        keeping.judge(duties.claim(row["_id"], now=the_time.now, lease=nightly.LEASE), the_time.now)
        assert story.kept() == []
        run_due()
        assert [each["silent"] for each in story.kept()] == [True]
        assert duties.rows().find_one({"_id": owed["_id"]})["state"] == "done"

    def test_an_old_milestone_and_old_land_are_judged_and_told_to_nobody(
        self, given, story, the_time
    ):
        story.stands(dates={"signed": "2026-10-01"})
        admin = given.role("admin")
        batch = batch_of(who(admin), clock.now(), historic=True, source="import")
        node = {
            "project": story.project.code,
            "code": "H1",
            "name": "旧节点",
            "due_on": "2025-03-01",
            "responsible": story.unit_admin.person.account,
        }
        parcel = {
            "code": "2024-07",
            "unit": UNIT,
            "mu": Decimal(60),
            "state": "used",
            "project": story.project.code,
            "contract_start_on": "2024-06-01",
        }
        for register, values in ((MILESTONES, node), (PARCELS, parcel)):
            planned = plan(register, batch, [Line(1, values)])
            assert planned.problems == []
            transaction(lambda r=register, p=planned: carry_out(r, batch, p))
        nightly.begin(the_time.now)
        the_time.is_("2026-11-25 02:30")
        run_due()
        found = {each["kind"]: (each["level"], each["silent"]) for each in story.kept()}
        assert found == {"SLOW": ("red", True), "NO_START": ("red", True)}
        assert told(story.unit_admin) == []

    def test_nobody_has_left_unanswered_what_nobody_was_told(self, given, story, the_time):
        self.brings_in(given, story, ("filed", "2024-02-10"))
        self.brings_in(given, story, ("started", "2025-03-01"), kind="planned")
        run_due()
        assert [each["level"] for each in story.kept()] == ["red", "red"]
        the_time.passes(days=31)
        story.judged()
        assert "BREACH" not in {each["kind"] for each in story.kept()}
