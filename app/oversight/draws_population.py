"""What a draw draws from: closed tickets and ended visits of a period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Conflict
from app.issues.documents import Issue, Ticket
from app.oversight.draws import Item
from app.oversight.draws_documents import (
    BY_CATEGORY,
    BY_DEPARTMENT,
    BY_KIND,
    BY_UNIT,
    TICKET,
    TICKETS,
    VISIT,
    VISITS,
)
from app.visits.documents import ENDED, Visit

NONE = "-"
MOST_ITEMS = 100_000
"""Items that one draw may draw from."""
MOST_DRAWN = 300


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket or visit as it stood when it was found: what a check of it keeps."""

    item: str
    id: ObjectId
    name: str
    issue: ObjectId | None = None
    department: ObjectId | None = None
    unit: str | None = None
    category: str | None = None
    owner: ObjectId | None = None

    @property
    def key(self) -> str:
        """As it is named in a population: `ticket:…`."""
        return f"{self.item}:{self.id}"


def span(since: str, until: str) -> tuple[datetime, datetime]:
    """From the beginning of a local day to before the end of another."""
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    zone = pack().zone
    ends = datetime.combine(last + timedelta(days=1), time(), zone)
    return datetime.combine(first, time(), zone), ends


def population(draw: Mapping[str, Any], as_of: datetime, most: int = MOST_ITEMS) -> list[Found]:
    """All closed tickets and ended visits that the draw is of, as of the moment; nothing restricted.

    Raises Conflict where there are more than `most` of either, or of both.
    """
    since, until = span(draw["since"], draw["until"])
    ended = {"ended_at": {"$gte": since, "$lt": min(until, as_of)}}
    found: list[Found] = []
    if TICKETS in draw["kinds"]:
        wanted = {**ended, **_narrowed(draw, ("unit", "department", "category"))}
        found += _tickets(wanted, most)
    if VISITS in draw["kinds"]:
        found += _visits({**ended, **_narrowed(draw, ("unit",))}, most)
    if len(found) > most:
        raise too_much()
    return found


def too_much() -> Conflict:
    """Too many to draw, or to draw from."""
    return Conflict("draw.too_much", most=MOST_DRAWN, population=MOST_ITEMS)


def items(found: Iterable[Found], strata: str | None) -> list[Item]:
    """The same as what lots are drawn of."""
    return [Item(each.key, _stratum(each, strata)) for each in found]


def _narrowed(draw: Mapping[str, Any], names: Iterable[str]) -> Row:
    return {name: draw[name] for name in names if draw[name] is not None}


def _tickets(query: Row, most: int) -> Iterator[Found]:
    """Closed ones; none whose issue was restricted meanwhile, so that ids tell of none."""
    closed = {**query, "state": "closed", "restricted": None}
    rows = _some(Ticket.rows().find(closed, _OF_TICKET), most)
    barred = {"_id": {"$in": [row["issue"] for row in rows]}, "restricted": {"$ne": None}}
    closed_off = set(Issue.rows().distinct("_id", barred)) if rows else set()
    for row in rows:
        if row["issue"] not in closed_off:
            owner = row.get("assignee") or (row.get("answer") or {}).get("by")
            yield Found(
                TICKET,
                row["_id"],
                row["number"],
                row["issue"],
                row["department"],
                row.get("unit"),
                row.get("category"),
                owner,
            )


_OF_TICKET = dict.fromkeys(
    ("number", "issue", "department", "unit", "category", "assignee", "answer.by"), 1
)


def _some(found: Any, most: int) -> list[Row]:
    """All of them; one more than may be is read to know. Raises Conflict for more than `most`."""
    rows = list(found.limit(most + 1))
    if len(rows) > most:
        raise too_much()
    return rows


def _visits(query: Row, most: int) -> Iterator[Found]:
    fields = {"owner": 1, "unit": 1, "started_at": 1}
    for row in _some(Visit.rows().find({**query, "state": ENDED}, fields), most):
        name = f"{row['started_at'].astimezone(pack().zone):%Y-%m-%d %H:%M}"
        yield Found(VISIT, row["_id"], name, unit=row.get("unit"), owner=row["owner"])


def _stratum(found: Found, strata: str | None) -> str:
    value = {
        None: "",
        BY_KIND: found.item,
        BY_UNIT: found.unit,
        BY_DEPARTMENT: found.department,
        BY_CATEGORY: found.category,
    }[strata]
    return NONE if value is None else str(value)
