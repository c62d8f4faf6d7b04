"""What cannot be said of a stage."""

from __future__ import annotations

import pytest

from app.projects.stages.course import Step
from app.projects.stages.rules import Around, key_of, needed, next_turn, refusals, turn_of

TODAY, FOUNDED = "2026-11-24", "2020-05-01"


def step(stage, on, kind="actual", turn=None, phase=0):
    return Step(stage=stage, kind=kind, on=on, phase=phase, turn=turn_of(stage, turn))


def held(*steps):
    return {key_of(each): each.on for each in steps}


STOPPED = step("suspended", "2026-03-01")
GONE_ON = step("resumed", "2026-05-01")
LEFT = step("exited", "2026-06-01")

REFUSED = [
    (step("filed", "2026-11-25"), [], ["register.in_the_future"]),
    (step("filed", "2026-11-24"), [], []),
    (step("filed", "2027-11-25", "planned"), [], []),
    (step("filed", "2020-04-30"), [], ["stage.before_the_firm"]),
    (step("filed", "2020-05-01"), [], []),
    (step("filed", "2020-04-30", "planned"), [], []),
    (step("filed", "2026-01-01", "recognised"), [], ["stage.only_starts_are_recognised"]),
    (step("started", "2026-01-01", "recognised"), [], []),
    (step("started", "2026-12-01", "recognised"), [], ["register.in_the_future"]),
    (step("suspended", "2026-01-01", "planned"), [], ["stage.turns_are_actual"]),
    (GONE_ON, [], ["stage.not_suspended"]),
    (GONE_ON, [STOPPED], []),
    (step("resumed", "2026-02-01"), [STOPPED], ["stage.not_suspended"]),
    (step("resumed", "2026-05-01", phase=1), [STOPPED], ["stage.not_suspended"]),
    (step("suspended", "2026-04-01", turn=2), [STOPPED], ["stage.not_resumed"]),
    (step("suspended", "2026-06-01", turn=2), [STOPPED, GONE_ON], []),
    (step("suspended", "2026-04-01", turn=2), [STOPPED, GONE_ON], ["stage.not_resumed"]),
    (step("suspended", "2026-05-02"), [GONE_ON], ["stage.turns_overlap"]),
    (step("completed", "2026-06-01"), [LEFT], ["stage.exited"]),
    (step("completed", "2026-05-31"), [LEFT], []),
    (step("completed", "2026-07-01", phase=2), [LEFT], ["stage.exited"]),
    (step("completed", "2026-07-01", "planned"), [LEFT], []),
    (step("suspended", "2026-07-01"), [LEFT], ["stage.exited"]),
]


@pytest.mark.parametrize(("said", "before", "codes"), REFUSED)
def test_what_cannot_be_is_refused(said, before, codes):
    around = Around(today=TODAY, founded=FOUNDED, held=held(*before, said))
    assert [reason.code for _, reason in refusals(said, around)] == codes


def test_what_is_corrected_may_come_after_the_exit():
    said = step("completed", "2026-07-01")
    around = Around(today=TODAY, founded=None, held=held(LEFT, said), correction=True)
    assert not list(refusals(said, around))


@pytest.mark.parametrize(
    ("said", "before", "needs"),
    [
        (STOPPED, [STOPPED], False),
        (STOPPED, [STOPPED, GONE_ON], True),
        (GONE_ON, [STOPPED, GONE_ON], False),
        (GONE_ON, [STOPPED, GONE_ON, step("suspended", "2026-06-01", turn=2)], True),
        (step("signed", "2026-01-01"), [STOPPED], False),
    ],
)
def test_what_others_stand_on_stays(said, before, needs):
    assert needed(said, held(*before)) is needs


@pytest.mark.parametrize(
    ("stage", "before", "correcting", "turn"),
    [
        ("suspended", [], False, 1),
        ("suspended", [STOPPED], False, 1),
        ("suspended", [STOPPED, GONE_ON], False, 2),
        ("suspended", [STOPPED, GONE_ON], True, 1),
        ("resumed", [STOPPED], False, 1),
        ("resumed", [STOPPED, GONE_ON], True, 1),
        ("resumed", [STOPPED, GONE_ON], False, 2),
        ("resumed", [], False, 1),
        ("exited", [], False, 1),
    ],
)
def test_a_turn_that_is_not_numbered_is_the_one_under_way_or_the_next(
    stage, before, correcting, turn
):
    assert next_turn(stage, 0, held(*before), correcting=correcting) == turn
