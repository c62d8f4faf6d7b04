"""The course of a project: what its entries of stages say, put together. Pure.

Stages stand in the order of `documents.STAGES`. A phase (0 is the whole project) has a line of stages,
spans of investing and of standing still, and may have left. Nothing is refused here: what is unusual gets a
warning and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from app.foundation.reasons import Reason
from app.projects.documents import EXITED as LEFT
from app.projects.documents import GOING, STAGES
from app.projects.documents import SUSPENDED as STOPPED
from app.projects.stages.documents import ACTUAL, EXITED, PLANNED, RECOGNISED, RESUMED, SUSPENDED

WHOLE = 0
STARTED, COMPLETED = "started", "completed"
CHAIN = ("signed", "filed", "started", "completed", "production", "on_target")
"""What every project goes through; the other stages may be left out without a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry that holds. `on` is a day as text; `entry` the stored row, where there is one."""

    stage: str
    kind: str
    on: str
    phase: int = WHOLE
    turn: int = 0
    entry: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """From a day to another, or until now (None)."""

    since: str
    until: str | None = None


@dataclass(frozen=True, slots=True)
class StageOf:
    """A stage of a phase: when it is planned, came, and was recognised."""

    stage: str
    planned: Step | None = None
    actual: Step | None = None
    recognised: Step | None = None


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """The stages of one phase, in order, with those of which nothing is known.

    `investing` is from the start to the completion, `suspensions` when it stood still, in order.
    """

    phase: int
    stages: tuple[StageOf, ...]
    investing: Span | None
    suspensions: tuple[Span, ...]
    exited_on: str | None
    turns: tuple[Step, ...]

    def day(self, stage: str, kind: str = ACTUAL) -> str | None:
        """When the phase came to a stage, or is planned to."""
        found: Step | None = getattr(self.stages[STAGES.index(stage)], kind)
        return found.on if found else None

    @property
    def course(self) -> str:
        """One of `documents.COURSES`."""
        if self.exited_on:
            return LEFT
        return STOPPED if self.suspensions and self.suspensions[-1].until is None else GOING


@dataclass(frozen=True, slots=True)
class Course:
    """All phases, the whole first. `stage` is the furthest that any phase came to; None before all.

    `course`, `suspended_since` and `exited_on` are those of the whole.
    """

    phases: tuple[PhaseLine, ...]
    stage: str | None
    course: str
    suspended_since: str | None
    exited_on: str | None
    warnings: tuple[Reason, ...]


def step_of(row: Mapping[str, Any]) -> Step:
    """A stored entry as a step."""
    names = ("stage", "kind", "on", "phase", "turn")
    return Step(**{name: row[name] for name in names}, entry=row)


def course_of(steps: Iterable[Step]) -> Course:
    """What entries that hold, one for each thing at most, say of a project."""
    by_phase: dict[int, list[Step]] = {WHOLE: []}
    for step in steps:
        by_phase.setdefault(step.phase, []).append(step)
    phases = tuple(_phase(number, by_phase[number]) for number in sorted(by_phase))
    whole = phases[0]
    reached = [stage for phase in phases for stage in STAGES if phase.day(stage)]
    stopped = whole.course == STOPPED
    return Course(
        phases=phases,
        stage=max(reached, key=STAGES.index, default=None),
        course=whole.course,
        suspended_since=whole.suspensions[-1].since if stopped else None,
        exited_on=whole.exited_on,
        warnings=tuple(warnings(phases)),
    )


def _phase(number: int, steps: list[Step]) -> PhaseLine:
    found = {(step.stage, step.kind): step for step in steps if step.stage in STAGES}
    kinds = (PLANNED, ACTUAL, RECOGNISED)
    stages = tuple(StageOf(each, *(found.get((each, kind)) for kind in kinds)) for each in STAGES)
    turns = sorted(
        (step for step in steps if step.stage not in STAGES),
        key=lambda step: (step.on, step.turn, step.stage == RESUMED),
    )
    started, completed = found.get((STARTED, ACTUAL)), found.get((COMPLETED, ACTUAL))
    return PhaseLine(
        phase=number,
        stages=stages,
        investing=Span(started.on, completed.on if completed else None) if started else None,
        suspensions=tuple(_suspensions(turns)),
        exited_on=next((step.on for step in turns if step.stage == EXITED), None),
        turns=tuple(turns),
    )


def _suspensions(turns: Iterable[Step]) -> Iterator[Span]:
    known = list(turns)
    resumed = {step.turn: step.on for step in known if step.stage == RESUMED}
    stopped = (step for step in known if step.stage == SUSPENDED)
    for step in sorted(stopped, key=lambda step: step.turn):
        yield Span(step.on, resumed.get(step.turn))


def warnings(phases: Iterable[PhaseLine]) -> Iterator[Reason]:
    """What is unusual: an order of days, a stage without the one before it, phases that do not fit."""
    known = list(phases)
    whole = known[0]
    for phase in known:
        yield from _out_of_order(phase)
        yield from _without(phase, whole)
        yield from _after_exit(phase, whole)
    yield from _phased(known)


def _out_of_order(phase: PhaseLine) -> Iterator[Reason]:
    """A stage on an earlier day than one before it."""
    latest = ""
    for stage in STAGES:
        day = phase.day(stage)
        if day and day < latest:
            yield Reason(f"stage.early.{stage}", {"on": day, "earlier": latest, **_of(phase)})
        latest = max(latest, day or "")
    recognised, reported = phase.day(STARTED, RECOGNISED), phase.day(STARTED)
    if recognised and (reported is None or recognised < reported):
        yield Reason("stage.recognised_first", {"on": recognised, **_of(phase)})


def _without(phase: PhaseLine, whole: PhaseLine) -> Iterator[Reason]:
    """A stage of the chain without the one before it, in the phase or the whole."""
    for before, stage in pairwise(CHAIN):
        if phase.day(stage) and not (phase.day(before) or whole.day(before)):
            yield Reason(f"stage.without.{stage}", {"on": phase.day(stage), **_of(phase)})


def _after_exit(phase: PhaseLine, whole: PhaseLine) -> Iterator[Reason]:
    exits = [day for day in (phase.exited_on, whole.exited_on) if day]
    last = max((day for stage in STAGES if (day := phase.day(stage))), default="")
    if exits and last > min(exits):
        yield Reason("stage.after_exit", {"on": last, "exited": min(exits), **_of(phase)})


def _phased(phases: list[PhaseLine]) -> Iterator[Reason]:
    """The whole is said to be completed while a phase that started is not; phases that start in disorder."""
    whole, parts = phases[0], phases[1:]
    done = whole.day(COMPLETED)
    started = [part for part in parts if part.day(STARTED)]
    for part in started:
        if done and (part.day(COMPLETED) or "9999") > done:
            yield Reason("stage.phase_not_completed", {"on": done, **_of(part)})
    for earlier, later in pairwise(started):
        if (day := later.day(STARTED) or "") < (earlier.day(STARTED) or ""):
            yield Reason("stage.phases_out_of_order", {"on": day, **_of(later)})


def _of(phase: PhaseLine) -> dict[str, int]:
    return {"phase": phase.phase}
