"""What is asked of a source: one metric of everybody, in a period, at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from bson import ObjectId

from app.foundation import days
from app.foundation.history import SYSTEM
from app.people.who import Held, Who
from app.projects.rates.queries import Asked
from app.scoreboards.catalogue import UNITS, YEAR_TO_DATE
from app.scoreboards.periods import Period

EVERYBODY = Who(ObjectId("0" * 24), SYSTEM.name, (Held("leader"),))
"""Contests are reckoned of the whole district, whoever looks at them: with the eyes of a leader."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A period as it is reckoned at `now`; `of` says whose values are wanted.

    While it runs it is as of today, later as of its last day, by what is known at `now`.
    """

    period: Period
    of: str
    now: datetime

    @property
    def as_of(self) -> date:
        """The local day."""
        return min(days.today(self.now), self.period.ends)

    @property
    def last(self) -> str:
        """The last month that has begun."""
        return days.month_of(self.as_of)

    def first(self, options: Mapping[str, str]) -> str:
        """The first month: the period's, or January of its year."""
        to_date = options.get("window") == YEAR_TO_DATE
        return f"{self.period.year}-01" if to_date else self.period.first

    def asked(self, options: Mapping[str, str]) -> Asked:
        """The same as the rates of projects are asked."""
        only = {name: options[name] for name in ("level", "industry") if name in options}
        return Asked(
            by=self.by,
            first=self.first(options),
            last=self.last,
            year=int(self.period.year),
            as_of=self.as_of,
            only=only,
        )

    @property
    def by(self) -> str:
        """By which field of a project its values are told apart."""
        return "unit" if self.of == UNITS else "commissioner"

    def link(self, path: str, options: Mapping[str, str], subject: str, **more: str) -> str:
        """The call that shows what is behind a number of projects."""
        whose = "unit" if self.of == UNITS else "commissioner_id"
        narrowed = {name: options[name] for name in ("level", "industry") if name in options}
        query = {
            "by": self.by,
            whose: subject,
            **narrowed,
            "from": self.first(options),
            "to": self.last,
            "as_of": self.as_of.isoformat(),
            **more,
        }
        return f"{path}?{urlencode(query)}"
