"""Thousands of lines about stages ask the database a fixed number of times, and are stored all at once."""

from __future__ import annotations

import pytest
from bson import ObjectId

from app.foundation import clock, duties, history
from app.foundation.db import transaction
from app.foundation.entries import STANDING
from app.projects.documents import Project
from app.projects.stages.documents import StageEntry
from app.projects.stages.register import REGISTER
from app.registers.planning import carry_out, plan
from app.registers.register import Line
from app.registers.stating import batch_of
from tests.support.factories import who
from tests.support.watched import watching

PROJECTS, STAGES = 500, ("signed", "filed", "land", "started")


@pytest.fixture
def projects(given):
    """Bare rows: what they hold besides is not looked at."""
    firm = given.enterprise()
    base = {"unit": firm.unit, "enterprise": firm.id, "stage": "reserve", "course": "going"}
    rows = [
        {"_id": ObjectId(), "code": f"P{n}", "name": f"项目{n}", "version": 1, **base}
        for n in range(PROJECTS)
    ]
    Project.rows().insert_many(rows)
    return rows


def lines(projects, day="2025-03-01"):
    said = [
        {"project": row["code"], "stage": stage, "kind": "actual", "on": day}
        for row in projects
        for stage in STAGES
    ]
    return [Line(number, values) for number, values in enumerate(said, start=2)]


def test_two_thousand_lines(given, projects):
    batch = batch_of(who(given.role("admin")), clock.now(), historic=True, source="import")
    with watching("projects", "enterprises", "stage_entries", "masters", "terms") as watched:
        planned = plan(REGISTER, batch, lines(projects))
        asked = watched.seen()
    assert not planned.problems
    assert planned.counts() == {"new": 2000, "changed": 0, "same": 0}
    # Projects, what was stated before, what holds of them, masters, firms: each by two looks at most.
    assert asked <= 10
    transaction(lambda: carry_out(REGISTER, batch, planned))
    assert StageEntry.rows().count_documents(STANDING) == 2000
    assert set(Project.rows().distinct("stage")) == {"started"}
    assert history.rows().count_documents({"thing": "project", "action": "stage"}) == PROJECTS
    assert duties.rows().count_documents({"kind": "projects.restand"}) == 1
    again = plan(REGISTER, batch, lines(projects))
    assert again.counts()["same"] == 2000
    moved = plan(REGISTER, batch, lines(projects[:1], "2025-03-02"))
    assert {each.reason.code for each in moved.problems} == {"stage.reason_needed"}


def test_lines_that_mean_the_same_are_told(given, projects):
    batch = batch_of(who(given.role("admin")), clock.now(), source="import")
    said = {"project": "P1", "stage": "filed", "kind": "actual", "on": "2025-03-01"}
    both = [Line(2, said), Line(3, {**said, "phase": 0})]
    [problem] = plan(REGISTER, batch, both).problems
    assert (problem.line, problem.reason.code) == (3, "register.twice")


def test_a_further_suspension_says_which_it_is(given, projects):
    """Else another platform would take the first one's place without knowing."""
    batch = batch_of(who(given.role("service")), clock.now())
    said = {"project": "P1", "stage": "suspended", "kind": "actual", "on": "2025-03-01"}
    transaction(lambda: carry_out(REGISTER, batch, plan(REGISTER, batch, [Line(2, said)])))
    [problem] = plan(REGISTER, batch, [Line(2, {**said, "on": "2025-09-01"})]).problems
    assert (problem.field, problem.reason.code) == ("turn", "stage.turn_needed")
    moved = plan(REGISTER, batch, [Line(2, {**said, "on": "2025-03-02", "turn": 1})])
    assert moved.counts()["changed"] == 1


def test_history_needs_no_review_and_what_is_new_does(given, projects):
    said = {"project": "P1", "stage": "signed", "kind": "actual", "on": "2025-03-01"}
    admin = who(given.role("admin"))
    for historic, codes in ((True, []), (False, ["project.not_reviewed"])):
        batch = batch_of(admin, clock.now(), historic=historic, source="import")
        found = plan(REGISTER, batch, [Line(2, said)])
        assert [each.reason.code for each in found.problems] == codes


def test_somebody_who_was_faster_is_noticed(given, projects):
    """Statements about one project come one after the other, so that none is judged by what is gone."""
    batch = batch_of(who(given.role("admin")), clock.now(), historic=True, source="import")
    planned = plan(REGISTER, batch, lines(projects[:1]))
    Project.rows().update_one({"_id": projects[0]["_id"]}, {"$inc": {"version": 1}})
    with pytest.raises(Exception, match="changed_meanwhile"):
        transaction(lambda: carry_out(REGISTER, batch, planned))
    assert StageEntry.rows().count_documents({}) == 0
