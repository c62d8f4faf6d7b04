"""Climbing the district's ladder: the one mechanism for all that is owed by a time, whatever it is.

Who owes something waits for one rung at most, kept with the thing as {code, due_at, key} (empty for none),
and for that rung there is one duty under its key. Climbing a rung owes the next, so rungs come in order and
each once, however long the workers slept. What a rung does is for the room whose thing it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId

from app.foundation import duties
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.duties import Duty
from app.sla.calendar import WorkingCalendar
from app.sla.ladder import Moments, Rung, next_rung, quiet_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What somebody owes: its `times`, what of it was kept, the rungs `climbed` for it so far.

    `wall`: it counts hours of the wall clock. `held` {code, until}: that rung waits until then at least.
    """

    times: Moments
    calendar: WorkingCalendar
    accepted: bool = True
    replied: bool = True
    climbed: frozenset[str] = frozenset()
    wall: bool = False
    held: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reached:
    """A rung whose time has come: it was `due`, and is told `late` where the workers were away."""

    rung: Rung
    due: datetime
    late: bool


def following(owed: Owed, key: str) -> Row:
    """The next rung of the district's ladder: {code, due_at, key}, empty when there is none."""
    found = next_rung(
        pack().ladder.rungs,
        owed.times,
        accepted=owed.accepted,
        replied=owed.replied,
        climbed=owed.climbed,
        wall=owed.wall,
        calendar=owed.calendar,
    )
    if found is None:
        return {}
    at, rung = found
    if owed.held.get("code") == rung.code:
        at = max(at, owed.held["until"])
    return {"code": rung.code, "due_at": at.astimezone(UTC), "key": key}


def same(one: Row, other: Row) -> bool:
    """Whether both are the same rung at the same time."""
    return (one.get("code"), one.get("due_at")) == (other.get("code"), other.get("due_at"))


def await_rung(kind: str, subject: ObjectId, before: Row, rung: Row, now: datetime) -> None:
    """Owe `rung` as a duty of this kind in place of `before`, inside the caller's transaction."""
    if before:
        duties.drop(before["key"], now)
    if rung:
        key = rung["key"]
        payload = {"key": key}
        duties.add(kind, subject, now=now, due_at=rung["due_at"], key=key, payload=payload)


def reach(duty: Duty, waited: Row, now: datetime, *, urgent: bool = False) -> Reached | None:
    """The rung that the duty is for, if its thing still waits for that one; inside a transaction.

    The duty is finished then, and also when the thing waits for another rung by now, or for none: None. In
    the quiet hours what is not `urgent` is put off to their end: None too.
    """
    if waited.get("key") != duty.payload["key"]:
        duties.finish(duty, now)
        return None
    ladder, zone = pack().ladder, pack().zone
    morning = None if urgent else quiet_until(now, ladder.quiet_hours, zone)
    if morning is not None:
        duties.move(duty.payload["key"], morning)
        return None
    duties.finish(duty, now)
    due = waited["due_at"]
    # What fell into the night was due in the morning.
    quiet = None if urgent else quiet_until(due, ladder.quiet_hours, zone)
    late = now - (quiet or due) > timedelta(minutes=ladder.late_minutes)
    rung = next(each for each in ladder.rungs if each.code == waited["code"])
    return Reached(rung, due, late)
