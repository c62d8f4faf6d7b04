"""What the figures of departments and clerks are: facts in, figures out. Pure.

Every rate is a list of what could have been and, out of it, a list of what was. They hold the id of a
ticket for each round of work, answer or word, so a ticket that was redone may stand there twice.
`docs/reports.md` says the same in words for those who are measured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from bson import ObjectId

SATISFIED = 4
"""Of the five levels of 好差评 (GB/T 39735-2020): satisfied, very satisfied."""
YES, PARTLY, NO = "yes", "partly", "no"
SILENCE, UNREACHABLE, FINAL = "silence", "unreachable", "final"
WORDS = (YES, PARTLY, NO)

Minutes = Callable[[datetime, datetime], int]
"""Minutes of office hours between two moments."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to before `end`, aware; `as_of` is the moment at which the figures are made."""

    start: datetime
    end: datetime
    as_of: datetime

    def has(self, moment: datetime | None) -> bool:
        """Whether the moment lies in it."""
        return moment is not None and self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Work:
    """One round of work on a ticket, from its dispatch (or redo) on, with its promises as they stand.

    Pauses and extensions have moved the promises already. `ended_at` is when it ended without an answer,
    `paused_since` when its clock was stopped, if it stands still now.
    """

    ticket: ObjectId
    department: ObjectId
    clerk: ObjectId | None
    dispatched_at: datetime
    accept_by: datetime
    resolve_by: datetime
    accepted_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    paused_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A ticket that came to a department, and whether it went back or on from there."""

    ticket: ObjectId
    department: ObjectId
    clerk: ObjectId | None
    at: datetime
    returned: bool = False
    transferred: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that a lead department gave to the enterprise, and whether it had to be redone."""

    ticket: ObjectId
    department: ObjectId
    clerk: ObjectId | None
    at: datetime
    redone: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How an answer was taken: a word (yes, partly, no), silence, not reached; or an end for good, unsolved.

    A word on behalf of the enterprise names its recorder and how it was taken.
    """

    ticket: ObjectId
    department: ObjectId
    clerk: ObjectId | None
    at: datetime
    how: str
    satisfaction: int | None = None
    recorder: str | None = None
    channel: str | None = None

    @property
    def own(self) -> bool:
        """Whether it is the enterprise's own word."""
        return self.how in WORDS and self.recorder is None

    @property
    def on_behalf(self) -> bool:
        """Whether somebody else wrote the enterprise's word down."""
        return self.how in WORDS and self.recorder is not None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that figures are made of; what lies outside of the period is passed over."""

    works: Sequence[Work] = ()
    receipts: Sequence[Receipt] = ()
    answers: Sequence[Given] = ()
    endings: Sequence[Ending] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """What was, out of what could have been: ids of tickets."""

    numerator: tuple[ObjectId, ...] = ()
    denominator: tuple[ObjectId, ...] = ()


@dataclass(frozen=True, slots=True)
class Median:
    """The middle of working hours, of so many tickets; None of none."""

    hours: float | None = None
    of: tuple[ObjectId, ...] = ()


@dataclass(frozen=True, slots=True)
class Behalf:
    """How many words one person took down by one channel."""

    recorder: str
    channel: str
    count: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How the answers that came to an end in the period were taken; beside it stands every rate of words."""

    asked: tuple[ObjectId, ...] = ()
    by_enterprise: int = 0
    on_behalf: int = 0
    on_behalf_by: tuple[Behalf, ...] = ()
    silence: int = 0
    unreachable: int = 0
    final: int = 0


