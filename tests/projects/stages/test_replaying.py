"""Whatever is stated, corrected and taken back: what was answered on a day is answered for it ever after."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import given as example
from hypothesis import strategies as st

from app.foundation import days
from app.foundation.errors import DomainError
from app.projects.asking import Asked
from app.projects.documents import Project
from app.projects.stages import actions
from app.projects.stages.documents import StageEntry
from app.projects.stages.queries import line_of
from tests.support.factories import at, client_id, who

STAGES = ("filed", "land", "started", "suspended", "resumed", "exited")
statements = st.tuples(
    st.just("state"),
    st.sampled_from(STAGES),
    st.sampled_from(("planned", "actual", "actual", "recognised")),
    st.integers(1, 9),
    st.integers(0, 1),
)
others = st.tuples(st.sampled_from(("void", "verify")), st.integers(0, 7))
BEGIN = at("2026-06-01T10:00:00+08:00")


class Keeping:
    """A project of which somebody says this and that, day after day."""

    def __init__(self, given):
        self.project = given.project(given.enterprise(unit="321204002"), stage="reserve")
        self.keeper = who(given.role("unit_admin", unit="321204002"))
        self.inspector = who(given.inspector())

    def does(self, deed, now):
        key = str(self.project.id)
        if deed[0] == "state":
            _, stage, kind, day, phase = deed
            raw = {"stage": stage, "kind": kind, "on": f"2026-05-0{day}", "phase": phase}
            actions.state_stage(self.keeper, key, client_id(), raw, reason="录入错误", now=now)
            return
        made = list(StageEntry.rows().find({"project": self.project.id}).sort("_id", 1))
        if made:
            entry = str(made[deed[1] % len(made)]["_id"])
            if deed[0] == "void":
                actions.void(self.keeper, entry, "误报", now)
            else:
                actions.verify(self.inspector, entry, now)

    def known(self, **asked):
        found = line_of(self.project.id, Asked(history=True, **asked))
        return found.course, sorted(map(repr, map(_without_stamp, found.past)))


def _without_stamp(row):
    return {name: value for name, value in sorted(row.items()) if name != "changed"}


def _shown(course):
    """The course, without the stamps by which phones learn of changes."""
    phases = [
        [repr(each) for each in (phase.phase, phase.investing, phase.suspensions, phase.exited_on)]
        + [
            repr(_without_stamp(step.entry))
            for stage in phase.stages
            for step in (stage.planned, stage.actual, stage.recognised)
            if step
        ]
        for phase in course.phases
    ]
    return phases, course.stage, course.course, course.warnings


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(deeds=st.lists(statements | others, min_size=2, max_size=8))
def test_as_of_replays_what_was_answered_then(deeds, given):
    keeping, answers = Keeping(given), {}
    for count, deed in enumerate(deeds):
        now = BEGIN + timedelta(days=count)
        try:
            keeping.does(deed, now)
        except DomainError:
            continue
        course, past = keeping.known()
        answers[days.today(now).isoformat()] = (_shown(course), past)
    for day, answer in answers.items():
        course, past = keeping.known(as_of=day, basis="known")
        assert (_shown(course), past) == answer
    _holds(keeping)


def _holds(keeping):
    """One entry at most is current for each thing, and the project stands where its entries say."""
    current = list(StageEntry.rows().find({"project": keeping.project.id, "superseded_at": None}))
    assert len({row["about"] for row in current}) == len(current)
    course, _ = keeping.known()
    row = Project.rows().find_one({"_id": keeping.project.id})
    assert (row["stage"], row["course"]) == (course.stage or "reserve", course.course)
