"""How routing does: asked for by those who look on, counted from the issues filed in a period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import filterfalse

from app.calendars import registry as calendars
from app.foundation.district import local, pack
from app.foundation.errors import Invalid
from app.issues.documents import Issue
from app.learning.counting import Health, count
from app.learning.courses import Course, is_plain, plain, read
from app.learning.reading import BATCH, OF_ISSUE, batches, with_steps
from app.people.access import require
from app.people.who import Who
from app.routing.opinion import KEYWORDS
from app.routing.rules import BrokenRule
from app.rulebooks import registry

DAY = timedelta(days=1)
DAYS = 30
"""Of a period that nobody named: so many, to today."""
MOST_DAYS = 400
BY_FILING = "filed_by_unit"
"""The index of issues by when they were filed; `m0018_learning` makes it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Issues filed from one day to another, both included, maybe of one unit, first placed as a category."""

    first: date | None = None
    last: date | None = None
    unit: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was counted. `rulebook` and `model` are those in use now.

    Of these rules, `never` fitted nothing and `broken` cannot be used.
    """

    start: datetime
    end: datetime
    rulebook: str
    model: str
    health: Health
    never: tuple[str, ...]
    broken: tuple[BrokenRule, ...]


def health(who: Who, asked: Asked, now: datetime) -> Report:
    """The health of routing. Raises Forbidden, and Invalid for a period that makes no sense."""
    require(who, "routing.health")
    first, last = _days(asked, now)
    start, end = _start(first), _start(last + DAY)
    calendar = calendars.current()
    counted = count(_courses(start, end, asked), calendar.working_minutes)
    guide = registry.current()
    book, model = guide.rulebook, guide.judge.version if guide.judge else KEYWORDS
    never = (each.name for each in book.rules.rules if each.name not in counted.rules)
    return Report(start, end, book.version, model, counted, tuple(never), book.rules.broken)


def _courses(start: datetime, end: datetime, asked: Asked) -> Iterator[Course]:
    """Most issues were never moved, and their own row tells all."""
    wanted: dict[str, object] = {"created_at": {"$gte": start, "$lt": end}}
    if asked.unit is not None:
        wanted["unit"] = asked.unit
    rows = Issue.rows().find(wanted, OF_ISSUE, batch_size=BATCH).hint(BY_FILING)
    for some in batches(rows):
        found = map(plain, filter(is_plain, some))
        moved = [read(*case) for case in with_steps([*filterfalse(is_plain, some)])]
        yield from (each for each in (*found, *moved) if asked.category in (None, each.category))


def _days(asked: Asked, now: datetime) -> tuple[date, date]:
    if asked.first is None and asked.last is None:
        today = local(now).date()
        return today - (DAYS - 1) * DAY, today
    if asked.first is None or asked.last is None:
        raise Invalid("learning.both_days", fields={"from": [], "to": []})
    if not 0 <= (asked.last - asked.first).days < MOST_DAYS:
        raise Invalid("learning.span", most=MOST_DAYS, fields={"to": [str(asked.last)]})
    return asked.first, asked.last


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), pack().zone)
