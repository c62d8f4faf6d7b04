"""Looking at closures that something speaks against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId

from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Invalid, NotFound
from app.foundation.ids import object_id
from app.issues.access import TICKET_COLUMNS, ties_of_row
from app.issues.documents import Ticket
from app.oversight.checks_hidden import hidden_from
from app.oversight.closures import Signal, signals
from app.oversight.closures_documents import CONFIRMED, OPEN, THING, ClosureFinding
from app.oversight.closures_reading import FIELDS, closed_at, facts_of
from app.oversight.draws_population import span
from app.people.access import Ties, allowed, may, scope
from app.people.who import Who
from app.photos.hiding import hidden_from as photos_hidden_from

SEE = "closure.see"
LATELY = timedelta(days=29)
MOST_CLOSURES = 20_000
"""Closures that are weighed at once: each with its photos, checks, words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureFilters:
    """Which closures: answered from one local day to another (the last 30 without); None means any."""

    since: date | None = None
    until: date | None = None
    unit: str | None = None
    department_id: str | None = None
    category: str | None = None
    signal: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A closure with what speaks against it, and the finding on it, if there is one."""

    ticket: Row
    closed_at: datetime
    signals: tuple[Signal, ...]
    finding: Row | None

    @property
    def state(self) -> str:
        """Open until an inspector found something; open again when more speaks against what was cleared."""
        if self.finding is None:
            return OPEN
        known = {each["code"] for each in self.finding["signals"]}
        more = any(each.code not in known for each in self.signals)
        found: str = self.finding["state"]
        return OPEN if more and found != CONFIRMED else found


def doubtful(
    who: Who, filters: ClosureFilters, *, page: int, page_size: int, now: datetime
) -> tuple[list[Doubt], int]:
    """A page of the doubtful closures `who` may see, the newest first, and how many.

    Raises Invalid for a period that is turned round, or longer than the district's days, or of too many.
    """
    wanted = Ticket.rows().find({"$and": _parts(who, filters, now)}, FIELDS)
    rows = list(wanted.limit(MOST_CLOSURES + 1))
    if len(rows) > MOST_CLOSURES:
        raise Invalid("closure.too_many", fields={"until": []}, most=MOST_CLOSURES)
    found = [
        each
        for each in _doubts(rows)
        if (filters.signal is None or filters.signal in {one.code for one in each.signals})
        and filters.state in (None, each.state)
    ]
    found.sort(key=lambda each: (each.closed_at, each.ticket["_id"]), reverse=True)
    start = (page - 1) * page_size
    return found[start : start + page_size], len(found)


def see(who: Who, key: str) -> Doubt:
    """The closure of a lead ticket, whether or not anything speaks against it. Raises NotFound."""
    query = {"_id": object_id(key), "role": "lead"}
    row = Ticket.rows().find_one(query, {**FIELDS, "withheld": 1, "units_barred": 1})
    if row is None or not allowed(who, SEE, ties_of_row(row)):
        raise NotFound("not_found")
    if not row.get("answered_at") and not row.get("rounds"):
        raise NotFound("not_found")
    if hidden_from(who, [row["issue"]]):
        raise NotFound("not_found")
    return _doubt(row, *_told([row]))


def shown(who: Who, found: Iterable[Doubt]) -> dict[ObjectId, list[tuple[Signal, list[Row]]]]:
    """By ticket, each signal with the rows behind it that `who` may know of.

    Which earlier photo one repeats only those learn who may see all photos.
    """
    every = list(found)
    keys = {
        key for each in every for one in each.signals for thing, key in one.rows if thing == "photo"
    }
    hidden = photos_hidden_from(who, keys)
    sees_checks, sees_photos = may(who, "check.see"), allowed(who, "photo.see", Ties())
    told = {}
    for each in every:
        lines = []
        own = (each.ticket.get("answer") or {}).get("photos", ())
        for one in each.signals:
            rows = [
                {"thing": thing, "id": key}
                for thing, key in one.rows
                if key not in hidden
                and (thing != "check" or sees_checks)
                and (thing != "photo" or sees_photos or key in own)
            ]
            lines.append((one, rows))
        told[each.ticket["_id"]] = lines
    return told


def history_of(doubt: Doubt) -> list[Row]:
    """What inspectors did with the closure, in order."""
    if doubt.finding is None:
        return []
    return history.of(THING, doubt.finding["_id"], internal=True)


def may_decide(who: Who, doubt: Doubt) -> bool:
    """Whether `who` may confirm or clear what speaks against it."""
    return allowed(who, "closure.decide", ties_of_row(doubt.ticket))


def _parts(who: Who, filters: ClosureFilters, now: datetime) -> list[Row]:
    until = filters.until or days.today(now)
    since = filters.since or until - LATELY
    most = pack().checks.period_days
    if until < since or (until - since).days >= most:
        raise Invalid("draw.unfit_period", fields={"until": [until.isoformat()]}, days=most)
    first, last = span(since.isoformat(), until.isoformat())
    answered = {"$gte": first, "$lt": last}
    parts: list[Row] = [
        scope(who, SEE, TICKET_COLUMNS),
        {"role": "lead"},
        {"$or": [{"answered_at": answered}, {"rounds": {"$elemMatch": {"answered_at": answered}}}]},
    ]
    wanted: dict[str, Any] = {"unit": filters.unit, "category": filters.category}
    if filters.department_id:
        wanted["department"] = ObjectId(filters.department_id)
    parts += [{name: value} for name, value in wanted.items() if value is not None]
    return parts


def _doubts(rows: Iterable[Row]) -> list[Doubt]:
    some = list(rows)
    found, findings = _told(some)
    every = (_doubt(row, found, findings) for row in some)
    return [each for each in every if each.signals]


def _told(
    rows: list[Row],
) -> tuple[dict[ObjectId, tuple[Signal, ...]], dict[tuple[ObjectId, datetime], Row]]:
    terms = pack().checks
    found = {row["_id"]: signals(facts, terms) for row, facts in facts_of(rows)}
    kept = ClosureFinding.rows().find({"ticket": {"$in": [row["_id"] for row in rows]}})
    return found, {(row["ticket"], row["answered_at"]): row for row in kept}


def _doubt(
    row: Row,
    found: dict[ObjectId, tuple[Signal, ...]],
    findings: dict[tuple[ObjectId, datetime], Row],
) -> Doubt:
    moment = closed_at(row)
    return Doubt(row, moment, found[row["_id"]], findings.get((row["_id"], moment)))
