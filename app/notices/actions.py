"""Telling people, and what they have been told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.enterprises.documents import Enterprise
from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.district import local
from app.foundation.duties import Duty
from app.foundation.errors import NotFound
from app.foundation.ids import object_id
from app.issues.documents import Issue, Ticket
from app.notices.audience import audience, keepers
from app.notices.documents import Notice
from app.people.documents import Person
from app.people.who import Who
from app.photos.documents import Photo
from app.projects.documents import Project
from app.visits.documents import Visit


def deliver(duty: Duty, now: datetime) -> None:
    """Put word of an event into the inbox of each who must know, but not of the one who did it."""
    event, row_id = duty.payload["event"], duty.payload["row"]

    def work() -> None:
        row = history.rows().find_one({"_id": row_id}) or {}
        told = OF.get(event.partition(".")[0], _of_issue)(duty, row)
        for person in told.people:
            if person != row.get("by"):
                Notice(
                    person=person,
                    event=event,
                    row=row_id,
                    params=told.params,
                    created_at=now,
                    **told.about,
                ).insert()
        duties.finish(duty, now)

    transaction(work)


@dataclass(frozen=True, slots=True)
class _Told:
    """Who is told, of what ({issue}, {visit} or {photo}), and what fills the words."""

    people: list[ObjectId]
    about: dict[str, ObjectId]
    params: dict[str, Any]


def _of_issue(duty: Duty, row: dict[str, Any]) -> _Told:
    issue = Issue.get(duty.subject)
    ticket = _ticket_meant(issue)
    people = audience(duty.payload["event"], issue, ticket)
    return _Told(people, {"issue": issue.id}, _params(issue, ticket, row))


def _of_visit(duty: Duty, row: dict[str, Any]) -> _Told:
    visit = Visit.get(duty.subject)
    people = audience(duty.payload["event"], visit, None)
    owner = Person.rows().find_one({"_id": visit.owner}, {"name": 1}) or {}
    params = {
        "place": _place_name(visit),
        "person": owner.get("name", ""),
        "started": f"{local(visit.started_at):%Y-%m-%d %H:%M}",
        "missing": _missing(row),
    }
    return _Told(people, {"visit": visit.id}, params)


def _of_evidence(duty: Duty, row: dict[str, Any]) -> _Told:
    """Of a photo, or of a sealed day."""
    photo = Photo.objects(id=duty.subject).first()
    named = photo.short_code if photo else None
    of = named or row["data"]["day"] or str(duty.subject)
    params = {"of": of, "code": row["reasons"][0]["code"]}
    return _Told(keepers(), {"photo": photo.id} if photo else {}, params)


OF: Mapping[str, Callable[[Duty, dict[str, Any]], _Told]] = {
    "visit": _of_visit,
    "evidence": _of_evidence,
}
"""What an event is of, by the start of its name; the others are of an issue."""


def _place_name(visit: Visit) -> str:
    for kind, key in ((Project, visit.project), (Enterprise, visit.enterprise)):
        found = kind.rows().find_one({"_id": key}, {"name": 1}) if key else None
        if found:
            return str(found["name"])
    return ""


def _missing(row: dict[str, Any]) -> int:
    return int((row.get("data") or {}).get("missing", 0))


def give_up(duty: Duty, now: datetime) -> None:
    """Leave it as failed, where operators see it."""
    duties.fail(duty, now, "gave up")


def _ticket_meant(issue: Issue) -> Ticket | None:
    """The lead ticket, the live one first, else the last."""
    return Ticket.objects(issue=issue.id, role="lead").order_by("-live", "-dispatched_at").first()  # type: ignore[no-any-return]


def _params(issue: Issue, ticket: Ticket | None, row: dict[str, Any]) -> dict[str, Any]:
    names = registry.names([ticket.department]) if ticket else {}
    due = ticket.resolve_by if ticket else None
    hidden = issue.anonymous and row.get("by") == issue.owner
    return {
        "number": issue.number,
        "excerpt": issue.text[:40],
        "department": names.get(ticket.department, "") if ticket else "",
        # In a notice, for whoever it is: an anonymous word stays one.
        "person": "" if hidden else row.get("by_name", ""),
        "text": (row.get("text") or "")[:100],
        "due": f"{local(due):%Y-%m-%d %H:%M}" if due else "",
        "missing": _missing(row),
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
