"""Rungs: when each is due, which comes next, and the hours in which nobody is told."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from hypothesis import given

from app.sla.ladder import Rung, Times, next_rung, quiet_until, rung_time
from app.sla.promise import Course, promise
from config import pack as packs
from tests.sla.days import CALENDAR, MOMENTS, SHANGHAI, at, courses

LADDER = packs.load(Path(packs.__file__).parent / "district").ladder
RUNGS = {rung.code: rung for rung in LADDER.rungs}
TIMES = Times(at("2026-11-10T17:30"), at("2026-11-12T17:30"), at("2026-11-17T17:30"))
QUIET = (time(21), time(8))


def climb(
    times: Times,
    rungs: tuple[Rung, ...] = LADDER.rungs,
    *,
    accepted: bool = False,
    replied: bool = False,
    wall: bool = False,
    climbed: frozenset[str] = frozenset(),
) -> list[tuple[str, datetime]]:
    """All rungs that are left, one after the other."""
    steps: list[tuple[str, datetime]] = []
    while found := next_rung(
        rungs,
        times,
        accepted=accepted,
        replied=replied,
        climbed=climbed,
        wall=wall,
        calendar=CALENDAR,
    ):
        due, rung = found
        steps.append((rung.code, due))
        climbed |= {rung.code}
        assert len(steps) <= len(rungs)
    return steps


def test_the_whole_ladder_of_the_district() -> None:
    assert climb(TIMES) == [
        ("accept_late", at("2026-11-10T17:30")),
        ("reply_late", at("2026-11-12T17:30")),
        ("yellow", at("2026-11-16T17:30")),
        ("red", at("2026-11-17T17:30")),
        ("supervision", at("2026-11-18T17:30")),
        ("leader", at("2026-11-20T17:30")),
    ]


def test_over_the_holidays() -> None:
    times = Times(at("2026-09-28T17:30"), at("2026-09-29T17:30"), at("2026-10-08T11:00"))
    assert climb(times, accepted=True, replied=True) == [
        ("yellow", at("2026-09-30T11:00")),
        ("red", at("2026-10-08T11:00")),
        ("supervision", at("2026-10-09T11:00")),
        ("leader", at("2026-10-12T11:00")),  # the 10th is a Saturday that is worked
    ]


def test_what_was_done_in_time_is_climbed_no_more() -> None:
    assert climb(TIMES, accepted=True)[0][0] == "reply_late"
    assert [code for code, _ in climb(TIMES, replied=True)][:2] == ["accept_late", "yellow"]
    assert climb(TIMES, accepted=True, replied=True)[0][0] == "yellow"
    every = frozenset(RUNGS)
    assert climb(TIMES, climbed=every) == []


def test_a_short_promise_climbs_in_the_order_of_time() -> None:
    """Yellow stands before the reply's rung where both are due on one day."""
    times = Times(at("2026-11-10T17:30"), at("2026-11-10T17:30"), at("2026-11-10T17:30"))
    assert [code for code, _ in climb(times)] == [
        "yellow",
        "accept_late",
        "reply_late",
        "red",
        "supervision",
        "leader",
    ]


def test_no_rung_is_climbed_after_one_that_stands_above_it() -> None:
    left = climb(TIMES, accepted=True, replied=True, climbed=frozenset({"red"}))
    assert [code for code, _ in left] == ["supervision", "leader"]


def test_no_rung_is_climbed_before_one_that_stands_below_it() -> None:
    """Even if a ladder were written down the wrong way round."""
    upside_down = (RUNGS["supervision"], RUNGS["yellow"], RUNGS["leader"])
    due = at("2026-11-18T17:30")
    expected = [("supervision", due), ("yellow", due), ("leader", at("2026-11-20T17:30"))]
    assert climb(TIMES, upside_down) == expected


