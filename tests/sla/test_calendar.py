from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sla.calendar import WorkingCalendar, china
from tests.sla.days import CALENDAR, HOURS, SHANGHAI, at, day

WORKDAY_VECTORS = [
    ("2026-09-24", 3, "2026-09-30"),
    ("2026-09-24", 4, "2026-10-08"),
    ("2026-09-24", 6, "2026-10-10"),
    ("2026-02-13", 1, "2026-02-14"),
    ("2026-02-13", 2, "2026-02-24"),
    ("2026-04-30", 1, "2026-05-06"),
    ("2025-12-31", 1, "2026-01-04"),
    ("2026-09-18", 1, "2026-09-20"),
    ("2026-11-23", 5, "2026-11-30"),
]
DATES = st.dates(date(2025, 1, 1), date(2027, 12, 31))
OFFSETS = st.timezones() | st.just(UTC)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=OFFSETS)  # noqa: DTZ001
COUNTS = st.integers(1, 60)
MINUTES = st.integers(0, 5000)


@pytest.mark.parametrize(("start", "n", "end"), WORKDAY_VECTORS)
def test_working_days_follow_the_published_notice(start: str, n: int, end: str) -> None:
    assert CALENDAR.add_working_days(day(start), n) == day(end)
    assert CALENDAR.working_days_between(day(start), day(end)) == n
    assert CALENDAR.deadline(at(f"{start}T23:59"), n) == at(f"{end}T17:30")


@pytest.mark.parametrize(
    ("which", "worked"),
    [
        ("2025-01-26", True),  # a Sunday made up for Spring Festival
        ("2025-02-04", False),
        ("2025-09-28", True),
        ("2025-10-08", False),
        ("2026-01-02", False),
        ("2026-01-04", True),
        ("2026-02-23", False),
        ("2026-02-28", True),
        ("2026-04-06", False),  # Qingming fell on a Sunday
        ("2026-10-03", False),  # a holiday that is a Saturday as well
        ("2026-10-10", True),
        ("2026-11-28", False),
        ("2026-11-30", True),
    ],
)
def test_which_days_are_worked(which: str, worked: bool) -> None:
    assert CALENDAR.is_working_day(day(which)) is worked


def test_days_that_are_skipped_are_named() -> None:
    assert CALENDAR.skipped(day("2026-09-24"), day("2026-10-10")) == (
        (day("2026-09-25"), "mid_autumn"),
        (day("2026-09-26"), "weekend"),
        (day("2026-09-27"), "weekend"),
        (day("2026-10-01"), "national_day"),
        (day("2026-10-02"), "national_day"),
        (day("2026-10-03"), "national_day"),
        (day("2026-10-04"), "weekend"),
        (day("2026-10-05"), "national_day"),
        (day("2026-10-06"), "national_day"),  # rest day made up on 20 September
        (day("2026-10-07"), "national_day"),
    )
    assert CALENDAR.made_up(day("2026-09-24"), day("2026-10-10")) == (day("2026-10-10"),)
    assert CALENDAR.skipped(day("2026-01-01"), day("2026-01-02"))[0][1] == "new_year"


def test_the_start_day_counts_by_its_local_date() -> None:
    # 17:00 UTC on the 23rd is the 24th in Shanghai.
    assert CALENDAR.deadline(at("2026-11-23T17:00+00:00"), 1) == at("2026-11-25T17:30")
    assert CALENDAR.deadline(at("2026-11-23T15:00+00:00"), 1) == at("2026-11-24T17:30")


def test_days_back_and_none() -> None:
    assert CALENDAR.add_working_days(day("2026-10-08"), -1) == day("2026-09-30")
    assert CALENDAR.add_working_days(day("2026-11-27"), 0) == day("2026-11-27")
    assert CALENDAR.add_working_days(day("2026-11-28"), 0) == day("2026-11-30")


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-23T09:00", 30, "2026-11-23T09:30"),
        ("2026-11-23T11:30", 30, "2026-11-23T12:00"),  # the close of the morning, not its reopening
        ("2026-11-23T11:30", 31, "2026-11-23T14:01"),
        ("2026-11-23T13:00", 1, "2026-11-23T14:01"),
        ("2026-11-23T17:29", 2, "2026-11-24T08:31"),
        ("2026-11-27T18:00", 0, "2026-11-30T08:30"),
        ("2026-11-27T17:30", 0, "2026-11-27T17:30"),
        ("2026-09-30T17:00", 31, "2026-10-08T08:31"),
        ("2026-10-09T17:00", 31, "2026-10-10T08:31"),  # a Saturday that is worked
        ("2026-11-23T09:00:30", 1, "2026-11-23T09:01:30"),
    ],
)
def test_working_minutes_are_those_of_office_hours(start: str, minutes: int, end: str) -> None:
    assert CALENDAR.add_working_minutes(at(start), minutes) == at(end)
    assert CALENDAR.working_minutes(at(start), at(end)) == minutes


def test_later_years_are_provisional() -> None:
    assert not CALENDAR.is_provisional(day("2026-12-31"))
    assert CALENDAR.is_provisional(day("2027-01-01"))


