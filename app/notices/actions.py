"""Telling people, and what they have been told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import duties, history
from app.foundation.db import Row, transaction
from app.foundation.duties import Duty
from app.foundation.errors import NotFound
from app.foundation.ids import object_id
from app.notices import calls, followers, guarding, outbox
from app.notices.audience import active
from app.notices.documents import Notice
from app.notices.telling import Told, told_of
from app.people.finding import People, once
from app.people.leave import deputies_of
from app.people.who import Who


def deliver(duty: Duty, now: datetime, running: Collection[str] = ()) -> None:
    """Put word of an event into the inbox of each who must know, but not of the one who did it.

    In one with finishing the duty, it is owed to the `running` channels that reach them outside the app.
    """
    event, row_id = duty.payload["event"], duty.payload["row"]

    def work() -> None:
        row = history.rows().find_one({"_id": row_id}) or {}
        told = told_of(duty, row)
        if event == guarding.RESTRICTED and told.issue is not None:
            guarding.take_back(told.issue, now)
        both = _with_deputies(told.people, row.get("by"), now)
        people = guarding.may_know(event, told.issue, both, now)
        few = followers.outsiders(event, told.issue, people, now)
        known = [person for person in people if person not in few]
        made = tell(event, row_id, known, told, now)
        if event not in followers.NOT_THEIRS:
            less = replace(told, params=followers.reduced(event, told.params))
            made += tell(event, row_id, few, less, now)
        outbox.owe(made, told.issue, running, now)
        if told.issue is not None:
            notice = {"event": event, "row": row_id, "params": told.params}
            outbox.owe_enterprise(told.issue, notice, now)
            if event in calls.ENDING:
                calls.drop(told.issue.id, now)
        duties.finish(duty, now)

    transaction(work)


def _with_deputies(people: People, but: ObjectId | None, now: datetime) -> People:
    """Those of them who did not do it themselves, and whoever stands in for one who is away."""
    stand_in = deputies_of(people, now)
    both = [each for person in people for each in (person, stand_in.get(person))]
    return [person for person in active(once(both)) if person != but]


def tell(
    event: str, row: ObjectId, people: Iterable[ObjectId], told: Told, now: datetime
) -> list[Row]:
    """Make the notices that are not there yet, inside a transaction, and give them."""
    known = Notice.rows().find({"row": row, "event": event}, {"person": 1})
    there = {each["person"] for each in known}
    return [
        Notice.insert_row(
            person=person,
            event=event,
            row=row,
            params=told.params,
            created_at=now,
            **told.about,
        )
        for person in people
        if person not in there
    ]


def give_up(duty: Duty, now: datetime) -> None:
    """Leave it as failed, where operators see it."""
    duties.fail(duty, now, "gave up")


def inbox(
    who: Who, *, unread_only: bool, page: int, page_size: int
) -> tuple[list[dict[str, Any]], int]:
    """A page of what `who` was told, newest first, and how many there are."""
    query: dict[str, Any] = {"person": who.id}
    if unread_only:
        query["read_at"] = None
    rows = Notice.rows().find(query).sort([("created_at", -1), ("_id", -1)])
    found = list(rows.skip((page - 1) * page_size).limit(page_size))
    return found, Notice.rows().count_documents(query)


def unread(person: ObjectId) -> int:
    """How many notices wait to be read."""
    return Notice.rows().count_documents({"person": person, "read_at": None})


def mark_read(who: Who, key: str, now: datetime) -> None:
    """Mark one's own notice read; the first time counts. Raises NotFound for another's."""
    unread = {"_id": see_notice(who, key)["_id"], "read_at": None}
    Notice.rows().update_one(unread, {"$set": {"read_at": now}})


def see_notice(who: Who, key: str) -> dict[str, Any]:
    """One's own notice. Raises NotFound for another's."""
    found = Notice.rows().find_one({"_id": object_id(key), "person": who.id})
    if found is None:
        raise NotFound("not_found")
    return found
