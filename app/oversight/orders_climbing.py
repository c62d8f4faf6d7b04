"""An order that nears its deadline, or has passed it, climbs the district's ladder as a milestone does.

It climbs the rungs of the clock `resolve` by the working calendar in use: its owner hears first, then who
is above them, the inspectors, and the leader. When the owner has left meanwhile, whom it was addressed to
names another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.calendars import registry
from app.climbing import rungs
from app.climbing.rungs import Owed, Reached
from app.foundation import duties, history
from app.foundation.db import Row, transaction
from app.foundation.duties import Duty
from app.foundation.history import SYSTEM
from app.oversight import orders_owners as owners
from app.oversight.orders import EXCERPT, THING, Order
from app.oversight.orders_states import OWED
from app.people.announcing import announce, telling
from app.sla.calendar import WorkingCalendar
from app.sla.ladder import Times

KIND = "orders.climb"
SOON, OVERDUE, ORPHANED, HANDED_OVER = (
    "order.due_soon",
    "order.overdue",
    "order.orphaned",
    "order.handed_over",
)


def following(due_at: datetime, climbed: Collection[str], days: WorkingCalendar) -> Row:
    """The next rung of what is due at a moment, with a duty key of its own; empty when there is none."""
    owed = Owed(times=Times(due_at, due_at, due_at), climbed=frozenset(climbed), calendar=days)
    return rungs.following(owed, f"{KIND}:{ObjectId()}")


def await_rung(key: ObjectId, before: Mapping[str, Any], rung: Row, now: datetime) -> None:
    """Owe the order's rung in place of the one `before`, inside the caller's transaction."""
    rungs.await_rung(KIND, key, dict(before), rung, now)


def climb(duty: Duty, now: datetime) -> None:
    """Climb the rung that is due, and owe the next. The night is waited out.

    What by now waits for another rung or for none is left alone.
    """

    def work() -> None:
        row = Order.rows().find_one({"_id": duty.subject}) or {}
        days = registry.current()
        waited = row.get("rung") or {}
        if waited.get("key") == duty.payload["key"] and _moved_on(row, days, now):
            duties.finish(duty, now)
            return
        reached = rungs.reach(duty, waited, now)
        if reached is not None:
            _climb(_with_owner(row, now), reached, days, now)

    transaction(work)


def _moved_on(row: Row, days: WorkingCalendar, now: datetime) -> bool:
    """Whether it climbs later than it was to, or no more: that is written down, and owed."""
    ahead = following(row["due_at"], row["climbed"], days) if row["state"] in OWED else {}
    if ahead and ahead["due_at"] <= now:
        return False
    _write(row, {"rung": ahead})
    await_rung(row["_id"], {}, ahead, now)
    return True


def _climb(row: Row, reached: Reached, days: WorkingCalendar, now: datetime) -> None:
    code, due = reached.rung.code, row["due_at"]
    climbed = [*row["climbed"], code]
    ahead = following(due, climbed, days)
    _write(row, {"climbed": climbed, "rung": ahead})
    await_rung(row["_id"], {}, ahead, now)
    people = _listeners(row, reached.rung.tells)
    data = {
        **telling(people, row["text"][:EXCERPT], due=due, project=row["project"]),
        "rung": code,
        "late": reached.late,
        "over": (now - due).total_seconds(),
    }
    told = history.append(THING, row["_id"], "climb", by=SYSTEM, now=now, data=data)
    announce(SOON if now < due else OVERDUE, row["_id"], told, now)


def _listeners(row: Row, tells: Collection[str]) -> list[ObjectId]:
    found: list[ObjectId] = []
    for each in tells:
        if each == "worker":
            found.append(row["owner"])
        elif each == "head" and row["department"]:
            found += owners.holding("head", department=row["department"])
        elif each == "unit" and row["unit"]:
            found += owners.holding("unit_admin", unit=row["unit"])
        elif each == "inspector":
            found += owners.holding("inspector")
        elif each == "leader":
            found += [row["by"]] if row["role"] == "leader" else owners.holding("leader")
    return list(dict.fromkeys(found))


def _with_owner(row: Row, now: datetime) -> Row:
    """The order with an owner who is here: whoever takes the place of one who has left, if anybody does."""
    if owners.here(row["owner"]):
        return row
    new = owners.again(row)
    if new is None:
        people = [row["by"], *owners.holding("inspector")]
        data = telling(people, row["text"][:EXCERPT], due=row["due_at"], project=row["project"])
        told = history.append(THING, row["_id"], "orphan", by=SYSTEM, now=now, data=data)
        announce(ORPHANED, row["_id"], told, now)
        return row
    change = {"owner": new.person, "department": new.department or row["department"]}
    people, data = [new.person], {"was": row["owner"], "owner": new.person}
    data = {
        **telling(people, row["text"][:EXCERPT], due=row["due_at"], project=row["project"]),
        **data,
    }
    told = history.append(THING, row["_id"], "hand_over", by=SYSTEM, now=now, data=data)
    announce(HANDED_OVER, row["_id"], told, now)
    _write(row, change)
    return {**row, **change}


def _write(row: Row, change: Row) -> None:
    Order.rows().update_one({"_id": row["_id"]}, {"$set": change, "$inc": {"version": 1}})
