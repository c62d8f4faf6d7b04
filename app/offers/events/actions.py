"""What is done with events: planned from a template, moved, items done, leads made, closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from app.calendars import registry as calendars
from app.departments import registry as departments
from app.enterprises.queries import see_enterprise
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.errors import Conflict, Invalid
from app.foundation.ids import fingerprint
from app.foundation.replay import made_once
from app.offers import owing, people
from app.offers.ahead import day_ahead
from app.offers.events import templates
from app.offers.events.documents import (
    CANCELLED,
    CLOSED,
    EVENT,
    ITEM,
    OPEN,
    PLANNED,
    Event,
    EventItem,
)
from app.offers.events.queries import RUN, items_of, may, running, see
from app.offers.leads import actions as leads
from app.offers.steps import Table, Word, after, take, told
from app.people import finding
from app.people.who import Who

TABLE: Table = {
    "move": {PLANNED: PLANNED},
    "close": {PLANNED: CLOSED},
    "cancel": {PLANNED: CANCELLED},
    "lead": {PLANNED: PLANNED},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An event as somebody plans it; `responsible` {code of an item: person} comes before roles."""

    template: str
    title: str
    on: str
    place: str = ""
    units: list[str] = field(default_factory=list)
    enterprise_ids: list[str] = field(default_factory=list)
    guests: list[str] = field(default_factory=list)
    department_id: str | None = None
    owner_id: str | None = None
    responsible: Mapping[str, str] = field(default_factory=dict)


def plan(who: Who, said: Planned, client_id: str, now: datetime) -> tuple[ObjectId, bool]:
    """Plan an event with the items of its template: (it, whether it is new). Those responsible hear of it.

    Raises NotFound, Forbidden; Invalid for an unknown template, unit or item, a day that is over, people who
    are not of staff; Conflict for a client_id used otherwise.
    """
    template = templates.find(said.template)
    if template is None:
        raise Invalid("reference.unknown", fields={"template": [said.template]})
    place = _place(who, said)
    by = running(who, {**place, "owner": who.id, "followers": []})
    print_ = fingerprint(asdict(said))

    def make() -> Event:
        day_ahead(said.on, "on", now)
        owner = people.staff_member(said.owner_id or str(who.id), "owner_id").id
        held = _responsible(template, said, owner)
        made = Event(
            template=template["code"],
            kind_name=template["name"],
            title=said.title,
            on=said.on,
            place=said.place,
            guests=said.guests,
            owner=owner,
            followers=finding.once(held.values()),
            by=by.id,
            by_name=by.name,
            role=by.role,
            client_id=client_id,
            fingerprint=print_,
            created_at=now,
            updated_at=now,
            **place,
        ).insert()
        _lay(made, template, held, now)
        heard = finding.once([owner], held.values())
        word = Word(event="event.planned", people=heard, name=said.title, due=said.on)
        told(EVENT, made.id, "plan", by, now, after=PLANNED, tell=word)
        return made

    def find() -> Event | None:
        return Event.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    made, new = made_once(make, find, print_, "changed_meanwhile")
    return made.id, new


def move(who: Who, key: str, *, on: date, text: str, now: datetime) -> None:
    """Hold it on another day; what is still open is due by that.

    Raises NotFound, Forbidden, Conflict; Invalid for a day that is over.
    """
    day_ahead(on, "on", now)

    def work() -> None:
        row = see(who, key)
        calendar = calendars.current()
        for item in items_of(row["_id"]):
            if item["state"] == OPEN:
                due = templates.due_on(on, item["days"], now, calendar)
                _set(item, {"due_on": due, "updated_at": now})
                owing.owe(ITEM, item["_id"], due, now)
        _step(who, row, "move", now, text, {"on": on.isoformat()}, row["followers"])

    transaction(work)


def close(who: Who, key: str, *, text: str, now: datetime) -> None:
    """Its follow-up is over: what came of it. Raises NotFound, Forbidden; Conflict while items are open."""

    def work() -> None:
        row = see(who, key)
        if left := sum(each["state"] == OPEN for each in items_of(row["_id"])):
            raise Conflict("event.items_open", count=left)
        _step(who, row, "close", now, text, {"result": text, "ended_at": now}, row["followers"])

    transaction(work)


