"""Reading standings: as they are, as they truly were on a day, or as they were known at its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from app.foundation import days
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.entries import STANDING, known
from app.foundation.errors import Invalid
from app.projects.rates.documents import PastParticulars, StoredStanding
from app.projects.rates.past import until
from app.projects.rates.restanding import EntriesOf
from app.projects.rates.standing import Standing, of_row, standing_of
from app.projects.stages.documents import PLANNED

KNOWN, TRUE = BASES = ("known", "true")
"""As it was known at the end of the day; as it truly was, by what is known now."""
EARLIEST = date(2000, 1, 1)
AT_A_TIME = 1000
_INSTANT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class At:
    """The day that is asked for, local; `moment` is its end, or now where `today` is that day."""

    day: date
    moment: datetime
    basis: str
    today: bool


def at(as_of: date | None, basis: str, now: datetime) -> At:
    """The day that is asked for. Raises Invalid for one that is yet to come, or before all records."""
    today = days.today(now)
    if as_of is not None and as_of < EARLIEST:
        raise Invalid("rates.too_early", fields={"as_of": [str(as_of)]}, day=str(EARLIEST))
    if as_of is None or as_of == today:
        return At(today, now, basis, today=True)
    if as_of > today:
        raise Invalid("rates.ahead", fields={"as_of": [str(as_of)]})
    end = datetime.combine(as_of + timedelta(days=1), datetime.min.time(), pack().zone)
    return At(as_of, end - _INSTANT, basis, today=False)


def standings(asked: At, query: Mapping[str, Any]) -> Iterator[Standing]:
    """The standings that the query finds, as they stood at the end of the day asked for.

    `query` asks for fields of `documents.Particulars`. As it was known, it is what they were known to be
    then; and every standing is made anew from its entries, some thousands a second.
    """
    if asked.basis == KNOWN and not asked.today:
        yield from _from_entries(asked, _known_then(asked, query), known(asked.moment))
        return
    for row in StoredStanding.rows().find(query):
        found = of_row(row)
        yield found if asked.today else until(found, asked.day)


def exact(asked: At, query: Mapping[str, Any]) -> Iterator[Standing]:
    """The same with what `until` leaves as it is: the sums of the twelve months before the day.

    Every standing of a past day is made anew from its entries, some thousands a second.
    """
    if asked.today or asked.basis == KNOWN:
        return standings(asked, query)
    rows = ({**row, "project": row["_id"]} for row in StoredStanding.rows().find(query))
    return _from_entries(asked, rows, STANDING)


def _known_then(asked: At, query: Mapping[str, Any]) -> Iterator[Row]:
    later = {"superseded_at": {"$gt": asked.moment}}
    then = {"known_at": {"$lte": asked.moment}, "$or": [{"superseded_at": None}, later]}
    yield from PastParticulars.rows().find({"$and": [query, then]})


def _from_entries(asked: At, rows: Iterator[Row], held: Row) -> Iterator[Standing]:
    terms = pack().rates.target
    while batch := list(islice(rows, AT_A_TIME)):
        of = EntriesOf([row["project"] for row in batch], held)
        for row in batch:
            project = {**row, "_id": row["project"]}
            entries = _by_then(asked.day, of(project["_id"]))
            yield standing_of(project, *entries, asked.moment, terms)


def _by_then(
    day: date, entries: tuple[list[Row], list[Row], list[Row]]
) -> tuple[list[Row], list[Row], list[Row]]:
    """The entries without what came after the day."""
    stages, plans, figures = entries
    last, month = day.isoformat(), days.month_of(day + timedelta(days=1))
    came = [each for each in stages if each["kind"] == PLANNED or each["on"] <= last]
    return came, plans, [each for each in figures if each["month"] < month]
