"""Which rung of the ladder a ticket climbs next, as a duty that moves with its promise.

A ticket has one such duty at most: firing a rung adds the next one's, so rungs come in order and each
once, however long the workers slept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.climbing import rungs as ladder
from app.climbing.rungs import Owed, same
from app.foundation.db import Row
from app.issues import clocks
from app.issues.documents import Ticket
from app.sla.calendar import WorkingCalendar
from app.sla.ladder import Times

__all__ = [
    "CLIMBING",
    "KIND",
    "TIMED",
    "await_rung",
    "due_at",
    "following",
    "key_of",
    "same",
    "stale",
]

KIND = "issues.climb"

CLIMBING = ("dispatched", "accepted", "in_progress", "extension_requested")
"""A ticket that waits for the enterprise climbs nowhere."""
TIMED = (
    "state",
    "accept_by",
    "reply_by",
    "resolve_by",
    "accepted_at",
    "replied_at",
    "clock",
    "held",
)
"""What of a ticket, with the rungs it climbed, the next one follows from."""


def due_at(row: Mapping[str, Any]) -> datetime:
    """The next promise to keep of a ticket with these values."""
    if row["accepted_at"] is None:
        return row["accept_by"]  # type: ignore[no-any-return]
    if row["replied_at"] is None:
        return min(row["reply_by"], row["resolve_by"])  # type: ignore[no-any-return]
    return row["resolve_by"]  # type: ignore[no-any-return]


def following(row: Mapping[str, Any], key: str, days: WorkingCalendar) -> Row:
    """The next rung of a ticket with these values: {code, due_at, key}, empty when there is none."""
    if row["state"] not in CLIMBING:
        return {}
    owed = Owed(
        times=Times(row["accept_by"], row["reply_by"], row["resolve_by"]),
        accepted=row["accepted_at"] is not None,
        replied=row["replied_at"] is not None,
        climbed=frozenset(row["climbed"]),
        wall=clocks.is_wall(row["clock"]),
        calendar=clocks.counted_by(row["clock"], days),
        held=row.get("held") or {},
    )
    return ladder.following(owed, key)


def stale(ticket: Ticket, days: WorkingCalendar) -> bool:
    """Whether by this calendar another rung follows than the one that the ticket waits for."""
    row = {name: getattr(ticket, name) for name in (*TIMED, "climbed")}
    return not same(following(row, "", days), ticket.rung)


def key_of(ticket: Ticket, version: int) -> str:
    """The dedupe key of the rung that a ticket waits for since this version of it."""
    return f"{KIND}:{ticket.id}:{version}"


def await_rung(ticket: Ticket, before: Row, now: datetime) -> None:
    """Owe the ticket's present rung in place of `before`, inside the caller's transaction."""
    ladder.await_rung(KIND, ticket.id, before, dict(ticket.rung), now)
