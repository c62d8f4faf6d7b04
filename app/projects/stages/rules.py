"""What cannot be said of a stage: refused, with the reason. Pure; what is only unusual is `course`'s."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.foundation.reasons import Reason
from app.projects.stages.course import STARTED, WHOLE, Step
from app.projects.stages.documents import (
    ACTUAL,
    EXITED,
    PLANNED,
    RECOGNISED,
    RESUMED,
    SUSPENDED,
    TURNS,
)

Key = tuple[int, str, str, int]
"""Phase, stage, kind, turn."""
Held = Mapping[Key, str]
"""The day of everything that holds of a project, what is being said included."""
Refusal = tuple[str, Reason]
"""The field to blame, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a step is judged by: the local day it is, when the firm was founded, what holds besides.

    `correction` says that the step takes the place of another about the same.
    """

    today: str
    founded: str | None
    held: Held
    correction: bool = False


def key_of(step: Step) -> Key:
    """Of what a step is, within its project."""
    return step.phase, step.stage, step.kind, step.turn


def turn_of(stage: str, said: int | None) -> int:
    """The number of a turn, the first where none is said; 0 for a stage. A project leaves but once."""
    if stage not in TURNS:
        return 0
    return 1 if stage == EXITED else max(1, said or 1)


def refusals(step: Step, around: Around) -> Iterator[Refusal]:
    """Why a step cannot be taken; nothing where it can."""
    if step.kind == RECOGNISED and step.stage != STARTED:
        yield "kind", Reason("stage.only_starts_are_recognised")
    if step.stage in TURNS and step.kind != ACTUAL:
        yield "kind", Reason("stage.turns_are_actual")
    if step.kind == PLANNED:
        return
    if step.on > around.today:
        yield "on", Reason("register.in_the_future")
    if around.founded and step.on < around.founded:
        yield "on", Reason("stage.before_the_firm", {"day": around.founded})
    yield from _turns(step, around.held)
    yield from _after_exit(step, around)


def _turns(step: Step, held: Held) -> Iterator[Refusal]:
    """A project that stands still goes on before it stands still again, and goes on but once."""

    def day(stage: str, turn: int) -> str | None:
        return held.get((step.phase, stage, ACTUAL, turn))

    if step.stage == RESUMED:
        since = day(SUSPENDED, step.turn)
        if since is None or step.on < since:
            yield "stage", Reason("stage.not_suspended")
        elif (again := day(SUSPENDED, step.turn + 1)) and again < step.on:
            yield "on", Reason("stage.turns_overlap", {"day": again})
    if step.stage == SUSPENDED:
        gone_on = day(RESUMED, step.turn - 1)
        if step.turn > 1 and (gone_on is None or step.on < gone_on):
            yield "stage", Reason("stage.not_resumed")
        elif (until := day(RESUMED, step.turn)) and until < step.on:
            yield "on", Reason("stage.turns_overlap", {"day": until})


def _after_exit(step: Step, around: Around) -> Iterator[Refusal]:
    exits = (around.held.get((phase, EXITED, ACTUAL, 1)) for phase in {step.phase, WHOLE})
    left = min((day for day in exits if day), default=None)
    if left and step.stage != EXITED and not around.correction and step.on >= left:
        yield "stage", Reason("stage.exited", {"day": left})


def needed(step: Step, held: Held) -> bool:
    """Whether something that holds would be left without this step, were it taken back."""
    after: tuple[tuple[str, int], ...] = ()
    if step.stage == SUSPENDED:
        after = ((RESUMED, step.turn), (SUSPENDED, step.turn + 1))
    elif step.stage == RESUMED:
        after = ((SUSPENDED, step.turn + 1),)
    return any((step.phase, stage, ACTUAL, turn) in held for stage, turn in after)


def next_turn(stage: str, phase: int, held: Held, *, correcting: bool) -> int:
    """The turn that is meant where none is named: the one under way, else the next.

    When `correcting` and none is under way, it is the last.
    """
    known = [turn for (of, each, _, turn) in held if of == phase and each == SUSPENDED]
    gone_on = [turn for (of, each, _, turn) in held if of == phase and each == RESUMED]
    stopped, resumed = max(known, default=0), max(gone_on, default=0)
    if stage not in (SUSPENDED, RESUMED):
        return turn_of(stage, None)
    if stopped > resumed:
        return stopped
    last = stopped if stage == SUSPENDED else resumed
    return last if correcting and last else last + 1
