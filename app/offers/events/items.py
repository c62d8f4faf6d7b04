"""What is done with the items of an event's checklist: done, skipped, given to somebody else."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict
from app.offers import people
from app.offers.events.actions import touch
from app.offers.events.documents import DONE, ITEM, OPEN, PLANNED, SKIPPED, Event, EventItem
from app.offers.events.queries import RUN, may, running, see_item
from app.offers.steps import Table, Word, after, take
from app.people.who import Who

ITEMS: Table = {"done": {OPEN: DONE}, "skip": {OPEN: SKIPPED}, "assign": {OPEN: OPEN}}


def done(who: Who, key: str, *, text: str, now: datetime) -> None:
    """An item is done, says who is responsible, or who runs the event.

    Raises NotFound, Forbidden, Conflict.
    """
    _on_item(who, key, "done", now, text)


def skip(who: Who, key: str, *, text: str, now: datetime) -> None:
    """An item is not needed, for a reason, says who runs the event. Raises like `done`."""
    _on_item(who, key, "skip", now, text)


def assign(who: Who, key: str, *, person_id: str, text: str, now: datetime) -> None:
    """Somebody else of staff is responsible for an item. Raises like `done`, Invalid."""
    _on_item(who, key, "assign", now, text, people.staff_member(person_id).id)


def _on_item(
    who: Who, key: str, action: str, now: datetime, text: str, person: ObjectId | None = None
) -> None:
    def work() -> None:
        item, event = see_item(who, key)
        mine = action == "done" and item["responsible"] in who.ids
        by = who.acting() if mine else running(who, event)
        if event["state"] != PLANNED:
            raise Conflict("event.is_over")
        then = after(ITEMS, action, item["state"])
        change: Row = {"responsible": person} if person else {"note": text}
        if then != OPEN:
            change |= {"done_at": now, "done_by_name": by.name}
        word = None
        if person is not None:
            Event.rows().update_one({"_id": event["_id"]}, {"$addToSet": {"followers": person}})
            name = f"{event['title']}·{item['name']}"
            word = Word(event="event.assigned", people=[person], name=name, due=item["due_on"])
        touch(event, now)
        take(EventItem, ITEM, item, action, then, by, now, values=change, text=text, tell=word)

    transaction(work)


def legal_of_item(who: Who, item: Row, event: Row) -> list[str]:
    """What `who` may do to a stored item now."""
    runs = may(who, RUN, event)
    mine = item["responsible"] in who.ids
    open_ = event["state"] == PLANNED and item["state"] == OPEN
    return [each for each in ITEMS if open_ and (runs or (mine and each == "done"))]
