"""When a project will produce: the pace of its like, what has not happened yet, the path of approvals."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.projects.forecasts.forecast import STEPS, Course, forecast

TODAY = date(2026, 11, 24)
PACES = {
    ("signed", "filed"): (30, 40),
    ("filed", "land"): (60, 30),
    ("land", "started"): (45, 25),
    ("started", "completed"): (300, 20),
    ("completed", "production"): (60, 12),
}


def day(text: str) -> date:
    return date.fromisoformat(text)


def codes(found):
    return [reason.code for reason in found.reasons]


def test_what_was_reached_is_no_guess():
    course = Course({"production": day("2026-05-01")}, {"production": day("2026-04-01")})
    found = forecast(course, PACES, TODAY)
    assert (found.on, found.actual, found.late_days) == (day("2026-05-01"), True, 30)
    assert codes(found) == ["forecast.reached"]


def test_each_step_takes_as_long_as_its_like_took():
    course = Course({"started": day("2026-10-01")}, {"production": day("2027-09-01")})
    found = forecast(course, PACES, TODAY)
    assert found.on == day("2026-10-01") + timedelta(days=360)
    assert found.late_days == (found.on - day("2027-09-01")).days
    assert codes(found) == ["forecast.since", "forecast.step", "forecast.step"]
    assert found.reasons[1].params == {
        "from": "started",
        "to": "completed",
        "days": 300,
        "count": 20,
    }


def test_what_has_not_happened_happens_today_at_the_earliest():
    course = Course({"completed": day("2026-01-01")}, {})
    found = forecast(course, PACES, TODAY)
    assert found.on == TODAY
    assert codes(found)[-1] == "forecast.overdue"
    assert found.reasons[-1].params["days"] == (TODAY - day("2026-03-02")).days


def test_the_path_of_approvals_holds_a_start_back():
    dates = {"land": day("2026-11-01")}
    free = forecast(Course(dates, {}), PACES, TODAY)
    held = forecast(Course(dates, {}, approved_on=day("2027-02-01")), PACES, TODAY)
    assert held.on - free.on == day("2027-02-01") - day("2026-12-16")
    assert "forecast.approvals" in codes(held)


def test_a_stage_that_its_like_skip_is_skipped():
    paces = {
        ("filed", "started"): (50, 9),
        ("started", "completed"): (10, 9),
        ("completed", "production"): (1, 9),
    }
    found = forecast(Course({"filed": day("2026-11-20")}, {}), paces, TODAY)
    assert found.on == day("2026-11-20") + timedelta(days=61)


@pytest.mark.parametrize(
    ("course", "on", "code"),
    [
        (Course({}, {"production": day("2028-01-01")}), "2028-01-01", "forecast.not_signed"),
        (Course({"signed": day("2020-01-01")}, {}, exited=True), None, "forecast.exited"),
        (Course({}, {}), None, "forecast.not_signed"),
    ],
)
def test_where_nothing_can_be_said_the_plan_is_told(course, on, code):
    found = forecast(course, PACES, TODAY)
    assert (found.on and found.on.isoformat(), codes(found)) == (on, [code])


def test_without_a_pace_the_plan_counts():
    found = forecast(
        Course({"signed": TODAY}, {"production": day("2028-01-01")}, suspended=True), {}, TODAY
    )
    assert found.on == day("2028-01-01")
    assert codes(found) == ["forecast.since", "forecast.no_pace", "forecast.suspended"]


def test_a_plan_that_has_passed_is_no_better_than_today():
    found = forecast(
        Course({"signed": day("2025-01-01")}, {"production": day("2026-10-25")}), {}, TODAY
    )
    assert (found.on, found.late_days) == (TODAY, 30)


REACHED = st.dictionaries(
    st.sampled_from(STEPS[:-1]), st.dates(date(2020, 1, 1), TODAY), min_size=1
)


@settings(max_examples=60)
@given(REACHED, st.integers(0, 400))
def test_a_later_path_never_makes_it_earlier_and_nothing_lies_in_the_past(dates, more):
    free = forecast(Course(dates, {}), PACES, TODAY)
    held = forecast(Course(dates, {}, approved_on=TODAY + timedelta(days=more)), PACES, TODAY)
    assert free.on is not None
    assert held.on is not None
    assert TODAY <= free.on <= held.on
