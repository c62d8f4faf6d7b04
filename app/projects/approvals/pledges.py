"""The three pledges: 拿地即开工, 竣工即发证, 竣工即投产, in days from one stage to the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.foundation import days
from app.foundation.db import Row
from app.foundation.district import pack
from app.people.access import scope
from app.people.who import Who
from app.projects.rates.documents import StoredStanding
from app.projects.rates.pledged import PLEDGES
from app.projects.ties import COLUMNS

MET, MISSED, OPEN = STATES = ("met", "not", "open")
_SHOWN = ("code", "name", "unit", "enterprise", "pledged")


@dataclass(frozen=True, slots=True)
class Pledge:
    """How many days of the calendar passed between two stages, up to today while the second is to come.

    Of a `phase` of the project, 0 the whole: what the first one pledged stays when another begins.
    Less than none where the second came first. `met` within the limit, `open` while it still can be.
    """

    pledge: str
    phase: int
    since: date
    came: date | None
    days: int
    limit_days: int
    state: str


def pledge(
    name: str, since: date, came: date | None, limit: int, today: date, phase: int = 0
) -> Pledge:
    """One pledge of a project, or a phase of it, that came to the first of its stages."""
    passed = ((came or today) - since).days
    state = MISSED if passed > limit else OPEN if came is None else MET
    return Pledge(name, phase, since, came, passed, limit, state)


def of_stored(stored: Iterable[Mapping[str, Any]], today: date) -> Iterator[Pledge]:
    """Those that have begun, of the stored `pledged` of a standing."""
    for each in stored:
        name, came = each["pledge"], each["came"]
        limit = getattr(pack().approvals.pledges, name)
        since, came_on = date.fromisoformat(each["since"]), came and date.fromisoformat(came)
        yield pledge(name, since, came_on, limit, today, each["phase"])


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
    of the first stage. Of a project each phase counts by itself.
    """
    total, found, skip = 0, list[tuple[Row, Pledge]](), (page - 1) * page_size
    today = days.today(now)
    for name in PLEDGES:
        if pledge not in (None, name):
            continue
        steps = _begun(who, name, unit, begun_from, begun_to)
        count = _counted(steps)
        start, room = max(skip - total, 0), page_size - len(found)
        if room and start < count:
            found += [(row, _one(row, today)) for row in _some(steps, start, room)]
        total += count
    return found, total


def _begun(who: Who, name: str, unit: str | None, first: str | None, last: str | None) -> list[Row]:
    """The steps that find one pledge of each row, of the standings that `who` may see."""
    bounds = ({"$gte": first} if first else {}) | ({"$lte": last} if last else {})
    wanted: Row = {"pledge": name} | ({"since": bounds} if bounds else {})
    parts: list[Row] = [scope(who, "project.see", COLUMNS), {"pledged": {"$elemMatch": wanted}}]
    if unit:
        parts.append({"unit": unit})
    return [
        {"$match": {"$and": parts}},
        {"$project": dict.fromkeys(_SHOWN, 1)},
        {"$unwind": "$pledged"},
        {"$match": {f"pledged.{field}": value for field, value in wanted.items()}},
    ]


def _counted(steps: list[Row]) -> int:
    counted = StoredStanding.rows().aggregate([*steps, {"$count": "n"}])
    return next((row["n"] for row in counted), 0)


def _some(steps: list[Row], start: int, room: int) -> Iterable[Row]:
    order = {"pledged.since": -1, "_id": -1, "pledged.phase": -1}
    cut: list[Row] = [{"$sort": order}, {"$skip": start}, {"$limit": room}]
    return StoredStanding.rows().aggregate([*steps, *cut])


def _one(row: Row, today: date) -> Pledge:
    [found] = of_stored([row["pledged"]], today)
    return found
