"""Periods of contests: months `2026-11`, quarters `2026-Q4`, years `2026`. Pure; days are local."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from app.foundation import days

MONTH, QUARTER, YEAR = EVERY = ("month", "quarter", "year")
FORMS = {
    MONTH: r"20\d\d-(0[1-9]|1[0-2])",
    QUARTER: r"20\d\d-Q[1-4]",
    YEAR: r"20\d\d",
}
ANY = "|".join(FORMS.values())
_LENGTH = {MONTH: 1, QUARTER: 3, YEAR: 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A month, quarter or year, from its `first` month to its `last`, both included (`2026-11`)."""

    code: str
    every: str
    first: str
    last: str

    @property
    def months(self) -> list[str]:
        """All its months, in order."""
        begin = days.month(self.first)
        return [days.month_of(days.months_later(begin, n)) for n in range(_LENGTH[self.every])]

    @property
    def begins(self) -> date:
        """Its first day."""
        return days.month(self.first)

    @property
    def ends(self) -> date:
        """Its last day."""
        return days.end_of_month(days.month(self.last))

    @property
    def year(self) -> str:
        """The year it lies in."""
        return self.first[:4]

    def over(self, today: date) -> bool:
        """Whether it has ended."""
        return today > self.ends

    def begun(self, today: date) -> bool:
        """Whether it has begun."""
        return today >= self.begins


def of(code: str, every: str | None = None) -> Period:
    """The period of this code. Raises ValueError for none, or for one of another length than `every`."""
    kind = next((k for k, form in FORMS.items() if re.fullmatch(form, code)), None)
    if kind is None or every not in (None, kind):
        raise ValueError(code)
    if kind == MONTH:
        first = code
    else:
        quarter = int(code[-1]) if kind == QUARTER else 1
        first = f"{code[:4]}-{quarter * 3 - 2:02}"
    last = days.months_later(days.month(first), _LENGTH[kind] - 1)
    return Period(code, kind, first, days.month_of(last))


def holding(day: date, every: str) -> Period:
    """The period that a day lies in."""
    quarter = (day.month + 2) // 3
    codes = {MONTH: days.month_of(day), QUARTER: f"{day.year}-Q{quarter}", YEAR: str(day.year)}
    return of(codes[every], every)


def following(period: Period) -> Period:
    """The next one of the same length."""
    return holding(days.months_later(days.month(period.last), 1), period.every)


def year_before(period: Period) -> Period:
    """The same period of the year before."""
    return holding(days.months_later(period.begins, -12), period.every)
