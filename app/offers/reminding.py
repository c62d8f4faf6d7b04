"""Telling people of what they have to do by a day: on the day, and on the working day after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.foundation import duties
from app.foundation.db import Row, transaction
from app.foundation.documents import Document
from app.foundation.duties import Duty
from app.foundation.history import SYSTEM
from app.offers.events.documents import EVENT, ITEM, OPEN, PLANNED, Event, EventItem
from app.offers.finance.documents import INTRODUCTION, Introduction
from app.offers.finance.states import OPEN as OPEN_INTRODUCTIONS
from app.offers.leads.documents import LEAD, Lead
from app.offers.leads.states import OPEN as OPEN_LEADS
from app.offers.opportunities.documents import INTEREST, Interest, Opportunity
from app.offers.opportunities.states import ALIVE
from app.offers.owing import DUE, OVERDUE, owe_again
from app.offers.people import firm_of
from app.offers.steps import Word, told
from app.people import finding
from app.people.finding import People


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What can be due: what of it waits, on which day, for whom, who is above them, what it is called."""

    document: type[Document]
    event: str
    waits: Callable[[Row], bool]
    day: str
    owner: str
    above: Callable[[Row], People]
    name: Callable[[Row], str]


def _desk(row: Row) -> People:
    """Above whoever sees to something of a firm: the admins of its unit, and the desk."""
    unit = firm_of(row["enterprise"]).get("unit")
    units = finding.with_role("unit_admin", unit=unit) if unit else []
    return finding.once(units, finding.with_role("dispatcher"))


def _event_of(item: Row) -> Row:
    return Event.rows().find_one({"_id": item["event"]}) or {}


def _title(interest: Row) -> str:
    found = Opportunity.rows().find_one({"_id": interest["opportunity"]}, {"title": 1}) or {}
    return str(found.get("title", ""))


KINDS: Mapping[str, Kind] = {
    INTRODUCTION: Kind(
        document=Introduction,
        event=INTRODUCTION,
        waits=lambda row: row["state"] in OPEN_INTRODUCTIONS,
        day="follow_up_on",
        owner="owner",
        above=_desk,
        name=lambda row: f"{row['tool_name']}（{firm_of(row['enterprise']).get('name', '')}）",
    ),
    INTEREST: Kind(
        document=Interest,
        event=INTEREST,
        waits=lambda row: row["state"] in ALIVE,
        day="follow_up_on",
        owner="owner",
        above=_desk,
        name=_title,
    ),
    LEAD: Kind(
        document=Lead,
        event=LEAD,
        waits=lambda row: row["state"] in OPEN_LEADS,
        day="follow_up_on",
        owner="owner",
        above=_desk,
        name=lambda row: row["company"],
    ),
    ITEM: Kind(
        document=EventItem,
        event=EVENT,
        waits=lambda row: row["state"] == OPEN and _event_of(row).get("state") == PLANNED,
        day="due_on",
        owner="responsible",
        above=lambda row: finding.once([_event_of(row).get("owner")]),
        name=lambda row: f"{_event_of(row).get('title', '')}·{row['name']}",
    ),
}


def remind(duty: Duty, now: datetime) -> None:
    """Tell who has to do it; once the day is over also who is above them.

    What waits no more is left alone.
    """

    def work() -> None:
        duties.finish(duty, now)
        kind, stage = KINDS[duty.payload["thing"]], duty.payload["stage"]
        row = kind.document.rows().find_one({"_id": duty.subject})
        day, over = duty.payload["due_on"], stage == OVERDUE
        if row is None or not kind.waits(row):
            return
        if not over:  # though put off: it may be due on this day again before it is over
            owe_again(duty.payload["thing"], row["_id"], day, now)
        if row.get(kind.day) != day:
            return
        heard = finding.once([row[kind.owner]], kind.above(row) if over else ())
        event = f"{kind.event}.{OVERDUE if over else DUE}"
        word = Word(event=event, people=heard, name=kind.name(row), due=day)
        told(duty.payload["thing"], row["_id"], stage, SYSTEM, now, tell=word, internal=True)

    transaction(work)
