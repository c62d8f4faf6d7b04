"""What entries of stages say when they are put together: the line, standing still, and what is unusual."""

from __future__ import annotations

import pytest

from app.projects.stages.course import WHOLE, Span, Step, course_of


def actual(stage, on, **more):
    return Step(stage=stage, kind="actual", on=on, **more)


def planned(stage, on, **more):
    return Step(stage=stage, kind="planned", on=on, **more)


def codes(*steps):
    return [each.code for each in course_of(steps).warnings]


ON_TIME = [
    actual("signed", "2025-01-10"),
    actual("filed", "2025-03-01"),
    actual("land", "2025-05-01"),
    actual("started", "2025-06-01"),
    actual("completed", "2026-06-01"),
    actual("production", "2026-09-01"),
]


def test_of_nothing_nothing_is_known():
    course = course_of([])
    assert (course.stage, course.course, course.warnings) == (None, "going", ())
    assert [phase.phase for phase in course.phases] == [WHOLE]


def test_a_project_on_its_way_is_not_remarkable():
    course = course_of(ON_TIME)
    assert (course.stage, course.course, course.warnings) == ("production", "going", ())
    assert course.phases[0].investing == Span("2025-06-01", "2026-06-01")


def test_the_line_has_all_stages_in_order_with_plan_and_fact():
    steps = [planned("started", "2025-05-15"), actual("started", "2025-06-01")]
    steps.append(Step(stage="started", kind="recognised", on="2025-07-01"))
    whole = course_of(steps).phases[0]
    assert [each.stage for each in whole.stages][:3] == ["reserve", "negotiation", "signed"]
    assert whole.day("started") == "2025-06-01"
    assert whole.day("started", "planned") == "2025-05-15"
    assert whole.day("started", "recognised") == "2025-07-01"
    assert whole.investing == Span("2025-06-01", None)


def test_a_plan_is_not_a_fact():
    assert course_of([planned("signed", "2025-01-01")]).stage is None


def test_the_furthest_stage_is_that_of_any_phase():
    steps = [actual("signed", "2025-01-01"), actual("completed", "2026-01-01", phase=2)]
    assert course_of(steps).stage == "completed"


TURNS = [
    ([("suspended", "2025-08-01", 1)], "suspended", [Span("2025-08-01", None)]),
    (
        [("suspended", "2025-08-01", 1), ("resumed", "2025-10-01", 1)],
        "going",
        [Span("2025-08-01", "2025-10-01")],
    ),
    (
        [
            ("suspended", "2025-08-01", 1),
            ("resumed", "2025-10-01", 1),
            ("suspended", "2025-12-01", 2),
        ],
        "suspended",
        [Span("2025-08-01", "2025-10-01"), Span("2025-12-01", None)],
    ),
    (
        [("suspended", "2025-08-01", 1), ("exited", "2025-10-01", 1)],
        "exited",
        [Span("2025-08-01", None)],
    ),
]


@pytest.mark.parametrize(("turns", "course", "spans"), TURNS)
def test_standing_still_and_going_on(turns, course, spans):
    found = course_of(actual(stage, on, turn=turn) for stage, on, turn in turns)
    assert found.course == course
    assert list(found.phases[0].suspensions) == spans
    assert found.suspended_since == (spans[-1].since if course == "suspended" else None)
    assert found.exited_on == ("2025-10-01" if course == "exited" else None)


def test_a_phase_that_stands_still_does_not_stop_the_whole():
    found = course_of([actual("suspended", "2025-08-01", turn=1, phase=2)])
    assert found.course == "going"
    assert found.phases[1].course == "suspended"


UNUSUAL = [
    (
        [actual("filed", "2025-01-01"), actual("signed", "2025-02-01")],
        ["stage.early.filed"],
    ),
    ([actual("filed", "2025-01-01")], ["stage.without.filed"]),
    (
        [actual("started", "2025-01-01"), actual("filed", "2025-01-01")],
        ["stage.without.filed"],
    ),
    (
        [*ON_TIME, Step(stage="started", kind="recognised", on="2025-05-30")],
        ["stage.recognised_first"],
    ),
    ([*ON_TIME, actual("exited", "2026-08-01", turn=1)], ["stage.after_exit"]),
    ([*ON_TIME, actual("started", "2026-01-01", phase=2)], ["stage.phase_not_completed"]),
    (
        [
            *ON_TIME[:3],
            actual("started", "2025-08-01", phase=1),
            actual("started", "2025-07-01", phase=2),
        ],
        ["stage.phases_out_of_order"],
    ),
    (
        [*ON_TIME[:3], actual("started", "2025-08-01", phase=1)],
        [],
    ),
    ([actual("signed", "2025-01-01"), actual("filed", "2025-01-01")], []),
]


@pytest.mark.parametrize(("steps", "found"), UNUSUAL)
def test_what_is_unusual_is_told(steps, found):
    assert codes(*steps) == found
