"""Telling people, and what they have been told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.district import local
from app.foundation.duties import Duty
from app.foundation.errors import NotFound
from app.foundation.ids import object_id
from app.issues.documents import Issue, Ticket
from app.notices.audience import audience
from app.notices.documents import Notice
from app.people.who import Who


def deliver(duty: Duty, now: datetime) -> None:
    """Put word of an event into the inbox of each who must know, but not of the one who did it."""
    event, row_id = duty.payload["event"], duty.payload["row"]

    def work() -> None:
        issue = Issue.get(duty.subject)
        row = history.rows().find_one({"_id": row_id}) or {}
        ticket = _ticket_meant(issue)
        params = _params(issue, ticket, row)
        for person in audience(event, issue, ticket):
            if person != row.get("by"):
                Notice(
                    person=person,
                    event=event,
                    row=row_id,
                    issue=issue.id,
                    params=params,
                    created_at=now,
                ).insert()
        duties.finish(duty, now)

    transaction(work)


def give_up(duty: Duty, now: datetime) -> None:
    """Leave it as failed, where operators see it."""
    duties.fail(duty, now, "gave up")


def _ticket_meant(issue: Issue) -> Ticket | None:
    """The lead ticket, the live one first, else the last."""
    return Ticket.objects(issue=issue.id, role="lead").order_by("-live", "-dispatched_at").first()  # type: ignore[no-any-return]


def _params(issue: Issue, ticket: Ticket | None, row: dict[str, Any]) -> dict[str, Any]:
    names = registry.names([ticket.department]) if ticket else {}
    due = ticket.resolve_by if ticket else None
    return {
        "number": issue.number,
        "excerpt": issue.text[:40],
        "department": names.get(ticket.department, "") if ticket else "",
        "person": row.get("by_name", ""),
        "text": (row.get("text") or "")[:100],
        "due": f"{local(due):%Y-%m-%d %H:%M}" if due else "",
    }


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