def test_urgent_rungs_are_whole_days_of_the_wall_clock_apart() -> None:
    times = Times(at("2026-10-03T00:30"), at("2026-10-03T23:30"), at("2026-10-04T23:30"))
    assert climb(times, wall=True) == [
        ("accept_late", at("2026-10-03T00:30")),
        ("reply_late", at("2026-10-03T23:30")),
        ("yellow", at("2026-10-03T23:30")),
        ("red", at("2026-10-04T23:30")),
        ("supervision", at("2026-10-05T23:30")),
        ("leader", at("2026-10-07T23:30")),
    ]


@pytest.mark.parametrize(
    ("by", "due"),
    [
        ("2026-11-13T17:30", "2026-11-16T17:30"),
        ("2026-11-13T09:15", "2026-11-16T09:15"),
        ("2026-11-13T18:00", "2026-11-16T17:30"),
        ("2026-11-13T23:59", "2026-11-16T17:30"),
        ("2026-11-13T12:30", "2026-11-16T12:00"),
        ("2026-11-13T07:00", "2026-11-16T08:30"),
        ("2026-11-14T09:00", "2026-11-16T09:00"),
        ("2026-11-13T09:30+00:00", "2026-11-16T17:30"),
    ],
)
def test_a_rung_keeps_the_time_of_day_within_office_hours(by: str, due: str) -> None:
    times = Times(at(by), at(by), at(by))
    found = rung_time(RUNGS["supervision"], times, False, CALENDAR)
    assert found == at(due)
    assert found.tzinfo is SHANGHAI


@given(courses())
def test_walked_to_the_end_each_rung_comes_once_in_order_in_office_hours(course: Course) -> None:
    made, wall = promise(course, CALENDAR), course.terms.wall
    times = Times(made.accept_by, made.reply_by, made.resolve_by)
    steps = climb(times, wall=wall)
    assert sorted(code for code, _ in steps) == sorted(RUNGS)
    assert [due for _, due in steps] == sorted(due for _, due in steps)
    own = [code for code, _ in steps if RUNGS[code].clock == "resolve"]
    assert own == [code for code, rung in RUNGS.items() if rung.clock == "resolve"]
    for code, due in steps:
        assert due == rung_time(RUNGS[code], made, wall, CALENDAR)
        assert wall or CALENDAR.is_working_day(due.date())
        assert wall or any(a <= due.time() <= b for a, b in CALENDAR.office_hours)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-11-10T20:59:59", None),
        ("2026-11-10T21:00", "2026-11-11T08:00"),
        ("2026-11-10T23:59:59", "2026-11-11T08:00"),
        ("2026-11-11T00:00", "2026-11-11T08:00"),
        ("2026-11-11T07:59:59", "2026-11-11T08:00"),
        ("2026-11-11T08:00", None),
        ("2026-11-10T23:30+00:00", "2026-11-11T08:00"),
        ("2026-11-10T12:00", None),
    ],
)
def test_quiet_hours_over_midnight(moment: str, until: str | None) -> None:
    assert quiet_until(at(moment), QUIET, SHANGHAI) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-11-10T11:59", None),
        ("2026-11-10T12:00", "2026-11-10T14:00"),
        ("2026-11-10T13:59", "2026-11-10T14:00"),
        ("2026-11-10T14:00", None),
    ],
)
def test_quiet_hours_within_a_day(moment: str, until: str | None) -> None:
    found = quiet_until(at(moment), (time(12), time(14)), SHANGHAI)
    assert found == (at(until) if until else None)


@given(MOMENTS)
def test_after_the_quiet_hours_it_is_not_quiet(moment: datetime) -> None:
    until = quiet_until(moment, QUIET, SHANGHAI)
    if until is None:
        assert time(8) <= moment.astimezone(SHANGHAI).time() < time(21)
        return
    assert moment < until
    assert (until - moment.astimezone(UTC)).total_seconds() <= 11 * 3600
    assert quiet_until(until, QUIET, SHANGHAI) is None
