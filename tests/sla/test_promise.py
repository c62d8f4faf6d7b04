from datetime import UTC, datetime
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.messages import DEFAULT, catalogue, say
from app.sla.calendar import DAY_OFF, FESTIVALS, WEEKEND
from app.sla.promise import Promise, Terms, promise
from tests.sla.days import CALENDAR, SHANGHAI, at

NORMAL = Terms(accept_wd=1, accept_hours=None, reply_wd=3, resolve_wd=6)
URGENT = Terms(accept_wd=1, accept_hours=1, reply_wd=1, resolve_wd=6)
MOMENTS = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.timezones(),
)
TERMS = st.builds(
    lambda accept, hours, reply, more: Terms(accept, hours, reply, reply + more),
    st.integers(1, 10),
    st.none() | st.integers(1, 72),
    st.integers(1, 20),
    st.integers(0, 20),
)


def words(made: Promise, language: str = DEFAULT) -> list[str]:
    return [say(each.code, language, **each.params) for each in made.why]


def test_a_promise_over_the_autumn_holidays() -> None:
    made = promise(at("2026-09-24T10:00"), NORMAL, CALENDAR)
    assert made.accept_by == at("2026-09-28T17:30")
    assert made.reply_by == at("2026-09-30T17:30")
    assert made.resolve_by == at("2026-10-10T17:30")
    assert made.resolve_by.tzinfo is SHANGHAI
    assert not made.provisional
    assert words(made) == [
        "自派单时间 2026-09-24 10:00 起算，派单当日不计入（《民法典》第二百零一条）",
        "受理时限 1 个工作日，至 2026-09-28 17:30",
        "答复时限 3 个工作日，至 2026-09-30 17:30",
        "办结时限 6 个工作日，至 2026-10-10 17:30",
        "期间中秋节放假 1 天不计入（2026-09-25）",
        "期间周末 3 天不计入",
        "期间国庆节放假 6 天不计入（2026-10-01 – 2026-10-07）",
        "2026-10-10 为调休上班日，计入工作日",
    ]
    weekend = next(each for each in made.why if each.code == "sla.skipped.weekend")
    assert weekend.params["dates"] == ["2026-09-26", "2026-09-27", "2026-10-04"]


def test_urgent_acceptance_runs_on_the_wall_clock() -> None:
    # Saturday night, written in UTC.
    made = promise(at("2026-11-28T15:30+00:00"), URGENT, CALENDAR)
    assert made.accept_by == at("2026-11-29T00:30")
    assert made.reply_by == at("2026-11-30T17:30")
    assert "紧急事项，受理时限 1 小时，按自然时间连续计算，至 2026-11-29 00:30" in words(made)


def test_a_promise_into_an_unpublished_year_is_provisional() -> None:
    made = promise(at("2026-12-30T09:00"), NORMAL, CALENDAR)
    assert made.provisional
    assert words(made)[-1] == "暂定：2027 年放假安排尚未公布，公布后重新计算"
    assert "sla.skipped.new_year" in [each.code for each in made.why]


@pytest.mark.parametrize(
    "terms",
    [(None, None, 1, 1), (0, None, 1, 1), (1, 0, 1, 1), (1, None, 0, 1), (1, None, 3, 2)],
)
def test_terms_that_cannot_be_kept_are_refused(
    terms: tuple[int | None, int | None, int, int],
) -> None:
    with pytest.raises(ValueError, match=r"terms|solution"):
        Terms(*terms)


def test_a_naive_start_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        promise(datetime(2026, 11, 23, 9), NORMAL, CALENDAR)  # noqa: DTZ001


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", [WEEKEND, DAY_OFF, *(code for _, code in FESTIVALS)])
def test_every_day_off_has_its_words(code: str, language: str) -> None:
    assert f"sla.skipped.{code}" in catalogue(language)
    params = {"count": 2, "span": "2026-10-01", "dates": []}
    assert say(f"sla.skipped.{code}", language, **params)


@given(MOMENTS, TERMS)
def test_a_promise_keeps_its_order_and_has_words(start: datetime, terms: Terms) -> None:
    made = promise(start, terms, CALENDAR)
    assert start < made.accept_by
    assert start < made.reply_by <= made.resolve_by
    assert CALENDAR.is_working_day(made.reply_by.date())
    assert CALENDAR.is_working_day(made.resolve_by.date())
    assert made == promise(start.astimezone(UTC), terms, CALENDAR)
    for language in ("zh", "en"):
        assert all(words(made, language))
        assert all(each.code in catalogue(language) for each in made.why)


@given(MOMENTS, MOMENTS, TERMS)
def test_dispatched_later_is_never_due_earlier(
    one: datetime, other: datetime, terms: Terms
) -> None:
    first, second = (promise(each, terms, CALENDAR) for each in sorted((one, other)))
    assert first.accept_by <= second.accept_by
    assert first.reply_by <= second.reply_by
    assert first.resolve_by <= second.resolve_by


def test_both_languages_have_the_same_texts_and_gaps() -> None:
    chinese, english = (
        {code: gaps(text) for code, text in catalogue(language).items() if code.startswith("sla.")}
        for language in ("zh", "en")
    )
    assert chinese == english


def gaps(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