RATES = (
    "accepted_in_time",
    "answered_in_time",
    "resolved",
    "satisfied",
    "resolved_on_behalf",
    "satisfied_on_behalf",
    "returned",
    "transferred",
    "redone",
)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a department or a clerk."""

    accepted_in_time: Rate = Rate()
    answered_in_time: Rate = Rate()
    resolved: Rate = Rate()
    satisfied: Rate = Rate()
    resolved_on_behalf: Rate = Rate()
    satisfied_on_behalf: Rate = Rate()
    returned: Rate = Rate()
    transferred: Rate = Rate()
    redone: Rate = Rate()
    coverage: Coverage = Coverage()
    hours_to_answer: Median = Median()


def share(part: int, whole: int) -> float | None:
    """A rate as it is told, with four places; None of nothing."""
    return round(part / whole, 4) if whole else None


def figures(facts: Facts, period: Period, minutes: Minutes) -> Figures:
    """The figures of some facts in a period."""
    ended = [each for each in facts.endings if period.has(each.at)]
    own = [each for each in ended if each.own]
    behalf = [each for each in ended if each.on_behalf]
    closed = [each for each in ended if each.how == FINAL]
    came = [each for each in facts.receipts if period.has(each.at)]
    given = [each for each in facts.answers if period.has(each.at)]
    return Figures(
        accepted_in_time=_rate(
            (each.ticket, each.accepted_at is not None and each.accepted_at <= each.accept_by)
            for each in facts.works
            if period.has(each.accept_by) and _accept_is_settled(each, period.as_of)
        ),
        answered_in_time=_rate(
            (each.ticket, each.answered_at is not None and each.answered_at <= each.resolve_by)
            for each in facts.works
            if period.has(each.resolve_by) and _answer_is_settled(each, period.as_of)
        ),
        # Closed for good without a solution counts as unsolved, though nobody was asked any more.
        resolved=_rate((each.ticket, each.how == YES) for each in (*own, *closed)),
        satisfied=_satisfied(own),
        resolved_on_behalf=_rate((each.ticket, each.how == YES) for each in behalf),
        satisfied_on_behalf=_satisfied(behalf),
        returned=_rate((each.ticket, each.returned) for each in came),
        transferred=_rate((each.ticket, each.transferred) for each in came),
        redone=_rate((each.ticket, each.redone) for each in given),
        coverage=_coverage(ended),
        hours_to_answer=_median(facts.works, period, minutes),
    )


def _accept_is_settled(work: Work, as_of: datetime) -> bool:
    """Whether it was accepted, or not in time; what was taken from them before that is neither."""
    if work.accepted_at is not None:
        return True
    gone = work.ended_at is not None and work.ended_at <= work.accept_by
    return work.accept_by <= as_of and not gone


def _answer_is_settled(work: Work, as_of: datetime) -> bool:
    """Whether it was answered, or not in time; neither where the clock stood still, or it was taken away."""
    if work.answered_at is not None:
        return True
    stopped = (work.ended_at, work.paused_since)
    gone = any(moment is not None and moment <= work.resolve_by for moment in stopped)
    return work.resolve_by <= as_of and not gone


def _rate(cases: Iterable[tuple[ObjectId, bool]]) -> Rate:
    found = list(cases)
    return Rate(tuple(key for key, was in found if was), tuple(key for key, _ in found))


def _satisfied(words: Iterable[Ending]) -> Rate:
    return _rate(
        (each.ticket, each.satisfaction >= SATISFIED)
        for each in words
        if each.satisfaction is not None
    )


def _coverage(ended: Sequence[Ending]) -> Coverage:
    how = Counter(each.how for each in ended)
    taken = Counter((each.recorder or "", each.channel or "") for each in ended if each.on_behalf)
    return Coverage(
        asked=tuple(each.ticket for each in ended if each.how != FINAL),
        by_enterprise=sum(each.own for each in ended),
        on_behalf=taken.total(),
        on_behalf_by=tuple(Behalf(*key, count) for key, count in sorted(taken.items())),
        silence=how[SILENCE],
        unreachable=how[UNREACHABLE],
        final=how[FINAL],
    )


def _median(works: Iterable[Work], period: Period, minutes: Minutes) -> Median:
    """From dispatch to answer; time that the clock stood still counts, since people waited then too."""
    answered = [
        (each.ticket, minutes(each.dispatched_at, each.answered_at))
        for each in works
        if each.answered_at is not None and period.has(each.answered_at)
    ]
    if not answered:
        return Median()
    hours = median(length for _, length in answered) / 60
    return Median(round(hours, 2), tuple(key for key, _ in answered))
