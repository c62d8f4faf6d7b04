"""When a project will be in production, and why one thinks so. Pure.

From the stage that it reached last, each step that is left takes as long as it took the district's projects
of its kind and size at the median, and what has not happened by today happens today at the earliest. The
path of approvals may hold a start back. Nothing else is guessed: where no pace is known, the plan counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.foundation.reasons import Reason

STEPS = ("signed", "filed", "land", "started", "completed", "production")
PRODUCTION, STARTED = "production", "started"
Paces = Mapping[tuple[str, str], tuple[int, int]]
"""(stage, later stage) → (days at the median, of how many projects)."""


@dataclass(frozen=True, slots=True)
class Course:
    """A project as far as a forecast needs it: actual and planned days by stage, and where it stands still.

    `approved_on` is when the path of approvals before the start ends, where that is known.
    """

    dates: Mapping[str, date]
    planned: Mapping[str, date]
    suspended: bool = False
    exited: bool = False
    approved_on: date | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """`on` is None where nothing can be said; `late_days` how much later than planned it is, if planned."""

    on: date | None
    actual: bool
    planned: date | None
    late_days: int | None
    reasons: tuple[Reason, ...]


def forecast(course: Course, paces: Paces, today: date) -> Forecast:
    """The day of production, with a reason for each step."""
    planned = course.planned.get(PRODUCTION)
    if PRODUCTION in course.dates:
        return _made(course.dates[PRODUCTION], planned, (Reason("forecast.reached"),), actual=True)
    if course.exited:
        return Forecast(None, False, planned, None, (Reason("forecast.exited"),))
    reached = [stage for stage in STEPS if stage in course.dates]
    if not reached:
        return _as_planned(planned, today, (Reason("forecast.not_signed"),))
    on, reasons = _walk(course, paces, reached[-1], today)
    if course.suspended:
        reasons.append(Reason("forecast.suspended"))
    if on is None:
        return _as_planned(planned, today, tuple(reasons))
    return _made(on, planned, tuple(reasons))


def _walk(course: Course, paces: Paces, last: str, today: date) -> tuple[date | None, list[Reason]]:
    at, here, reasons = course.dates[last], last, [_begun(course, last)]
    for stage in STEPS[STEPS.index(last) + 1 :]:
        pace = paces.get((here, stage))
        if pace is None:
            continue  # a stage that projects like this one skip
        days, count = pace
        at = at + timedelta(days=days)
        reasons.append(
            Reason("forecast.step", {"from": here, "to": stage, "days": days, "count": count})
        )
        if at < today:
            reasons.append(Reason("forecast.overdue", {"to": stage, "days": (today - at).days}))
            at = today
        if stage == STARTED and course.approved_on and course.approved_on > at:
            slack = {"days": (course.approved_on - at).days, "on": course.approved_on.isoformat()}
            reasons.append(Reason("forecast.approvals", slack))
            at = course.approved_on
        here = stage
    if here != PRODUCTION:
        return None, [*reasons, Reason("forecast.no_pace")]
    return at, reasons


def _begun(course: Course, stage: str) -> Reason:
    return Reason("forecast.since", {"stage": stage, "on": course.dates[stage].isoformat()})


def _as_planned(planned: date | None, today: date, reasons: tuple[Reason, ...]) -> Forecast:
    """A plan that has passed is no better than today."""
    if planned is None:
        return Forecast(None, False, None, None, reasons)
    return _made(max(planned, today), planned, reasons)


def _made(
    on: date, planned: date | None, reasons: tuple[Reason, ...], actual: bool = False
) -> Forecast:
    return Forecast(on, actual, planned, (on - planned).days if planned else None, reasons)
