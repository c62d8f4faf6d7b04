"""Owing it that somebody is reminded of what they have to do by a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from bson import ObjectId

from app.calendars import registry
from app.foundation import duties
from app.foundation.district import pack

KIND = "offers.remind"
DUE, OVERDUE = STAGES = ("due", "overdue")


def owe(thing: str, key: ObjectId, due_on: str | None, now: datetime) -> None:
    """Owe word to who has to do something about a thing by a local day; None owes nothing.

    It is due in the morning of the day, and again on the working day after it. What by then waits for
    another day, or for nothing, is passed over. Joins the surrounding transaction.
    """
    if due_on is not None:
        _add(thing, key, due_on, DUE, now)


def owe_again(thing: str, key: ObjectId, due_on: str, now: datetime) -> None:
    """Owe word that the day is over; joins the surrounding transaction."""
    _add(thing, key, due_on, OVERDUE, now)


def _add(thing: str, key: ObjectId, due_on: str, stage: str, now: datetime) -> None:
    day = date.fromisoformat(due_on)
    if stage == OVERDUE:
        day = registry.current().add_working_days(day, 1)
    duties.add(
        KIND,
        key,
        now=now,
        due_at=max(now, _morning(day)),
        key=f"{KIND}:{thing}:{key}:{due_on}:{stage}",
        payload={"thing": thing, "due_on": due_on, "stage": stage},
    )


def _morning(day: date) -> datetime:
    at: time = pack().offers.remind_at
    return datetime.combine(day, at, pack().zone).astimezone(UTC)
