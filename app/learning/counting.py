"""The health of routing, counted from the courses of issues. Pure.

Right the first time is an issue whose first department, placed by rules and model, answered it with no
return, transfer, other placing or other category. Rates are of issues that rules and model placed and that
were answered; how many that are stands beside each.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import TypeVar

from bson import ObjectId

from app.learning.courses import NOT_YOURS, YOURS, Course

LEAST_WORDS = 5
"""A word said in fewer issues is not shown: it might be somebody's."""
MOST_WORDS = 50

Minutes = Callable[[datetime, datetime], int]
"""Working minutes from one moment to another."""
K = TypeVar("K")


@dataclass(slots=True)
class Rate:
    """`placed` by rules and model, of these `judged` (answered), of these `right` the first time."""

    placed: int = 0
    judged: int = 0
    right: int = 0

    @property
    def share(self) -> float | None:
        """The first-time-right rate."""
        return share(self.right, self.judged)


@dataclass(slots=True)
class Returned:
    """Returns for one reason: how many, how many were upheld or refused, or wait for a word."""

    count: int = 0
    upheld: int = 0
    refused: int = 0
    open: int = 0


@dataclass(slots=True)
class Load:
    """`issues` of which `needed` a person: to place them, or to settle a return. `waiting` still do.

    `minutes` are the working minutes of each time somebody waited for that.
    """

    issues: int = 0
    needed: int = 0
    waiting: int = 0
    minutes: list[int] = field(default_factory=list)

    @property
    def median_minutes(self) -> float | None:
        """The middle of them."""
        return float(median(self.minutes)) if self.minutes else None


@dataclass(slots=True)
class Overruled:
    """Choices of `chosen` that the text overruled for `taken`, and how they ended.

    `back`: with the category that was chosen, of those that went wrong.
    """

    count: int = 0
    right: int = 0
    wrong: int = 0
    back: int = 0


@dataclass(slots=True)
class Told:
    """How many issues a rule or a word spoke for, and for how many of these the placing did not stand."""

    count: int = 0
    wrong: int = 0

    @property
    def share(self) -> float | None:
        """Of the wrong ones."""
        return share(self.wrong, self.count)


@dataclass(slots=True)
class Health:
    """All of it; keys are codes of categories, ids of departments, names of rules and versions."""

    issues: int = 0
    restricted: int = 0
    total: Rate = field(default_factory=Rate)
    by_category: dict[str | None, Rate] = field(default_factory=lambda: defaultdict(Rate))
    by_department: dict[ObjectId, Rate] = field(default_factory=lambda: defaultdict(Rate))
    by_version: dict[tuple[str, str], Rate] = field(default_factory=lambda: defaultdict(Rate))
    returns: dict[str, Returned] = field(default_factory=lambda: defaultdict(Returned))
    transfers: Counter[tuple[ObjectId, ObjectId | None]] = field(default_factory=Counter)
    load: Load = field(default_factory=Load)
    overruled: dict[tuple[str, str], Overruled] = field(
        default_factory=lambda: defaultdict(Overruled)
    )
    rules: dict[str, Told] = field(default_factory=lambda: defaultdict(Told))
    words: dict[str, Told] = field(default_factory=lambda: defaultdict(Told))

    def misleading_words(self) -> list[tuple[str, Told]]:
        """Words of LEAST_WORDS issues at least, of which some were placed wrong; the worst first."""
        found = [
            (word, told)
            for word, told in self.words.items()
            if told.count >= LEAST_WORDS and told.wrong
        ]
        return worst(found)[:MOST_WORDS]


def count(courses: Iterable[Course], minutes: Minutes) -> Health:
    """Count them; what was not decided yet is passed over."""
    health = Health()
    for each in courses:
        if each.state != "submitted" and (each.decided or each.stops):
            _take(health, each, minutes)
    return health


def share(part: int, whole: int) -> float | None:
    """Part of a whole, to four places; None of nothing."""
    return round(part / whole, 4) if whole else None


def worst(told: Sequence[tuple[K, Told]]) -> list[tuple[K, Told]]:
    """Those that mislead most first."""
    return sorted(told, key=lambda pair: (-(pair[1].share or 0), -pair[1].count, str(pair[0])))


def _take(health: Health, course: Course, minutes: Minutes) -> None:
    health.issues += 1
    health.restricted += course.restricted
    _loaded(health.load, course, minutes)
    _moved(health, course)
    if course.by_machine:
        _placed(health, course)


def _placed(health: Health, course: Course) -> None:
    decided, department, wrong = course.decided, course.department, course.wrong
    if decided is None or department is None:
        return
    version = (decided.rulebook or "", decided.judge or "")
    rates = [health.total, health.by_category[course.category], health.by_department[department]]
    right = course.answered and not wrong
    for rate in (*rates, health.by_version[version]):
        rate.placed += 1
        rate.judged += course.answered
        rate.right += right
    # What is in a restricted text is nobody's to read here.
    words = () if course.restricted else decided.words
    told = [*(health.rules[each] for each in decided.fits), *(health.words[each] for each in words)]
    for each in told:
        each.count += 1
        each.wrong += wrong
    if decided.overruled is not None:
        found = health.overruled[decided.overruled, decided.category or ""]
        found.count += 1
        found.right += right
        found.wrong += wrong
        found.back += wrong and course.ended_as == decided.overruled


def _moved(health: Health, course: Course) -> None:
    for number, stop in enumerate(course.stops):
        if stop.left == "transfer":
            health.transfers[stop.department, stop.to] += 1
        elif stop.returned:
            found = health.returns[stop.reason or stop.left or ""]
            placed_on = number + 1 < len(course.stops)
            found.count += 1
            if stop.ruled == YOURS:
                found.refused += 1
            elif stop.ruled == NOT_YOURS or placed_on:
                found.upheld += 1
            else:
                found.open += 1


def _loaded(load: Load, course: Course, minutes: Minutes) -> None:
    load.issues += 1
    load.needed += bool(course.waits)
    for wait in course.waits:
        if wait.until is None:
            load.waiting += 1
        else:
            load.minutes.append(minutes(wait.since, wait.until))