def cancel(who: Who, key: str, *, text: str, now: datetime) -> None:
    """It is not held; nothing of it is due any more. Raises NotFound, Forbidden, Conflict."""

    def work() -> None:
        row = see(who, key)
        _step(who, row, "cancel", now, text, {"result": text, "ended_at": now}, row["followers"])

    transaction(work)


def make_lead(
    who: Who, key: str, raw: Mapping[str, Any], client_id: str, now: datetime
) -> tuple[ObjectId, bool]:
    """Make a lead of a company that was met there: (it, whether it is new).

    Raises NotFound; Forbidden; Conflict when the event is over; like `leads.actions.enter` besides.
    """
    found: list[tuple[ObjectId, bool]] = []

    def work() -> None:
        row = see(who, key)
        by = running(who, row)
        found[:] = [leads.enter(who, raw, client_id, now, event=row["_id"])]
        made, new = found[0]
        if new:
            after(TABLE, "lead", row["state"])
            touch(row, now)
            told(EVENT, row["_id"], "lead", by, now, data={"lead": made})

    transaction(work)
    return found[0]


def _step(
    who: Who,
    row: Row,
    action: str,
    now: datetime,
    text: str,
    values: Mapping[str, Any],
    heard: list[ObjectId],
) -> None:
    by = running(who, row)
    then = after(TABLE, action, row["state"])
    event = {"move": "event.moved", "close": "event.closed", "cancel": "event.cancelled"}[action]
    listeners = finding.once([row["owner"]], heard)
    word = Word(event=event, people=listeners, name=row["title"], due=values.get("on"))
    take(Event, EVENT, row, action, then, by, now, values=values, text=text, tell=word)


def _place(who: Who, said: Planned) -> Row:
    known = {each.code for each in pack().units}
    if unknown := [each for each in said.units if each not in known]:
        raise Invalid("reference.unknown", fields={"units": unknown})
    firms = [see_enterprise(who, each).id for each in said.enterprise_ids]
    home = departments.active(ObjectId(said.department_id)).id if said.department_id else None
    return {"units": said.units, "enterprises": firms, "department": home}


def _responsible(template: Row, said: Planned, owner: ObjectId) -> dict[str, ObjectId]:
    """Who answers for each item: whom the planner names, else who holds the role, else the owner."""
    codes = {each["code"] for each in template["items"]}
    if unknown := sorted(set(said.responsible) - codes):
        raise Invalid("reference.unknown", fields={"responsible": unknown})
    unit = finding.with_role("unit_admin", unit=said.units[0]) if said.units else []
    desk = finding.with_role("dispatcher")
    held = {
        "owner": owner,
        "unit_admin": next(iter(unit), owner),
        "dispatcher": next(iter(desk), owner),
    }
    named = {
        code: people.staff_member(key, "responsible").id for code, key in said.responsible.items()
    }
    return {each["code"]: named.get(each["code"], held[each["role"]]) for each in template["items"]}


def _lay(event: Event, template: Row, held: Mapping[str, ObjectId], now: datetime) -> None:
    calendar, on = calendars.current(), date.fromisoformat(event.on)
    for each in template["items"]:
        due = templates.due_on(on, each["days"], now, calendar)
        row = EventItem.insert_row(
            event=event.id,
            code=each["code"],
            phase=each["phase"],
            name=each["name"],
            days=each["days"],
            responsible=held[each["code"]],
            due_on=due,
            created_at=now,
            updated_at=now,
        )
        owing.owe(ITEM, row["_id"], due, now)


def touch(event: Row, now: datetime) -> None:
    """Let whoever closes or cancels the event at this moment meet this write. Raises Conflict."""
    same = {"_id": event["_id"], "state": PLANNED}
    if not Event.rows().update_one(same, {"$set": {"updated_at": now}}).matched_count:
        raise Conflict("changed_meanwhile")


def _set(item: Row, change: Row) -> None:
    same = {"_id": item["_id"], "version": item["version"]}
    if (
        not EventItem.rows()
        .update_one(same, {"$set": change, "$inc": {"version": 1}})
        .modified_count
    ):
        raise Conflict("changed_meanwhile")


def legal(who: Who, row: Row) -> list[str]:
    """What `who` may do to a stored event now."""
    return [each for each, by in TABLE.items() if row["state"] in by and may(who, RUN, row)]
