"""The one way that issues and tickets change: a step of the table, its history row, guarded by version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from bson import ObjectId

from app.foundation import duties, history
from app.foundation.district import pack
from app.foundation.errors import Conflict
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.issues.documents import Issue, Ticket
from app.issues.states import Kind, Machine, machine


@lru_cache(maxsize=4)
def _machines(district: str) -> dict[str, Machine]:
    workflow = pack().workflow
    return {"issue": machine("issue", workflow), "ticket": machine("ticket", workflow)}


def machine_of(kind: Kind) -> Machine:
    """The district's table for this kind."""
    return _machines(pack().code)[kind]


def move_issue(
    issue: Issue,
    action: str,
    by: Actor,
    now: datetime,
    *,
    change: Mapping[str, Any] | None = None,
    text: str = "",
    reasons: Iterable[Reason] = (),
    data: Mapping[str, Any] | None = None,
    tell: str | None = None,
) -> None:
    """Take one step with an issue, inside the caller's transaction.

    `tell` names an event for people, delivered later. Raises Conflict when the table forbids it or
    somebody was faster.
    """
    before = issue.state
    after = machine_of("issue").after(action, before)
    _guarded(issue, {"state": after, "updated_at": now, **(change or {})})
    row = history.append(
        "issue",
        issue.id,
        action,
        by=by,
        now=now,
        before=before,
        after=after,
        text=text,
        reasons=reasons,
        data=data,
    )
    if tell:
        announce(tell, issue.id, row, now)


def move_ticket(
    ticket: Ticket,
    action: str,
    by: Actor,
    now: datetime,
    *,
    change: Mapping[str, Any] | None = None,
    text: str = "",
    internal: bool = False,
    data: Mapping[str, Any] | None = None,
    carries: Issue | None = None,
    issue_change: Mapping[str, Any] | None = None,
    tell: str | None = None,
) -> None:
    """Take one step with a ticket, like `move_issue`; the row belongs to the issue's history.

    A step that `carries` the issue takes the issue's step of the same name along; the one row tells both.
    """
    before = ticket.state
    rules = machine_of("ticket")
    after = rules.after(action, before)
    ended = {"live": False, "ended_at": now} if after in rules.ended else {}
    _guarded(ticket, {"state": after, **ended, **(change or {})})
    told = dict(data or {})
    if carries:
        told |= {"issue_from": carries.state}
        issue_after = machine_of("issue").after(action, carries.state)
        _guarded(carries, {"state": issue_after, "updated_at": now, **(issue_change or {})})
        told |= {"issue_to": issue_after}
    row = history.append(
        "issue",
        ticket.issue,
        action,
        by=by,
        now=now,
        part_id=ticket.id,
        before=before,
        after=after,
        text=text,
        internal=internal,
        data=told,
    )
    if tell:
        announce(tell, ticket.issue, row, now)


def announce(event: str, issue: ObjectId, row: ObjectId, now: datetime) -> None:
    """Owe people word of `event`, once for this history row."""
    duties.add(
        "notices.deliver",
        issue,
        now=now,
        key=f"notices.deliver:{row}",
        payload={"event": event, "row": row},
    )


def _guarded(thing: Issue | Ticket, change: Mapping[str, Any]) -> None:
    result = thing.rows().update_one(
        {"_id": thing.id, "version": thing.version}, {"$set": dict(change), "$inc": {"version": 1}}
    )
    if not result.modified_count:
        raise Conflict("changed_meanwhile")
    for name, value in change.items():
        setattr(thing, name, value)
    thing.version += 1
