"""Looking at events and their checklists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.errors import Forbidden, NotFound
from app.foundation.history import Actor
from app.foundation.ids import object_id
from app.offers.access import page_of
from app.offers.events.documents import EVENT, OPEN, PLANNED, Event, EventItem
from app.offers.leads.documents import Lead
from app.people.access import Columns, Ties, actor, allowed, scope
from app.people.who import Who
from config.offer_terms import PHASES

SEE, RUN = "event.see", "event.run"
COLUMNS = Columns(owner="owner", unit="units", departments="department", followers="followers")


def ties(row: Mapping[str, Any]) -> list[Ties]:
    """What binds a stored event to people, once for each unit that takes part."""
    department = row["department"]
    return [
        Ties(
            owner=row["owner"],
            unit=unit,
            departments=(department,) if department else (),
            followers=tuple(row["followers"]),
        )
        for unit in (row["units"] or [None])
    ]


def may(who: Who, action: str, row: Mapping[str, Any]) -> bool:
    """Whether `who` may do `action` to a stored event."""
    return any(allowed(who, action, each) for each in ties(row))


def running(who: Who, row: Mapping[str, Any]) -> Actor:
    """How history names `who` for running an event. Raises Forbidden."""
    for each in ties(row):
        if allowed(who, RUN, each):
            return actor(who, RUN, each)
    raise Forbidden("forbidden")


def see(who: Who, key: str | ObjectId) -> Row:
    """The stored event, if `who` may know of it. Raises NotFound else."""
    row = Event.rows().find_one({"_id": object_id(str(key))})
    if row is None or not may(who, SEE, row):
        raise NotFound("not_found")
    return row


def see_item(who: Who, key: str | ObjectId) -> tuple[Row, Row]:
    """A stored item and its event, if `who` may know of them. Raises NotFound else."""
    item = EventItem.rows().find_one({"_id": object_id(str(key))})
    if item is None:
        raise NotFound("not_found")
    return item, see(who, item["event"])


def listed(
    who: Who,
    *,
    page: int,
    page_size: int,
    state: str | None = None,
    unit: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> tuple[list[Row], int]:
    """A page of the events `who` may see, the latest first, and how many there are."""
    parts: list[Row] = [scope(who, SEE, COLUMNS)]
    parts += [{"state": state}] if state else []
    parts += [{"units": unit}] if unit else []
    parts += [{"on": {"$gte": since}}] if since else []
    parts += [{"on": {"$lte": until}}] if until else []
    found = Event.rows().find({"$and": parts}).sort([("on", -1), ("_id", -1)])
    return page_of(found, page, page_size), Event.rows().count_documents({"$and": parts})


def items_of(event: ObjectId) -> list[Row]:
    """The checklist of an event: before, during, after, each by day."""
    rows = list(EventItem.rows().find({"event": event}))
    return sorted(rows, key=lambda row: (PHASES.index(row["phase"]), row["due_on"], row["code"]))


def my_items(
    who: Who, now: datetime, *, overdue: bool, page: int, page_size: int
) -> tuple[list[Row], int]:
    """A page of the open items for which `who` is responsible, what is due first first, and how many."""
    query: Row = {"responsible": {"$in": list(who.ids)}, "state": OPEN}
    if overdue:
        query["due_on"] = {"$lt": days.today(now).isoformat()}
    theirs = EventItem.rows().distinct("event", query)
    query["event"] = {
        "$in": Event.rows().distinct("_id", {"_id": {"$in": theirs}, "state": PLANNED})
    }
    found = EventItem.rows().find(query).sort([("due_on", 1), ("_id", 1)])
    return page_of(found, page, page_size), EventItem.rows().count_documents(query)


def is_overdue(item: Mapping[str, Any], now: datetime) -> bool:
    """Whether an item is open though its day is over."""
    return bool(item["state"] == OPEN and item["due_on"] < days.today(now).isoformat())


def leads_of(event: ObjectId) -> list[Row]:
    """The leads that came of an event, the oldest first."""
    return list(Lead.rows().find({"event": event}).sort("_id", 1))


def history_of(row: Row) -> list[Row]:
    """What was done, in order."""
    return history.of(EVENT, row["_id"], internal=True)
