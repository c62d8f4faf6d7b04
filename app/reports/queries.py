"""Reports as people may look at them: whose figures, of which period, frozen or counted now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bson import ObjectId

from app.departments import registry
from app.departments.documents import Department
from app.foundation.errors import Forbidden, Invalid
from app.people.access import Ties, allowed, require
from app.people.documents import Person
from app.people.who import Who
from app.reports import counting, frozen, months
from app.reports.frozen import DISTRICT, Correction, Key
from app.reports.rates import Figures, Period

MOST_DAYS = 92
"""Days that a report may span which is not of a month."""
NOTHING = Figures()


@dataclass(frozen=True, slots=True)
class Span:
    """A month, such as 2026-11; or from one day to another, both included; neither is the present month."""

    month: str | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of a department, a clerk in it, or the district; and what is counted otherwise now."""

    department: ObjectId | None
    department_name: str | None
    person: ObjectId | None
    person_name: str | None
    figures: Figures
    corrections: list[Correction]


@dataclass(frozen=True, slots=True)
class Report:
    """Lines of a period. `frozen_at`: they are those of a frozen month. `total` is the whole district's."""

    period: Period
    month: str | None
    frozen_at: datetime | None
    lines: list[Line]
    total: Line | None = None


def departments(who: Who, span: Span, now: datetime) -> Report:
    """The figures of the departments whose figures `who` may see, by name.

    Raises Forbidden where there are none, Invalid for a span that makes no sense.
    """
    require(who, "reports.departments")
    ours = [each for each in counting.everywhere() if _may_see(who, each)]
    counted = _Counted(span, ours, now)
    shown = {key for key in counted.told() if key[1] is None and key != DISTRICT}
    shown |= {(row["_id"], None) for row in Department.rows().find({"active": True}, {"_id": 1})}
    lines = counted.lines(key for key in shown if key[0] in ours)
    sees_all = allowed(who, "reports.departments", Ties())
    return counted.report(lines, counted.line(DISTRICT, {}, {}) if sees_all else None)


def clerks(who: Who, span: Span, department: str | None, now: datetime) -> Report:
    """The figures of clerks and heads by department and name; a clerk sees their own alone.

    Raises Forbidden for a department of whose people `who` may see none, Invalid like `departments`.
    """
    require(who, "reports.clerks")
    ours = [each for each in counting.everywhere() if _may_see_some(who, each)]
    if department is not None:
        ours = [each for each in ours if str(each) == department]
    if not ours:
        raise Forbidden("forbidden")
    counted = _Counted(span, ours, now)
    shown = {key for key in counted.told() if key[1] is not None} | set(_staff(ours))
    return counted.report(counted.lines(key for key in shown if _may_see_clerk(who, key)))


class _Counted:
    """What was counted for some departments: as it was frozen, where that is done, and as it is now."""

    def __init__(self, span: Span, of: Collection[ObjectId], now: datetime) -> None:
        self._month, self._period = _period(span, now)
        self._now = counting.count(self._period, of)
        self._frozen_at = frozen.frozen_at(self._month) if self._month else None
        self._then = frozen.of_month(self._month, of) if self._month and self._frozen_at else None

    def told(self) -> set[Key]:
        """Departments and clerks of whom there is anything to tell."""
        return {*self._now, *(self._then or ())}

    def lines(self, keys: Iterable[Key]) -> list[Line]:
        """A line for each of them, by name."""
        wanted = list(keys)
        departments = registry.names({key for key, _ in wanted if key})
        people = _names({key for _, key in wanted if key})
        found = [self.line(key, departments, people) for key in wanted]
        return sorted(found, key=lambda each: (each.department_name or "", each.person_name or ""))

    def line(
        self,
        key: Key,
        departments: Mapping[ObjectId, str],
        people: Mapping[ObjectId, str],
    ) -> Line:
        """One line; what was frozen stays, and differences stand beside it."""
        now = self._now.get(key, NOTHING)
        then = now if self._then is None else self._then.get(key, NOTHING)
        department, person = key
        return Line(
            department,
            departments.get(department) if department else None,
            person,
            people.get(person) if person else None,
            then,
            frozen.corrections(then, now),
        )

    def report(self, lines: list[Line], total: Line | None = None) -> Report:
        """The lines with their period."""
        return Report(self._period, self._month, self._frozen_at, lines, total)


def _period(span: Span, now: datetime) -> tuple[str | None, Period]:
    if span.first is None and span.last is None:
        month = span.month or months.month_of(now)
        return month, months.of_month(month, now)
    if span.month or span.first is None or span.last is None:
        raise Invalid("report.month_or_days", fields={"month": [], "from": [], "to": []})
    if not 0 <= (span.last - span.first).days < MOST_DAYS:
        raise Invalid("report.span", most=MOST_DAYS, fields={"to": [str(span.last)]})
    return None, months.of_days(span.first, span.last, now)


def _may_see(who: Who, department: ObjectId) -> bool:
    return allowed(who, "reports.departments", Ties(departments=(department,)))


def _may_see_some(who: Who, department: ObjectId) -> bool:
    """Whether any clerk's figures there may be seen: everybody's, or one's own."""
    own = {held.department for held in who.having("clerk")}
    return department in own or allowed(who, "reports.clerks", Ties(departments=(department,)))


def _may_see_clerk(who: Who, key: Key) -> bool:
    department, person = key
    ties = Ties(owner=person, departments=(department,) if department else ())
    return allowed(who, "reports.clerks", ties)


def _staff(departments: Collection[ObjectId]) -> Iterator[Key]:
    """Who works in these departments now, whether or not there is anything to tell of them."""
    held = {"role": {"$in": ["clerk", "head"]}, "department": {"$in": list(departments)}}
    for row in Person.rows().find({"grants": {"$elemMatch": held}, "active": True}, {"grants": 1}):
        for grant in row["grants"]:
            if grant["role"] in ("clerk", "head") and grant.get("department") in departments:
                yield grant["department"], row["_id"]


def _names(people: Collection[ObjectId]) -> Mapping[ObjectId, str]:
    rows = Person.rows().find({"_id": {"$in": list(people)}}, {"name": 1})
    return {row["_id"]: row["name"] for row in rows}
