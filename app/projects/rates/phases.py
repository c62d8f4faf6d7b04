"""From the entries of a project's stages, phase by phase, to the days of the project as a whole. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.projects.documents import EXITED, GOING, SUSPENDED
from app.projects.rates.pledged import WHOLE, Pledged, pledged
from app.projects.stages.documents import ACTUAL, PLANNED, RECOGNISED, RESUMED, TURNS

ENDS = ("completed", "certificate", "on_target")
"""Stages that the project as a whole has come to only with all its phases."""
EARLY = ("reserve", "negotiation", "signed", "filed", "land")
"""Stages at which a phase has not begun to be built."""


@dataclass(frozen=True, slots=True)
class Course:
    """Days of the whole project: what came, what is planned, and its turns; its pledges by phase.

    Where it is `phased`, an end was said of its phases. What the days of its ends once were does not follow
    then from what they are: a phase that begins takes an end away that was there until then.
    """

    dates: Mapping[str, date]
    planned: Mapping[str, date]
    course: str
    suspended_since: date | None
    suspensions: tuple[tuple[date, date | None], ...]
    exited_on: date | None
    phased: bool
    pledged: tuple[Pledged, ...]


def read(entries: Iterable[Mapping[str, Any]]) -> Course:
    """What the entries of one project, all held true at once, come to.

    Of the phases the earliest day counts. To an end of ENDS the project has come on the day said of the
    whole; else once every phase that was begun has, on the latest of their days. Turns are those of the
    whole: a phase that is suspended does not suspend the project.
    """
    actual: dict[str, dict[int, date]] = {}
    planned: dict[str, dict[int, date]] = {}
    recognised: list[date] = []
    turns: dict[str, dict[int, date]] = {}
    for each in entries:
        day, stage = date.fromisoformat(each["on"]), each["stage"]
        if stage in TURNS:
            if each["phase"] == WHOLE:
                turns.setdefault(stage, {})[each["turn"]] = day
        elif each["kind"] == PLANNED:
            planned.setdefault(stage, {})[each["phase"]] = day
        elif each["kind"] == RECOGNISED:
            recognised.append(day)
        elif each["kind"] == ACTUAL:
            actual.setdefault(stage, {})[each["phase"]] = day
    came = {stage: _came(stage, actual) for stage in actual if stage != "on_target"}
    dates = {stage: day for stage, day in came.items() if day is not None}
    if recognised:
        dates["recognised"] = min(recognised)
    exited = min(turns.get(EXITED, {}).values(), default=None)
    pauses = _suspensions(turns.get(SUSPENDED, {}), turns.get(RESUMED, {}))
    stopped = bool(pauses) and pauses[-1][1] is None and exited is None
    since = pauses[-1][0] if stopped else None
    return Course(
        dates={stage: day for stage, day in dates.items() if stage not in EARLY[:2]},
        planned={stage: _planned(stage, by_phase) for stage, by_phase in planned.items()},
        course=EXITED if exited else SUSPENDED if since else GOING,
        suspended_since=since,
        suspensions=pauses,
        exited_on=exited,
        phased=any(phase != WHOLE for stage in ENDS for phase in actual.get(stage, ())),
        pledged=tuple(pledged(actual, dates)),
    )


def _came(stage: str, actual: Mapping[str, Mapping[int, date]]) -> date | None:
    by_phase = actual[stage]
    if stage not in ENDS:
        return min(by_phase.values())
    if WHOLE in by_phase:
        return by_phase[WHOLE]
    begun = {
        phase for each, phases in actual.items() if each not in EARLY for phase in phases if phase
    }
    return max(by_phase.values()) if begun <= by_phase.keys() else None


def _planned(stage: str, by_phase: Mapping[int, date]) -> date:
    """The day said of the whole; else the earliest of its phases, the latest for what ends with all."""
    if WHOLE in by_phase:
        return by_phase[WHOLE]
    return (max if stage in ENDS else min)(by_phase.values())


def _suspensions(
    stopped: Mapping[int, date], resumed: Mapping[int, date]
) -> tuple[tuple[date, date | None], ...]:
    """Each suspension with the resumption of the same turn, in order of turns."""
    return tuple((stopped[turn], resumed.get(turn)) for turn in sorted(stopped))
