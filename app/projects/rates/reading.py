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
from app.projects import asking
from app.projects.asking import end_of_day, is_settled, refuse_ahead
from app.projects.rates.documents import PastParticulars, StoredStanding
from app.projects.rates.past import until
from app.projects.rates.restanding import EntriesOf
from app.projects.rates.standing import Standing, of_row, standing_of
from app.projects.stages.documents import PLANNED

KNOWN, TRUE = BASES = asking.BASES
EARLIEST = date(2000, 1, 1)
AT_A_TIME = 1000
PHASED, UNPHASED = {"phased": True}, {"phased": {"$ne": True}}
"""What finds the standings that tell of a past day only by their entries, and the others."""


@dataclass(frozen=True, slots=True)
class At:
    """The day that is asked for, local; `moment` is its end, or now where `today` is that day.

    `settled`: whoever asks this again is answered the same (`asking.is_settled`).
    """

    day: date
    moment: datetime
    basis: str
    today: bool
    settled: bool = False


def at(as_of: date | None, basis: str, now: datetime) -> At:
    """The day that is asked for. Raises Invalid for one that is yet to come, or before all records."""
    today = days.today(now)
    if as_of is not None and as_of < EARLIEST:
        raise Invalid("rates.too_early", fields={"as_of": [str(as_of)]}, day=str(EARLIEST))
    if as_of is None or as_of == today:
        return At(today, now, basis, today=True)
    refuse_ahead(as_of, now)
    end = end_of_day(as_of.isoformat())
    return At(as_of, end, basis, today=False, settled=is_settled(end, basis, now))


def standings(asked: At, query: Mapping[str, Any]) -> Iterator[Standing]:
    """The standings that the query finds, as they stood at the end of the day asked for.

    `query` asks for fields of `documents.Particulars`. As it was known, it is what they were known to be
    then; and every standing is made anew from its entries, some thousands a second. So are those that are
    `phased`, as it truly was on a past day.
    """
    if asked.basis == KNOWN and not asked.today:
        yield from _from_entries(asked, _known_then(asked, query), known(asked.moment))
        return
    if asked.today:
        yield from map(of_row, StoredStanding.rows().find(query))
        return
    for row in StoredStanding.rows().find({"$and": [query, UNPHASED]}):
        yield until(of_row(row), asked.day)
    yield from phased(asked, query)


def phased(asked: At, query: Mapping[str, Any]) -> Iterator[Standing]:
    """Of those that the query finds the `phased` ones, as they truly stood on a past day: from entries."""
    return exact(asked, {"$and": [query, PHASED]})


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
