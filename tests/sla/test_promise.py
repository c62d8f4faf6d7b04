"""What is promised, why, and how pauses and extensions move it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from string import Formatter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.foundation.messages import DEFAULT, catalogue, say
from app.sla.calendar import DAY_OFF, FESTIVALS, WEEKEND
from app.sla.promise import (
    Course,
    Extension,
    Pause,
    Promise,
    Terms,
    course_of,
    course_row,
    elapsed_minutes,
    paused,
    promise,
    remaining_minutes,
)
from tests.sla.days import CALENDAR, DAYS, MOMENTS, SHANGHAI, TERMS, at, courses, later, pauses

NORMAL = Terms(accept_wd=1, reply_wd=3, resolve_wd=6)
URGENT = Terms(accept_hours=1, reply_hours=24, resolve_hours=72)
# A Monday in a month without holidays.
MONDAY = at("2026-11-09T10:00")


def made(
    start: datetime, terms: Terms, *pauses: Pause, extensions: tuple[int, ...] = ()
) -> Promise:
    granted = tuple(Extension(days) for days in extensions)
    return promise(Course(start, terms, pauses, granted), CALENDAR)


def pause(since: str, until: str | None) -> Pause:
    return Pause(at(since), at(until) if until else None)


def words(of: Promise, language: str = DEFAULT) -> list[str]:
    return [say(each.code, language, **each.params) for each in of.why]


def test_a_promise_over_the_autumn_holidays() -> None:
    found = made(at("2026-09-24T10:00"), NORMAL)
    assert found.accept_by == at("2026-09-28T17:30")
    assert found.reply_by == at("2026-09-30T17:30")
    assert found.resolve_by == at("2026-10-10T17:30")
    assert found.resolve_by.tzinfo is SHANGHAI
    assert not found.provisional
    assert words(found) == [
        "自派单时间 2026-09-24 10:00 起算，派单当日不计入（《民法典》第二百零一条）",
        "受理时限 1 个工作日，至 2026-09-28 17:30",
        "答复时限 3 个工作日，至 2026-09-30 17:30",
        "办结时限 6 个工作日，至 2026-10-10 17:30",
        "期间中秋节放假 1 天不计入（2026-09-25）",
        "期间周末 3 天不计入",
        "期间国庆节放假 6 天不计入（2026-10-01 – 2026-10-07）",
        "2026-10-10 为调休上班日，计入工作日",
    ]
    weekend = next(each for each in found.why if each.code == "sla.skipped.weekend")
    assert weekend.params["dates"] == ["2026-09-26", "2026-09-27", "2026-10-04"]


@pytest.mark.parametrize(
    ("start", "terms", "due"),
    [
        # Dispatched at the last minute, or on a day off: the first day is the next working day.
        ("2026-11-27T23:59", (1, 1, 1), ("11-30T17:30", "11-30T17:30", "11-30T17:30")),
        ("2026-11-28T09:00", (1, 1, 2), ("11-30T17:30", "11-30T17:30", "12-01T17:30")),
        ("2026-09-30T17:31", (1, 1, 3), ("10-08T17:30", "10-08T17:30", "10-10T17:30")),
        ("2026-02-13T09:00", (1, 2, 6), ("02-14T17:30", "02-24T17:30", "02-28T17:30")),
    ],
)
def test_the_start_day_is_not_counted(
    start: str, terms: tuple[int, int, int], due: tuple[str, ...]
) -> None:
    accept, reply, resolve = terms
    found = made(at(start), Terms(accept_wd=accept, reply_wd=reply, resolve_wd=resolve))
    times = (found.accept_by, found.reply_by, found.resolve_by)
    assert times == tuple(at(f"2026-{each}") for each in due)


def test_urgent_matters_run_on_the_wall_clock() -> None:
    # Saturday night, written in UTC, and over National Day besides.
    found = made(at("2026-10-03T15:30+00:00"), URGENT)
    assert found.accept_by == at("2026-10-04T00:30")
    assert found.reply_by == at("2026-10-04T23:30")
    assert found.resolve_by == at("2026-10-06T23:30")
    assert words(found) == [
        "自派单时间 2026-10-03 23:30 起算，节假日和夜间照计",
        "紧急事项，受理时限 1 小时，按自然时间连续计算，至 2026-10-04 00:30",
        "紧急事项，答复时限 24 小时，按自然时间连续计算，至 2026-10-04 23:30",
        "紧急事项，办结时限 72 小时，按自然时间连续计算，至 2026-10-06 23:30",
    ]


def test_a_promise_into_an_unpublished_year_is_provisional() -> None:
    found = made(at("2026-12-30T09:00"), NORMAL)
    assert found.provisional
    assert words(found)[-1] == "暂定：2027 年放假安排尚未公布，公布后重新计算"
    assert "sla.skipped.new_year" in [each.code for each in found.why]
    # What the wall counts no notice changes.
    assert not made(at("2026-12-30T09:00"), URGENT).provisional


def test_an_extension_makes_a_promise_provisional_too() -> None:
    assert not made(at("2026-12-10T09:00"), NORMAL).provisional
    assert made(at("2026-12-10T09:00"), NORMAL, extensions=(10,)).provisional


def test_a_pause_moves_the_end_by_the_office_hours_in_it() -> None:
    # Friday 16:00 to Monday 09:00: an hour and a half, and half an hour.
    found = made(MONDAY, NORMAL, pause("2026-11-13T16:00", "2026-11-16T09:00"))
    assert found.accept_by == at("2026-11-10T17:30")
    assert found.reply_by == at("2026-11-12T17:30")  # due before the pause
    assert found.resolve_by == at("2026-11-18T10:30")
    assert words(found)[4:] == [
        "2026-11-13 16:00 至 2026-11-16 09:00 挂起，期间办公时间 2 小时 0 分钟不计入",
        "因挂起，办结时限顺延至 2026-11-18 10:30",
        "期间周末 2 天不计入",
    ]


def test_a_pause_that_began_before_the_reply_moves_it_too() -> None:
    found = made(MONDAY, NORMAL, pause("2026-11-10T09:00", "2026-11-11T09:00"))
    assert found.accept_by == at("2026-11-10T17:30")
    assert found.reply_by == at("2026-11-13T17:30")
    assert found.resolve_by == at("2026-11-18T17:30")
    assert words(found)[4:7] == [
        "2026-11-10 09:00 至 2026-11-11 09:00 挂起，期间办公时间 7 小时 0 分钟不计入",
        "因挂起，答复时限顺延至 2026-11-13 17:30",
        "因挂起，办结时限顺延至 2026-11-18 17:30",
    ]


def test_a_second_pause_may_begin_in_the_time_that_the_first_one_gave() -> None:
    first = pause("2026-11-12T14:00", "2026-11-13T14:00")
    second = pause("2026-11-13T15:00", "2026-11-13T16:00")
    # The reply was due on the 12th at 17:30, then on the 13th; the second pause moves that.
    assert made(MONDAY, NORMAL, second).reply_by == at("2026-11-12T17:30")
    assert made(MONDAY, NORMAL, first, second).reply_by == at("2026-11-16T09:30")
    assert made(MONDAY, NORMAL, second, first) == made(MONDAY, NORMAL, first, second)


def test_a_pause_at_night_or_over_a_holiday_adds_nothing() -> None:
    for since, until in (("11-09T18:00", "11-10T08:00"), ("11-14T00:00", "11-15T23:00")):
        found = made(MONDAY, NORMAL, pause(f"2026-{since}", f"2026-{until}"))
        assert found.resolve_by == at("2026-11-17T17:30")
        assert words(found)[4].endswith("期间办公时间 0 小时 0 分钟不计入")


def test_a_pause_begun_after_the_end_adds_nothing() -> None:
    found = made(MONDAY, NORMAL, pause("2026-11-18T09:00", "2026-11-20T09:00"))
    assert found.resolve_by == at("2026-11-17T17:30")
    assert words(found)[4] == (
        "2026-11-18 09:00 至 2026-11-20 09:00 挂起，开始时办结时限已过，不顺延"
    )


def test_time_is_stopped_once_and_from_the_start_on_only() -> None:
    whole = made(MONDAY, NORMAL, pause("2026-11-11T09:00", "2026-11-13T09:00"))
    parts = (
        pause("2026-11-11T09:00", "2026-11-12T16:00"),
        pause("2026-11-11T15:00", "2026-11-13T09:00"),
        pause("2026-11-12T09:00", "2026-11-12T10:00"),
    )
    assert made(MONDAY, NORMAL, *parts) == whole
    before = pause("2026-11-06T09:00", "2026-11-09T11:00")
    assert made(MONDAY, NORMAL, before).resolve_by == at("2026-11-18T09:30")
    gone = pause("2026-11-05T09:00", "2026-11-06T09:00")
    assert made(MONDAY, NORMAL, gone) == made(MONDAY, NORMAL)


def test_an_open_pause_adds_nothing_yet() -> None:
    stopped = Course(MONDAY, NORMAL, (pause("2026-11-10T09:00", None),))
    found = promise(stopped, CALENDAR)
    assert found.resolve_by == made(MONDAY, NORMAL).resolve_by
    assert words(found)[4] == "自 2026-11-10 09:00 起挂起，恢复办理后顺延"
    assert paused(stopped)
    assert not paused(Course(MONDAY, NORMAL, (pause("2026-11-10T09:00", "2026-11-10T10:00"),)))
    assert not paused(Course(MONDAY, NORMAL))


def test_an_extension_adds_working_days_to_the_solution() -> None:
    found = made(MONDAY, NORMAL, extensions=(3, 5))
    assert (found.accept_by, found.reply_by) == (at("2026-11-10T17:30"), at("2026-11-12T17:30"))
    assert found.resolve_by == at("2026-11-27T17:30")
    assert words(found)[4:] == [
        "经批准延期 3 个工作日，办结时限至 2026-11-20 17:30",
        "经批准延期 5 个工作日，办结时限至 2026-11-27 17:30",
        "期间周末 4 天不计入",
    ]


def test_an_extension_counts_before_a_pause_whichever_came_first() -> None:
    late = pause("2026-11-18T09:00", "2026-11-18T10:00")
    assert made(MONDAY, NORMAL, late).resolve_by == at("2026-11-17T17:30")
    assert made(MONDAY, NORMAL, late, extensions=(2,)).resolve_by == at("2026-11-20T09:30")


def test_urgent_pauses_and_extensions_are_the_walls() -> None:
    night = pause("2026-11-09T22:00", "2026-11-10T04:30")
    found = made(MONDAY, URGENT, night, extensions=(1,))
    assert found.accept_by == at("2026-11-09T11:00")
    assert found.reply_by == at("2026-11-10T16:30")
    assert found.resolve_by == at("2026-11-13T16:30")
    assert words(found)[4:] == [
        "经批准延期 24 小时，办结时限至 2026-11-13 10:00",
        "2026-11-09 22:00 至 2026-11-10 04:30 挂起，期间 6 小时 30 分钟不计入",
        "因挂起，答复时限顺延至 2026-11-10 16:30",
        "因挂起，办结时限顺延至 2026-11-13 16:30",
    ]


@pytest.mark.parametrize(
    ("by", "now", "wall", "left"),
    [
        ("2026-11-10T17:30", "2026-11-10T16:00", False, 90),
        ("2026-11-10T17:30", "2026-11-09T16:00", False, 90 + 420),
        ("2026-11-10T17:30", "2026-11-11T09:00", False, -30),
        ("2026-11-10T17:30", "2026-11-10T22:00", False, 0),
        ("2026-11-10T17:30", "2026-11-09T16:00", True, 25 * 60 + 30),
        ("2026-11-10T17:30", "2026-11-11T09:00", True, -(15 * 60 + 30)),
        ("2026-11-10T17:30", "2026-11-10T17:29:59", True, 1),
    ],
)
def test_what_is_left(by: str, now: str, wall: bool, left: int) -> None:
    assert remaining_minutes(at(by), at(now), wall, CALENDAR) == left


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"accept_wd": 1, "reply_wd": 3},
        {"reply_wd": 3, "resolve_wd": 6},
        {"accept_hours": 1, "reply_wd": 3, "resolve_wd": 6},
        {"accept_wd": 1, "accept_hours": 1, "reply_wd": 3, "resolve_wd": 6},
        {"accept_wd": 1, "reply_wd": 3, "resolve_wd": 6, "resolve_hours": 6},
        {"accept_hours": 1, "reply_hours": 24},
        {"accept_wd": 0, "reply_wd": 1, "resolve_wd": 1},
        {"accept_hours": 1, "reply_hours": 0, "resolve_hours": 1},
        {"accept_wd": 1, "reply_wd": 3, "resolve_wd": 2},
    ],
)
def test_terms_that_cannot_be_kept_are_refused(given: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"terms|solution"):
        Terms(**given)


def test_what_means_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        made(datetime(2026, 11, 23, 9), NORMAL)  # noqa: DTZ001
    with pytest.raises(ValueError, match="before it begins"):
        pause("2026-11-10T09:00", "2026-11-10T08:59")
    with pytest.raises(ValueError, match="at least one"):
        Extension(0)


def test_what_a_ledger_keeps_beside_is_not_the_clocks() -> None:
    course = Course(MONDAY, NORMAL, (pause("2026-11-10T09:00", None),), (Extension(2),))
    row = course_row(course)
    row["pauses"][0] |= {"by": "somebody", "why": "asked"}
    row["extensions"][0] |= {"by": "somebody"}
    assert course_of(row) == course


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", [WEEKEND, DAY_OFF, *(code for _, code in FESTIVALS)])
def test_every_day_off_has_its_words(code: str, language: str) -> None:
    assert f"sla.skipped.{code}" in catalogue(language)
    params = {"count": 2, "span": "2026-10-01", "dates": []}
    assert say(f"sla.skipped.{code}", language, **params)


@given(courses())
def test_a_promise_keeps_its_order_and_has_words(course: Course) -> None:
    found = promise(course, CALENDAR)
    assert course.start < found.accept_by
    assert course.start < found.reply_by <= found.resolve_by
    moved = replace(course, start=course.start.astimezone(UTC))
    assert promise(moved, CALENDAR) == found
    for language in ("zh", "en"):
        assert all(words(found, language))
        assert all(each.code in catalogue(language) for each in found.why)


@given(courses())
def test_a_stored_course_is_the_same(course: Course) -> None:
    assert course_of(course_row(course)) == course


@given(courses(DAYS))
def test_nothing_is_due_outside_office_hours_unless_the_wall_counts(course: Course) -> None:
    found = promise(course, CALENDAR)
    for due in (found.accept_by, found.reply_by, found.resolve_by):
        assert CALENDAR.is_working_day(due.date())
        assert any(opens <= due.time() <= closes for opens, closes in CALENDAR.office_hours)


@given(st.data(), MOMENTS, MOMENTS, TERMS)
def test_dispatched_later_is_never_due_earlier(
    data: st.DataObject, one: datetime, other: datetime, terms: Terms
) -> None:
    first, second = sorted((one, other))
    assume(second - first < timedelta(days=60))
    stopped = data.draw(pauses(second))
    early, late = (promise(Course(each, terms, stopped), CALENDAR) for each in (first, second))
    assert early.accept_by <= late.accept_by
    assert early.reply_by <= late.reply_by
    assert early.resolve_by <= late.resolve_by


@given(courses(DAYS), st.integers(1, 20))
def test_more_days_are_due_later(course: Course, more: int) -> None:
    found = promise(course, CALENDAR)
    terms = replace(course.terms, resolve_wd=(course.terms.resolve_wd or 0) + more)
    given, granted = replace(course, terms=terms), (*course.extensions, Extension(more))
    longer = promise(given, CALENDAR)
    assert longer.resolve_by > found.resolve_by
    assert longer.reply_by == found.reply_by
    # Days that are granted are worth those that were promised.
    assert promise(replace(course, extensions=granted), CALENDAR).resolve_by == longer.resolve_by


@given(st.data(), MOMENTS, TERMS, st.integers(0, 20_000))
def test_a_pause_moves_the_end_by_its_length(
    data: st.DataObject, start: datetime, terms: Terms, length: int
) -> None:
    plain = promise(Course(start, terms), CALENDAR)
    before = int((plain.resolve_by - start).total_seconds() // 60) - 1
    since = later(start, data.draw(st.integers(0, before)))
    stop = Pause(since, later(since, length))
    found = promise(Course(start, terms, (stop,)), CALENDAR)
    minutes = elapsed_minutes(since, later(since, length), terms.wall, CALENDAR)
    assert elapsed_minutes(plain.resolve_by, found.resolve_by, terms.wall, CALENDAR) == minutes
    by = minutes if since < plain.reply_by else 0
    assert elapsed_minutes(plain.reply_by, found.reply_by, terms.wall, CALENDAR) == by
    assert found.accept_by == plain.accept_by


@given(courses())
def test_the_order_in_which_things_were_given_does_not_matter(course: Course) -> None:
    backwards = replace(course, pauses=course.pauses[::-1], extensions=course.extensions[::-1])
    one, other = promise(course, CALENDAR), promise(backwards, CALENDAR)
    assert (one.reply_by, one.resolve_by) == (other.reply_by, other.resolve_by)
    in_order = replace(course, pauses=tuple(sorted(course.pauses, key=lambda each: each.since)))
    assert promise(in_order, CALENDAR) == one


@given(st.data(), MOMENTS, TERMS, st.integers(1, 20_000), st.integers(1, 10))
def test_extending_then_pausing_is_pausing_then_extending(
    data: st.DataObject, start: datetime, terms: Terms, length: int, days: int
) -> None:
    plain = promise(Course(start, terms), CALENDAR)
    before = int((plain.resolve_by - start).total_seconds() // 60) - 1
    since = later(start, data.draw(st.integers(0, before)))
    stops, granted = (Pause(since, later(since, length)),), (Extension(days),)

    def gained(course: Course) -> int:
        by = promise(course, CALENDAR).resolve_by
        return elapsed_minutes(plain.resolve_by, by, terms.wall, CALENDAR)

    both = gained(Course(start, terms, stops, granted))
    assert both == gained(Course(start, terms, stops)) + gained(Course(start, terms, (), granted))


def test_both_languages_have_the_same_texts_and_gaps() -> None:
    chinese, english = (
        {code: gaps(text) for code, text in catalogue(language).items() if code.startswith("sla.")}
        for language in ("zh", "en")
    )
    assert chinese == english


def gaps(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
