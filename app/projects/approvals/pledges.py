"""The three pledges: 拿地即开工, 竣工即发证, 竣工即投产, in days from one stage to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.foundation import days
from app.foundation.db import Row
from app.foundation.district import pack
from app.people.access import scope
from app.people.who import Who
from app.projects.rates.documents import StoredStanding
from app.projects.ties import COLUMNS

MET, MISSED, OPEN = STATES = ("met", "not", "open")
PLEDGES: Mapping[str, tuple[str, str]] = {
    "land_start": ("land", "started"),
    "completed_certificate": ("completed", "certificate"),
    "completed_production": ("completed", "production"),
}
"""From which stage to which each counts; the limits are `pledges` of `approvals.yaml`."""
_SHOWN = ("code", "name", "unit", "enterprise", "dates")


@dataclass(frozen=True, slots=True)
class Pledge:
    """How many days of the calendar passed between two stages, up to today while the second is to come.

    Less than none where the second came first. `met` within the limit, `open` while it still can be.
    """

    pledge: str
    since: date
    came: date | None
    days: int
    limit_days: int
    state: str


def pledge(name: str, since: date, came: date | None, limit: int, today: date) -> Pledge:
    """One pledge of a project that came to the first of its stages."""
    passed = ((came or today) - since).days
    state = MISSED if passed > limit else OPEN if came is None else MET
    return Pledge(name, since, came, passed, limit, state)


def of_dates(dates: Mapping[str, str], today: date) -> Iterator[Pledge]:
    """Those of a standing's stored `dates` that have begun."""
    for name, (first, second) in PLEDGES.items():
        if first in dates:
            came = date.fromisoformat(dates[second]) if second in dates else None
            limit = getattr(pack().approvals.pledges, name)
            yield pledge(name, date.fromisoformat(dates[first]), came, limit, today)


def listed(
    who: Who,
    now: datetime,
    *,
    page: int,
    page_size: int,
    unit: str | None = None,
    pledge: str | None = None,
    begun_from: str | None = None,
    begun_to: str | None = None,
) -> tuple[list[tuple[Row, Pledge]], int]:
    """A page of the pledges of projects that `who` may see, with their standings, and how many there are.

    Pledge by pledge, each with what began last first; `begun_from` to `begun_to` are days, both included,
    of the first stage.
    """
    total, found, skip = 0, list[tuple[Row, Pledge]](), (page - 1) * page_size
    for name, (first, _) in PLEDGES.items():
        if pledge not in (None, name):
            continue
        query = _query(who, f"dates.{first}", unit, begun_from, begun_to)
        count = StoredStanding.rows().count_documents(query)
        start, room = max(skip - total, 0), page_size - len(found)
        if room and start < count:
            rows = StoredStanding.rows().find(query, dict.fromkeys(_SHOWN, 1))
            rows = rows.sort([(f"dates.{first}", -1), ("_id", -1)]).skip(start).limit(room)
            found += [(row, _named(name, row, now)) for row in rows]
        total += count
    return found, total


def _query(who: Who, column: str, unit: str | None, first: str | None, last: str | None) -> Row:
    bounds: dict[str, Any] = {"$exists": True}
    bounds |= {"$gte": first} if first else {}
    bounds |= {"$lte": last} if last else {}
    parts: list[Row] = [scope(who, "project.see", COLUMNS), {column: bounds}]
    if unit:
        parts.append({"unit": unit})
    return {"$and": parts}


def _named(name: str, row: Row, now: datetime) -> Pledge:
    found = of_dates(row["dates"], days.today(now))
    return next(each for each in found if each.pledge == name)
