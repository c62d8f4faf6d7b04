"""Templates of checklists: what the pack brings, and what admins make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from app.foundation import days, history
from app.foundation.db import Row, transaction
from app.foundation.errors import Invalid, NotFound, Stale
from app.offers.events.documents import TEMPLATE, EventTemplate
from app.people.access import require
from app.people.who import Who
from app.sla.calendar import WorkingCalendar
from config.offer_terms import fits
from config.pack import Pack

CHANGE, SEE = "event_template.change", "event_template.see"


def bring_in(pack: Pack, now: datetime) -> None:
    """Add the templates of the pack that are not there; what admins stated stands."""
    for each in pack.offers.events:
        begun: Row = {
            "name": each.name,
            "items": [asdict(item) for item in each.items],
            "updated_at": now,
            "version": 1,
        }
        if EventTemplate.rows().find_one({"code": each.code}, {"_id": 1}) is None:
            # Two processes may begin at once.
            EventTemplate.rows().update_one(
                {"code": each.code}, {"$setOnInsert": begun}, upsert=True
            )


def listed(who: Who) -> list[Row]:
    """All templates, by code. Raises Forbidden."""
    require(who, SEE)
    return list(EventTemplate.rows().find().sort("code", 1))


def find(code: str) -> Row | None:
    """The template with this code."""
    return EventTemplate.rows().find_one({"code": code})


def see(who: Who, code: str) -> Row:
    """A template. Raises Forbidden, NotFound."""
    require(who, SEE)
    row = find(code)
    if row is None:
        raise NotFound("not_found")
    return row


def put(
    who: Who, code: str, name: str, items: Sequence[Mapping[str, Any]], version: int, now: datetime
) -> Row:
    """Define a template (`version` 0), or say anew what it is. Events that there are keep their items.

    Raises Forbidden; Invalid for a code that stands twice and days that are not of their phase; Stale when
    it was changed meanwhile.
    """
    require(who, CHANGE)
    _check(items)

    def work() -> None:
        before = find(code)
        if (before or {"version": 0})["version"] != version:
            raise Stale("changed_meanwhile")
        content = {"name": name, "items": [dict(each) for each in items]}
        if before is None:
            made = EventTemplate.insert_row(code=code, **content, updated_at=now)
        else:
            same = {"_id": before["_id"], "version": version}
            change = {"$set": {**content, "updated_at": now}, "$inc": {"version": 1}}
            if not EventTemplate.rows().update_one(same, change).modified_count:
                raise Stale("changed_meanwhile")
            made = before
        action = "change" if before else "create"
        was = {each: before[each] for each in content} if before else {}
        data = {"before": was, "after": content}
        history.append(TEMPLATE, made["_id"], action, by=who.acting("admin"), now=now, data=data)

    try:
        transaction(work)
    except DuplicateKeyError as error:  # two define it at once
        raise Stale("changed_meanwhile") from error
    return see(who, code)


def _check(items: Sequence[Mapping[str, Any]]) -> None:
    codes = [each["code"] for each in items]
    if len(set(codes)) < len(codes):
        raise Invalid("event.item_twice", fields={"items": codes})
    for each in items:
        if not fits(each["phase"], each["days"]):
            raise Invalid(
                "event.days_of_phase", name=each["name"], fields={"items": [each["code"]]}
            )


def due_on(on: date, offset: int, now: datetime, calendar: WorkingCalendar) -> str:
    """The local day by which an item is due that is so many days from the event.

    On a working day: the last before, for what comes before the event; the next, for what follows it. The
    event's own day is what it is. Never before today.
    """
    day = date.fromordinal(on.toordinal() + offset)
    if offset and not calendar.is_working_day(day):
        day = calendar.add_working_days(day, -1 if offset < 0 else 1)
    return max(day, days.today(now)).isoformat()
