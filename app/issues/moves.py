"""The one way that issues and tickets change: a step of the table, its history row, guarded by version.

Every step with a ticket also touches its issue, so that the steps of all tickets of one issue come one
after the other, and the issue's state follows from its lead ticket by one function.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Conflict
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.issues import clocks, rungs
from app.issues.documents import Issue, Ticket
from app.issues.states import Kind, Machine, machine
from app.people.announcing import announce


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
    internal: bool = False,
    reasons: Iterable[Reason] = (),
    data: Mapping[str, Any] | None = None,
    tell: str | None = None,
) -> ObjectId:
    """Take one step with an issue, inside the caller's transaction, and give its history row's id.

    `tell` names an event for people, delivered later. Raises Conflict when the table forbids it or
    somebody was faster.
    """
    before = issue.state
    after = machine_of("issue").after(action, before)
    _guarded(issue, {"state": after, **_ending("issue", before, after, now), **(change or {})}, now)
    row = history.append(
        "issue",
        issue.id,
        action,
        by=by,
        now=now,
        before=before,
        after=after,
        text=text,
        internal=internal,
        reasons=reasons,
        data=data,
        version=issue.version,
    )
    if tell:
        announce(tell, issue.id, row, now)
    return row


def move_ticket(
    ticket: Ticket,
    action: str,
    by: Actor,
    now: datetime,
    *,
    issue: Issue,
    issue_action: str | None = None,
    issue_change: Mapping[str, Any] | None = None,
    change: Mapping[str, Any] | None = None,
    text: str = "",
    internal: bool = False,
    reasons: Iterable[Reason] = (),
    data: Mapping[str, Any] | None = None,
    tell: str | None = None,
) -> ObjectId:
    """Take one step with a ticket of `issue`, like `move_issue`; the row belongs to the issue's history.

    The issue takes the step `issue_action` with it, or follows its lead ticket. The one row tells both.
    """
    before, rules = ticket.state, machine_of("ticket")
    after = rules.after(action, before)
    if issue_action:
        machine_of("issue").after(issue_action, issue.state)
    values = {"state": after, **_life(before, after, now), **(change or {})}
    waited = dict(ticket.rung)
    _guarded(ticket, {**values, **_times(ticket, values)}, now)
    if not rungs.same(waited, ticket.rung):
        rungs.await_rung(ticket, waited, now)
    told = {**(data or {}), **_carry(issue, ticket, issue_action, issue_change, now)}
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
        reasons=reasons,
        data=told,
        version=issue.version,
    )
    if tell:
        announce(tell, ticket.issue, row, now)
    return row


def insert_ticket(values: Row, now: datetime) -> Ticket:
    """A new ticket, with the first rung of its ladder; inside the caller's transaction."""
    ticket = Ticket(**values)
    ticket.id = ObjectId()
    row = {**ticket.to_mongo().to_dict(), "accepted_at": None, "replied_at": None, "climbed": []}
    ticket.due_at = rungs.due_at(row)
    ticket.rung = rungs.following(row, rungs.key_of(ticket, 1), clocks.calendar())
    ticket.insert()
    rungs.await_rung(ticket, {}, now)
    return ticket


def lead_of(issue: ObjectId) -> Ticket | None:
    """The lead ticket of an issue: the live one, else the one that ended last; None where there was none.

    Not the one dispatched last: a ruling may have sent an earlier one back to work.
    """
    last = ("-live", "-ended_at", "-dispatched_at", "-id")
    found = Ticket.objects(issue=issue, role="lead").order_by(*last)
    return found.first()  # type: ignore[no-any-return]


def _life(before: str, after: str, now: datetime) -> Row:
    change = _ending("ticket", before, after, now)
    return {**change, "live": change["ended_at"] is None} if change else {}


def _ending(kind: Kind, before: str, after: str, now: datetime) -> Row:
    """When it ended, where the step ends it or takes it up again. A ruling on what ended moves nothing."""
    rules = machine_of(kind)
    if (before in rules.ended) == (after in rules.ended):
        return {}
    return {"ended_at": now if after in rules.ended else None}


def _times(ticket: Ticket, values: Row) -> Row:
    """The next promise and the next rung of the ticket once it has these values."""
    row = {name: values.get(name, getattr(ticket, name)) for name in rungs.TIMED}
    # Who starts anew climbs anew, even when it is due at the same moment.
    moved = row["resolve_by"] != ticket.resolve_by or values.get("climbed") == []
    row["climbed"] = values.get("climbed", [] if moved else list(ticket.climbed))
    key = rungs.key_of(ticket, ticket.version + 1)
    ahead = rungs.following(row, key, clocks.calendar())
    return {
        "due_at": rungs.due_at(row),
        "climbed": row["climbed"],
        "promise_no": ticket.promise_no + moved,
        "rung": dict(ticket.rung) if rungs.same(ahead, ticket.rung) else ahead,
    }


def _carry(
    issue: Issue,
    ticket: Ticket,
    action: str | None,
    change: Mapping[str, Any] | None,
    now: datetime,
) -> Row:
    """Let the issue take its step, or follow its lead ticket; what the history row says of it."""
    before, rules = issue.state, machine_of("issue")
    if action:
        after = rules.after(action, before)
    else:
        lead = ticket if ticket.role == "lead" and ticket.live else lead_of(issue.id)
        after = rules.followed(before, lead.state if lead else None)
    _guarded(issue, {"state": after, **_ending("issue", before, after, now), **(change or {})}, now)
    return {} if after == before else {"issue_from": before, "issue_to": after}


def _guarded(thing: Issue | Ticket, change: Row, now: datetime) -> None:
    if isinstance(thing, Issue):
        change = {"updated_at": now, **change}
    result = thing.rows().update_one(
        {"_id": thing.id, "version": thing.version}, {"$set": change, "$inc": {"version": 1}}
    )
    if not result.modified_count:
        raise Conflict("changed_meanwhile")
    for name, value in change.items():
        setattr(thing, name, value)
    thing.version += 1
