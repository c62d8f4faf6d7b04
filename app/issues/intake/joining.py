"""Joining what arrives in any order: a phone's photos, visits and issues name each other by client_id.

Whoever arrives, the duty `issues.join` of its transaction looks both ways: what waits for it, and what it
waits for. A duty runs after its commit, so of two that arrive at once the later one's finds the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.duties import Duty
from app.issues.documents import Issue, Ticket
from app.issues.intake.opening import place_of
from app.issues.tickets import found_by
from app.people.announcing import announce
from app.photos import actions as photos
from app.photos.arrivals import arrived
from app.photos.documents import Photo
from app.projects.places import Place, place_again
from app.visits import awaiting
from app.visits.documents import Visit

STILL = {awaiting.OWNER: "incomplete", awaiting.DISPATCHER: "still_incomplete"}


def join(duty: Duty, now: datetime) -> None:
    """Join what has arrived (the duty's subject) with what waits for it, and the other way round."""

    def work() -> None:
        COMING[duty.payload["thing"]](duty.subject, now)
        duties.finish(duty, now)

    transaction(work)


def tell_missing(duty: Duty, now: datetime) -> None:
    """Tell people of what a visit or an issue still lacks; once each level, and not what has joined."""
    thing, level = duty.payload["thing"], duty.payload["level"]

    def work() -> None:
        COMING[thing](duty.subject, now)
        lacking = _lacking(thing, duty.subject)
        action = STILL[level]
        told = {"thing": thing, "thing_id": duty.subject, "action": action}
        if lacking and not history.rows().find_one(told):
            row = history.append(
                thing,
                duty.subject,
                action,
                by=history.SYSTEM,
                now=now,
                data={"missing": lacking},
            )
            announce(f"{thing}.{action}", duty.subject, row, now)
        duties.finish(duty, now)

    transaction(work)


def _lacking(thing: str, key: ObjectId) -> int:
    if thing == "visit":
        visit = Visit.objects(id=key).first()
        return awaiting.stock(visit).missing if visit else 0
    issue = Issue.objects(id=key).first()
    return len(issue.awaited) + bool(issue.awaited_visit) if issue else 0


def _photo_came(key: ObjectId, now: datetime) -> None:
    photo = Photo.objects(id=key).first()
    if photo is None:
        return
    names = {"$in": [name for name in (photo.client_id, photo.replaces) if name]}
    for visit in Visit.objects(__raw__={"owner": photo.owner, "awaited": names}):
        awaiting.join_photos(visit, now)
    for issue in Issue.objects(__raw__={"owner": photo.owner, "awaited": names}):
        _join_photos(issue, now)


def _visit_came(key: ObjectId, now: datetime) -> None:
    visit = Visit.objects(id=key).first()
    if visit is None:
        return
    awaiting.join_photos(visit, now)
    for issue in Issue.objects(owner=visit.owner, awaited_visit=visit.client_id):
        _join_visit(issue, visit, now)


def _issue_came(key: ObjectId, now: datetime) -> None:
    issue = Issue.objects(id=key).first()
    if issue is None:
        return
    _join_photos(issue, now)
    if issue.awaited_visit:
        visit = Visit.objects(owner=issue.owner, client_id=issue.awaited_visit).first()
        if visit is not None:
            _join_visit(issue, visit, now)


COMING: Mapping[str, Callable[[ObjectId, datetime], None]] = {
    "photo": _photo_came,
    "visit": _visit_came,
    "issue": _issue_came,
}


def _join_photos(issue: Issue, now: datetime) -> None:
    here = arrived(issue.owner, issue.awaited)
    if not here:
        return
    found = list(dict.fromkeys(here.values()))
    joined = {
        "$addToSet": {"photos": {"$each": found}},
        "$pull": {"awaited": {"$in": list(here)}},
    }
    _joined(issue, joined, {"photos": found}, now)
    photos.attach(found, "issue", issue.id, _place(issue).site)


def _join_visit(issue: Issue, visit: Visit, now: datetime) -> None:
    """The issue is of the visit; one that named no place belongs where the visit was."""
    change: dict[str, Any] = {"visit": visit.id}
    if issue.enterprise or issue.project:
        if issue.unit is None:
            change |= _found_in(issue, _place(issue, visit.position))
    else:
        where = place_of(visit, issue.position)
        change |= {"enterprise": where.enterprise, "project": where.project}
        change |= _found_in(issue, where)
        _found_by_firm(issue, where.enterprise)
        # Read anew: some may have joined a moment ago.
        photos.attach(Issue.get(issue.id).photos, "issue", issue.id, where.site)
    joined = {"$set": change, "$unset": {"awaited_visit": ""}}
    _joined(issue, joined, {"visit": visit.id}, now)
    duties.hasten(f"issues.route:{issue.id}", now)


def _found_in(issue: Issue, where: Place) -> dict[str, Any]:
    """The unit that is known now, which its tickets are found by too."""
    same = {"issue": issue.id, "unit": issue.unit}
    Ticket.rows().update_many(same, {"$set": {"unit": where.unit}})
    return where.found()


def _found_by_firm(issue: Issue, enterprise: ObjectId | None) -> None:
    """Its tickets are found by the firm that is known now."""
    issue.enterprise = enterprise
    for row in Ticket.rows().find({"issue": issue.id}, {"excerpt": 1}):
        found = found_by(issue, row["excerpt"])
        Ticket.rows().update_one({"_id": row["_id"]}, {"$set": found})


def _joined(issue: Issue, update: dict[str, Any], data: dict[str, Any], now: datetime) -> None:
    """No version: joining takes nothing away from a step that somebody else is taking."""
    update["$set"] = {**update.get("$set", {}), "updated_at": now}
    Issue.rows().update_one({"_id": issue.id}, update)
    history.append("issue", issue.id, "join", by=history.SYSTEM, now=now, data=data)


def _place(issue: Issue, position: dict[str, Any] | None = None) -> Place:
    return place_again(issue.enterprise, issue.project, issue.site, position=position)