def test_a_district_changes_its_own_days() -> None:
    own = china(
        [2026],
        zone=SHANGHAI,
        office_hours=HOURS,
        published_through=2026,
        days_off=[day("2026-10-10"), day("2026-11-25")],
        working_days=[day("2026-10-07"), day("2026-11-28")],
    )
    assert [own.is_working_day(day(f"2026-{each}")) for each in ("10-10", "11-25")] == [False] * 2
    assert [own.is_working_day(day(f"2026-{each}")) for each in ("10-07", "11-28")] == [True] * 2
    assert own.skipped(day("2026-11-24"), day("2026-11-25")) == ((day("2026-11-25"), "day_off"),)
    # The holiday that is worked is no gap in it: the day off after it belongs to nothing.
    assert own.skipped(day("2026-10-05"), day("2026-10-08")) == (
        (day("2026-10-06"), "national_day"),
    )
    with pytest.raises(ValueError, match="2026-11-25"):
        china(
            [2026],
            zone=SHANGHAI,
            office_hours=HOURS,
            published_through=2026,
            days_off=[day("2026-11-25")],
            working_days=[day("2026-11-25")],
        )


def test_a_day_off_that_prolongs_a_festival_goes_by_its_name() -> None:
    """As when a year's notice is entered before the library knows it."""
    stated = [day("2027-02-11"), day("2027-10-06"), day("2027-10-07"), day("2027-10-12")]
    own = china(
        [2027],
        zone=SHANGHAI,
        office_hours=HOURS,
        published_through=2027,
        days_off=stated,
        working_days=[day("2027-10-09")],
    )
    assert [dict(own.skipped(day("2027-01-01"), day("2027-12-31")))[each] for each in stated] == [
        "spring_festival",
        "national_day",
        "national_day",
        "day_off",
    ]
    assert own.made_up(day("2027-01-01"), day("2027-12-31")) == (day("2027-10-09"),)


@pytest.mark.parametrize(
    "hours",
    [
        (),
        ((time(12), time(8)),),
        ((time(8), time(12)), (time(11), time(17))),
        ((time(8), time(12)), (time(12), time(17))),
        ((time(8, 30, 1), time(12)),),
    ],
)
def test_odd_office_hours_are_refused(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="office hours"):
        WorkingCalendar(SHANGHAI, hours, frozenset(), frozenset(), 2026)


def test_what_means_nothing_is_refused() -> None:
    naive = datetime(2026, 11, 23, 9)  # noqa: DTZ001
    with pytest.raises(ValueError, match="offset"):
        CALENDAR.deadline(naive, 1)
    with pytest.raises(ValueError, match="offset"):
        CALENDAR.working_minutes(naive, naive)
    with pytest.raises(ValueError, match="at least one"):
        CALENDAR.deadline(at("2026-11-23T09:00"), 0)
    with pytest.raises(ValueError, match="-1"):
        CALENDAR.add_working_minutes(at("2026-11-23T09:00"), -1)


def test_hours_are_real_ones_where_clocks_change() -> None:
    berlin = WorkingCalendar(
        ZoneInfo("Europe/Berlin"),
        ((time(1), time(5)),),
        frozenset(),
        frozenset([day("2026-03-29")]),
        2026,
    )
    # That Sunday has no 02:00 to 03:00.
    start, end = at("2026-03-29T01:00+01:00"), at("2026-03-29T05:00+02:00")
    assert berlin.working_minutes(start, end) == 180
    assert berlin.add_working_minutes(start, 180) == end


@given(DATES, COUNTS, COUNTS)
def test_more_days_are_later_and_parts_add_up(start: date, n: int, more: int) -> None:
    end = CALENDAR.add_working_days(start, n)
    assert CALENDAR.is_working_day(end)
    assert end < CALENDAR.add_working_days(start, n + 1)
    assert CALENDAR.add_working_days(end, more) == CALENDAR.add_working_days(start, n + more)
    assert CALENDAR.working_days_between(start, end) == n
    assert len(CALENDAR.skipped(start, end)) + n == (end - start).days


@given(DATES, DATES, COUNTS)
def test_a_later_start_is_never_due_earlier(one: date, other: date, n: int) -> None:
    first, second = sorted((one, other))
    assert CALENDAR.add_working_days(first, n) <= CALENDAR.add_working_days(second, n)


@given(MOMENTS, COUNTS)
def test_a_deadline_is_the_close_of_a_working_day_after_the_start(start: datetime, n: int) -> None:
    due = CALENDAR.deadline(start, n)
    assert CALENDAR.is_working_day(due.date())
    assert due.timetz() == time(17, 30, tzinfo=SHANGHAI)
    assert due > start
    assert due == CALENDAR.deadline(start.astimezone(UTC), n)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_working_minutes_add_up(a: datetime, b: datetime, c: datetime) -> None:
    minutes = CALENDAR.working_minutes
    assert minutes(a, b) + minutes(b, c) == minutes(a, c)
    assert minutes(a, b) == -minutes(b, a)


@given(MOMENTS, MINUTES, MINUTES)
def test_a_pause_moves_the_end_by_its_length(start: datetime, minutes: int, pause: int) -> None:
    end = CALENDAR.add_working_minutes(start, minutes)
    assert CALENDAR.working_minutes(start, end) == minutes
    assert CALENDAR.is_working_day(end.date())
    assert end >= start
    later = CALENDAR.add_working_minutes(end, pause)
    assert later == CALENDAR.add_working_minutes(start, minutes + pause)
    assert end - later <= timedelta()
