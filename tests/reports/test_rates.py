"""What each figure is: facts in, figures out."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from hypothesis import given as example
from hypothesis import strategies as st

from app.reports.frozen import Correction, as_row, corrections, from_row
from app.reports.rates import (
    FINAL,
    RATES,
    SILENCE,
    UNREACHABLE,
    Behalf,
    Ending,
    Facts,
    Figures,
    Given,
    Median,
    Period,
    Rate,
    Receipt,
    Work,
    figures,
)

T = [ObjectId(f"{n:024x}") for n in range(10)]
DEPARTMENT, CLERK = ObjectId(), ObjectId()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def day(number: int, hour: int = 12, month: int = 10) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=UTC)


OCTOBER = Period(day(1, 0), day(1, 0, 11), as_of=day(5, 0, 11))


def minutes(start: datetime, end: datetime) -> int:
    """As if the office never closed."""
    return (end - start) // timedelta(minutes=1)


def work(**more) -> Work:
    plain = {
        "ticket": T[0],
        "department": DEPARTMENT,
        "clerk": CLERK,
        "dispatched_at": day(10),
        "accept_by": day(11),
        "resolve_by": day(20),
    }
    return Work(**(plain | more))


def counted(*works: Work, period: Period = OCTOBER) -> Figures:
    return figures(Facts(works=works), period, minutes)


def counts(rate: Rate) -> tuple[int, int]:
    return len(rate.numerator), len(rate.denominator)


EARLY = replace(OCTOBER, as_of=day(10, 13))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (work(accepted_at=day(10, 13)), (1, 1)),
        (work(accepted_at=day(11)), (1, 1)),
        (work(accepted_at=day(11) + timedelta(seconds=1)), (0, 1)),
        (work(), (0, 1)),
        (work(ended_at=day(11)), (0, 0)),
        (work(ended_at=day(12)), (0, 1)),
        (work(accepted_at=day(10, 13), ended_at=day(10, 14)), (1, 1)),
        (work(accept_by=day(1, 0)), (0, 1)),
        (work(accept_by=day(1, 0) - HOUR), (0, 0)),
        (work(accept_by=day(1, 0, 11)), (0, 0)),
        (work(accept_by=day(31, 23), dispatched_at=day(1, 0, 9)), (0, 1)),
    ],
)
def test_accepted_in_time(found, expected):
    assert counts(counted(found).accepted_in_time) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (work(answered_at=day(19)), (1, 1)),
        (work(answered_at=day(20)), (1, 1)),
        (work(answered_at=day(20) + timedelta(seconds=1)), (0, 1)),
        (work(answered_at=day(19), resolve_by=day(2, month=11)), (0, 0)),
        (work(), (0, 1)),
        (work(ended_at=day(20)), (0, 0)),
        (work(ended_at=day(21)), (0, 1)),
        (work(paused_since=day(15)), (0, 0)),
        (work(paused_since=day(20)), (0, 0)),
        (work(paused_since=day(25)), (0, 1)),
    ],
)
def test_answered_in_time(found, expected):
    assert counts(counted(found).answered_in_time) == expected


def test_what_is_not_due_yet_is_neither_in_time_nor_late():
    found = counted(work(), period=EARLY)
    assert counts(found.accepted_in_time) == counts(found.answered_in_time) == (0, 0)
    done = work(accepted_at=day(10, 13), answered_at=day(10, 13))
    found = counted(done, period=EARLY)
    assert counts(found.accepted_in_time) == counts(found.answered_in_time) == (1, 1)


def test_each_round_counts():
    rounds = [work(answered_at=day(15)), work(resolve_by=day(25), answered_at=day(26))]
    found = counted(*rounds).answered_in_time
    assert found == Rate((T[0],), (T[0], T[0]))


def ending(how: str, satisfaction: int | None = None, **more) -> Ending:
    plain = {"ticket": T[1], "department": DEPARTMENT, "clerk": CLERK, "at": day(12)}
    return Ending(**(plain | {"how": how, "satisfaction": satisfaction} | more))


BEHALF = {"recorder": "王专员", "channel": "phone"}


def told(*endings: Ending) -> Figures:
    return figures(Facts(endings=endings), OCTOBER, minutes)


@pytest.mark.parametrize(
    ("endings", "resolved", "satisfied"),
    [
        ([], (0, 0), (0, 0)),
        ([ending("yes", 5)], (1, 1), (1, 1)),
        ([ending("yes", 4)], (1, 1), (1, 1)),
        ([ending("yes", 3)], (1, 1), (0, 1)),
        ([ending("yes")], (1, 1), (0, 0)),
        ([ending("partly", 4)], (0, 1), (1, 1)),
        ([ending("no", 1)], (0, 1), (0, 1)),
        ([ending("no"), ending("yes", 5)], (1, 2), (1, 1)),
        ([ending(SILENCE)], (0, 0), (0, 0)),
        ([ending(UNREACHABLE)], (0, 0), (0, 0)),
        ([ending(FINAL)], (0, 1), (0, 0)),
        ([ending("no"), ending("no"), ending(FINAL)], (0, 3), (0, 0)),
        ([ending("yes", 5, at=day(1, 0, 11))], (0, 0), (0, 0)),
        ([ending("yes", 5, **BEHALF)], (0, 0), (0, 0)),
    ],
)
def test_resolved_and_satisfied_by_the_words_that_were_given(endings, resolved, satisfied):
    found = told(*endings)
    assert counts(found.resolved) == resolved
    assert counts(found.satisfied) == satisfied


def test_words_on_behalf_count_apart():
    found = told(
        ending("yes", 5, **BEHALF),
        ending("no", 2, **BEHALF),
        ending("yes", None, recorder="李督查", channel="visit"),
        ending("yes", 5),
    )
    assert counts(found.resolved) == counts(found.satisfied) == (1, 1)
    assert counts(found.resolved_on_behalf) == (2, 3)
    assert counts(found.satisfied_on_behalf) == (1, 2)
    assert found.coverage.on_behalf_by == (
        Behalf("李督查", "visit", 1),
        Behalf("王专员", "phone", 2),
    )


def test_coverage_tells_how_everybody_who_was_asked_answered():
    found = told(
        ending("yes"),
        ending("no"),
        ending("partly", **BEHALF),
        ending(SILENCE),
        ending(SILENCE),
        ending(UNREACHABLE),
        ending(FINAL),
    ).coverage
    assert len(found.asked) == 6
    assert (found.by_enterprise, found.on_behalf) == (2, 1)
    assert (found.silence, found.unreachable, found.final) == (2, 1, 1)


def test_returned_and_transferred_of_those_that_came():
    def came(n: int, at: datetime, **more) -> Receipt:
        return Receipt(T[n], DEPARTMENT, CLERK, at, **more)

    facts = Facts(
        receipts=[
            came(1, day(2)),
            came(2, day(3), returned=True),
            came(3, day(4), transferred=True),
            came(4, day(2, month=11), returned=True),
        ]
    )
    found = figures(facts, OCTOBER, minutes)
    assert found.returned == Rate((T[2],), (T[1], T[2], T[3]))
    assert found.transferred == Rate((T[3],), (T[1], T[2], T[3]))


def test_redone_of_the_answers_that_were_given():
    def given(n: int, at: datetime, redone: bool) -> Given:
        return Given(T[n], DEPARTMENT, CLERK, at, redone)

    answers = [given(1, day(2), True), given(2, day(3), False), given(3, day(2, month=11), True)]
    found = figures(Facts(answers=answers), OCTOBER, minutes)
    assert found.redone == Rate((T[1],), (T[1], T[2]))


@pytest.mark.parametrize(
    ("hours", "expected"),
    [([], None), ([2], 2), ([1, 2, 9], 2), ([1, 2], 1.5), ([1, 1, 8, 9], 4.5)],
)
def test_the_middle_of_the_hours_from_dispatch_to_answer(hours, expected):
    works = [work(ticket=T[n], answered_at=day(10) + h * HOUR) for n, h in enumerate(hours)]
    found = counted(*works, work(answered_at=day(3, month=11))).hours_to_answer
    assert found == Median(expected, tuple(T[: len(hours)]))


def test_of_nothing_there_is_nothing():
    assert figures(Facts(), OCTOBER, minutes) == Figures()


moments = st.integers(-40, 40).map(lambda n: day(15) + n * 12 * HOUR)
maybe = st.none() | moments
works = st.builds(
    work,
    ticket=st.sampled_from(T),
    dispatched_at=moments,
    accept_by=moments,
    resolve_by=moments,
    accepted_at=maybe,
    answered_at=maybe,
    ended_at=maybe,
    paused_since=maybe,
)
endings = st.builds(
    ending,
    how=st.sampled_from(["yes", "no", "partly", SILENCE, UNREACHABLE, FINAL]),
    satisfaction=st.none() | st.integers(1, 5),
    at=moments,
    recorder=st.none() | st.sampled_from(["甲", "乙"]),
    channel=st.just("phone"),
)
receipts = st.builds(
    Receipt,
    st.sampled_from(T),
    st.just(DEPARTMENT),
    st.just(CLERK),
    moments,
    returned=st.booleans(),
    transferred=st.booleans(),
)
answers = st.builds(
    Given, st.sampled_from(T), st.just(DEPARTMENT), st.just(CLERK), moments, st.booleans()
)
everything = st.builds(
    Facts,
    works=st.lists(works, max_size=8),
    receipts=st.lists(receipts, max_size=8),
    answers=st.lists(answers, max_size=8),
    endings=st.lists(endings, max_size=8),
)


@example(facts=everything)
def test_laws(facts):
    found = figures(facts, OCTOBER, minutes)
    for name in RATES:
        rate = getattr(found, name)
        left = list(rate.denominator)
        for key in rate.numerator:
            left.remove(key)  # what was is among what could have been, as often
    coverage = found.coverage
    parts = coverage.by_enterprise, coverage.on_behalf, coverage.silence, coverage.unreachable
    assert len(coverage.asked) == sum(parts)
    assert len(found.resolved.denominator) == coverage.by_enterprise + coverage.final
    assert len(found.satisfied.denominator) <= coverage.by_enterprise
    assert coverage.on_behalf == sum(each.count for each in coverage.on_behalf_by)
    assert from_row(as_row(found)) == found
    assert corrections(found, found) == []


@example(one=everything, other=everything)
def test_parts_add_up_to_their_whole(one, other):
    """The figures of a district are those of its departments together."""
    both = Facts(*([*getattr(one, f.name), *getattr(other, f.name)] for f in fields(Facts)))
    whole, parts = (
        figures(both, OCTOBER, minutes),
        [figures(each, OCTOBER, minutes) for each in (one, other)],
    )
    for name in RATES:
        for side in ("numerator", "denominator"):
            together = sorted(key for part in parts for key in getattr(getattr(part, name), side))
            assert sorted(getattr(getattr(whole, name), side)) == together


def test_corrections_name_what_differs():
    then = counted(work(answered_at=day(15)))
    now = counted(work(answered_at=day(15)), work(answered_at=day(25)))
    assert corrections(then, now) == [
        Correction("accepted_in_time.denominator", 1, 2),
        Correction("answered_in_time.denominator", 1, 2),
        Correction("hours_to_answer.hours", 120.0, 240.0),
        Correction("hours_to_answer.count", 1, 2),
    ]
    assert corrections(Figures(), now)[-2] == Correction("hours_to_answer.hours", None, 240.0)
