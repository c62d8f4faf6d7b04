"""The day's figures, once each working day, for those who look after more than their own work."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId

from app.calendars import registry as calendars
from app.foundation import duties
from app.foundation.db import Row, transaction
from app.foundation.district import local, pack
from app.foundation.duties import Duty
from app.issues.access import TICKET_COLUMNS
from app.issues.documents import Ticket
from app.issues.looking.boxes import WORKING
from app.issues.looking.lists import box_counts
from app.notices import outbox, preferences
from app.notices.actions import tell
from app.notices.audience import DIGEST
from app.notices.preferences import NONE
from app.notices.telling import Told
from app.people.access import scope
from app.people.documents import Person
from app.people.leave import deputies_of
from app.people.login import as_who
from app.people.standing import absent_ones
from app.people.who import Who

KIND = "notices.digest"
READERS = ("head", "leader", "unit_admin", "inspector")
LEASE = timedelta(seconds=60)
BATCH = 50


def begin(now: datetime) -> None:
    """See to it that a next digest is due. Does nothing where it is already."""
    if not duties.rows().find_one({"kind": KIND, "state": "due"}):
        _add(_next_day(now), now)


def digest(duty: Duty, now: datetime, running: Collection[str]) -> None:
    """Tell each reader the figures of now, and owe the next digest.

    Some readers at a time: a worker that dies leaves the rest to the next one, which tells nobody twice.
    One that comes after its day tells nothing: the next one does.
    """
    day = date.fromisoformat(duty.payload["day"])
    coming = _latest_day(now, after=day) or _next_day(now)
    if local(now).date() == day:
        readers = _readers(now)
        for start in range(0, len(readers), BATCH):
            _tell(duty, readers[start : start + BATCH], running, now)

    def work() -> None:
        _add(coming, now)
        duties.finish(duty, now)

    transaction(work)


def figures(who: Who, now: datetime) -> dict[str, int]:
    """What is to be taken, open, overdue, due today, waiting for the enterprise and being redone."""
    boxes = box_counts(who, now, ("department", "overdue", "waiting"))
    return {
        "to_take": _count(who, {"live": True, "state": "dispatched", "assignee": None}),
        "open": boxes["department"],
        "overdue": boxes["overdue"],
        "due_today": _count(who, {"state": {"$in": list(WORKING)}, "due_at": _rest_of_day(now)}),
        "waiting": boxes["waiting"],
        "reopened": _count(who, {"live": True, "level": {"$gte": 1}}),
    }


def _tell(duty: Duty, readers: Sequence[Row], running: Collection[str], now: datetime) -> None:
    """Counted outside of the transaction, which is to be short."""
    wishes = preferences.of_all([row["_id"] for row in readers])
    told = []
    for row in readers:
        who = as_who(row["_id"], row["name"], row["grants"], absent=row["absent"])
        found = figures(who, now)
        if any(found.values()) and wishes.get(row["_id"], NONE).digest:
            params = {**found, "day": duty.payload["day"]}
            told.append((row["_id"], Told([row["_id"]], {}, params)))

    def work() -> None:
        duties.renew(duty, now=now, lease=LEASE)
        made = [
            notice
            for person, each in told
            for notice in tell(DIGEST, duty.subject, [person], each, now)
        ]
        outbox.owe(made, None, running, now)

    transaction(work)


def _readers(now: datetime) -> list[Row]:
    """Those who hold the roles, and whoever stands in for one of them who is away."""
    held = {"grants.role": {"$in": list(READERS)}, "active": True}
    own = [row["_id"] for row in Person.rows().find(held, {"_id": 1})]
    both = {*own, *deputies_of(own, now).values()}
    return list(
        Person.rows().aggregate(
            [
                {"$match": {"_id": {"$in": list(both)}}},
                {"$sort": {"_id": 1}},
                {"$project": {"name": 1, "grants": 1}},
                absent_ones(now),
            ]
        )
    )


def _count(who: Who, wanted: dict[str, Any]) -> int:
    seen = scope(who, "ticket.see", TICKET_COLUMNS)
    return Ticket.rows().count_documents({"$and": [seen, wanted]})


def _rest_of_day(now: datetime) -> dict[str, datetime]:
    tomorrow = local(now).date() + timedelta(days=1)
    return {"$gte": now, "$lt": datetime.combine(tomorrow, datetime.min.time(), pack().zone)}


def _add(day: date, now: datetime) -> None:
    """The duty's subject is what the digest's notices have as their row."""
    name = day.isoformat()
    due_at, payload = _moment(day), {"day": name}
    duties.add(KIND, ObjectId(), now=now, due_at=due_at, key=f"{KIND}:{name}", payload=payload)


def _moment(day: date) -> datetime:
    return datetime.combine(day, pack().notices.digest_at, pack().zone)


def _next_day(now: datetime) -> date:
    """The first working day whose digest is still to come."""
    today, calendar = local(now).date(), calendars.current()
    if calendar.is_working_day(today) and _moment(today) > now:
        return today
    return calendar.add_working_days(today, 1)


def _latest_day(now: datetime, after: date) -> date | None:
    """The last working day whose digest should have been by now, if it is past `after`."""
    today, calendar = local(now).date(), calendars.current()
    latest = today
    if not calendar.is_working_day(today) or _moment(today) > now:
        latest = calendar.add_working_days(today, -1)
    return latest if latest > after else None
