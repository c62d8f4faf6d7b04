"""Freezing the figures of months, one after the other: each duty adds the next month's."""

from __future__ import annotations

from datetime import datetime, timedelta

from bson import ObjectId

from app.foundation import duties
from app.foundation.db import transaction
from app.foundation.duties import Duty
from app.issues.documents import Ticket
from app.reports import counting, months
from app.reports.frozen import FrozenFigures, as_row

KIND = "reports.freeze"
LEASE = timedelta(minutes=10)
OLDEST = 12
"""A first freezing goes back no more months than this."""


def begin(now: datetime) -> None:
    """See to it that the next month to freeze is due. Does nothing where it is already."""
    last = FrozenFigures.rows().find_one({}, {"month": 1}, sort=[("month", -1)])
    if last is not None:
        _add(months.following(last["month"]), now)
    elif not duties.rows().find_one({"kind": KIND}):
        _add(_first(now), now)


def freeze(duty: Duty, now: datetime) -> None:
    """Store the figures of a month as they are now, unless that was done, and owe the next month's."""
    month = duty.payload["month"]
    transaction(lambda: duties.renew(duty, now=now, lease=LEASE))
    counted = counting.count(months.of_month(month, now), counting.everywhere())
    rows = [
        {
            "_id": ObjectId(),
            "month": month,
            "department": department,
            "person": person,
            "figures": as_row(found),
            "frozen_at": now,
        }
        for (department, person), found in counted.items()
    ]

    def work() -> None:
        if not FrozenFigures.rows().find_one({"month": month}, {"_id": 1}):
            FrozenFigures.rows().insert_many(rows)
        _add(months.following(month), now)
        duties.finish(duty, now)

    transaction(work)


def _first(now: datetime) -> str:
    """The month of the first ticket, of those that are not too long ago; else this one."""
    month = months.month_of(now)
    oldest = Ticket.rows().find_one({}, {"dispatched_at": 1}, sort=[("_id", 1)])
    if oldest is None:
        return month
    first = min(months.month_of(oldest["dispatched_at"]), month)
    for _ in range(OLDEST):
        if month <= first:
            break
        month = months.before(month)
    return month


def _add(month: str, now: datetime) -> None:
    key, payload = f"{KIND}:{month}", {"month": month}
    due_at = months.freezes_at(month)
    duties.add(KIND, ObjectId(), now=now, due_at=due_at, key=key, payload=payload)
