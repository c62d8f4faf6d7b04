"""Supervision: an order of inspector or leader, or of the ladder, with its own deadline and reply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bson import ObjectId

from app.departments import registry
from app.foundation import duties
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.duties import Duty
from app.foundation.errors import Conflict, Forbidden, Invalid
from app.foundation.history import SYSTEM, Actor
from app.foundation.reasons import Reason
from app.issues import clocks
from app.issues.access import issue_ties
from app.issues.documents import Issue, Ticket
from app.issues.moves import lead_of, move_issue
from app.issues.pressing import orders
from app.issues.pressing.orders import CLOSED, OPEN, REPLIED, Supervision, row_of
from app.issues.pressing.staff import holding
from app.issues.work.steps import on_issue, told
from app.people.access import actor
from app.people.announcing import announce
from app.people.who import Who
from app.photos import actions as photos
from config.pack import DISPATCH

Step = Callable[[Supervision, Issue], None]


def order(who: Who, key: str, *, text: str, due_at: datetime | None, now: datetime) -> Issue:
    """Put the issue under supervision, to be answered by `due_at` (the district's days if None).

    Raises Invalid for a time that is over.
    """
    _check_ahead(due_at, now)

    def step(issue: Issue) -> None:
        by = actor(who, "issue.supervise", issue_ties(issue))
        made = Supervision(by=by.id, text=text, **_given(issue, _at_work(issue), by, due_at, now))
        _order(made, issue, by, now)

    return on_issue(who, key, "issue.supervise", step)


def order_by_ladder(ticket: Ticket, issue: Issue, now: datetime) -> None:
    """The ladder's own order, once for each promise of a ticket, inside the caller's transaction."""
    mine = {"ticket": ticket.id, "promise_no": ticket.promise_no}
    if Supervision.rows().find_one(mine, {"_id": 1}) is None:
        given = _given(issue, ticket, SYSTEM, None, now)
        _order(Supervision(promise_no=ticket.promise_no, **given), issue, SYSTEM, now)


def _given(
    issue: Issue, ticket: Ticket | None, by: Actor, due_at: datetime | None, now: datetime
) -> Row:
    return {
        "issue": issue.id,
        "number": issue.number,
        "unit": issue.unit,
        "restricted": issue.restricted,
        "units_barred": issue.units_barred,
        "by_name": by.name,
        "due_at": due_at or _deadline(now),
        "created_at": now,
        **_addressee(ticket),
    }


def _order(made: Supervision, issue: Issue, by: Actor, now: datetime) -> None:
    made.insert()
    ladder = [Reason("supervision.by_ladder")] if by is SYSTEM else []
    _record(made, issue, "supervise", by, now, made.text, ladder, tell="issue.supervised")
    _owe(made, now)


def reply(who: Who, key: str, *, text: str, photo_ids: Sequence[str], now: datetime) -> Supervision:
    """The department ordered says what it did; the dispatchers, where it is the desk.

    Who ordered it is told, the inspectors where the ladder did. Raises Forbidden for others, Conflict
    unless it waits for a reply.
    """

    def step(found: Supervision, issue: Issue) -> None:
        row = row_of(found)
        if not orders.may_reply(who, row):
            raise Forbidden("forbidden")
        by = actor(who, "supervision.reply", orders.ties(row))
        pictures = photos.attachable(who, photo_ids)
        if found.ticket:
            photos.attach(pictures, "ticket", found.ticket)
        said = {"text": text, "photos": pictures, "by": who.id, "by_name": by.name, "at": now}
        _step(found, (OPEN,), {"state": REPLIED, "replies": [*found.replies, said]})
        people = [found.by] if found.by else holding("inspector")
        more = {"photos": pictures, "people": people}
        event = "issue.supervision_replied"
        _record(found, issue, "supervision_reply", by, now, text, data=more, tell=event)

    return _on(who, key, step)


def close(
    who: Who, key: str, *, accepted: bool, text: str, due_at: datetime | None, now: datetime
) -> Supervision:
    """The one who ordered it, or an inspector, takes it as done, or sends the reply back with words.

    Sent back, it is due anew by `due_at` (the district's days if None), from who has the issue by then.
    Raises Invalid for a time that is over, Forbidden for others, Conflict when it is closed, and when
    there is no reply to send back.
    """
    _check_ahead(due_at, now)

    def step(found: Supervision, issue: Issue) -> None:
        row = row_of(found)
        if not orders.may_close(who, row):
            raise Forbidden("forbidden")
        by = actor(who, "supervision.close", orders.ties(row))
        said = {"accepted": accepted, "text": text, "by": who.id, "by_name": by.name, "at": now}
        change: Row = {"verdicts": [*found.verdicts, said]}
        if accepted:
            _step(found, (OPEN, REPLIED), {**change, "state": CLOSED, "closed_at": now})
            event = "issue.supervision_closed"
            _record(found, issue, "supervision_close", by, now, text, tell=event)
            return
        change |= {"due_at": due_at or _deadline(now), "overdue_at": None}
        ticket = Ticket.get(found.ticket) if found.ticket else None
        if ticket is None or not ticket.live:
            change |= _addressee(_at_work(issue) or ticket)
        _step(found, (REPLIED,), {**change, "state": OPEN})
        _record(found, issue, "supervision_refuse", by, now, text, tell="issue.supervised")
        _owe(found, now)

    return _on(who, key, step)


def overdue(duty: Duty, now: datetime) -> None:
    """The deadline has come and no reply did: those who ordered it and the inspectors are told.

    An order that has another deadline by now, or waits for nothing, is left alone.
    """

    def work() -> None:
        found = Supervision.get(duty.subject)
        if found.state == OPEN and found.due_at == duty.payload["due_at"]:
            _step(found, (OPEN,), {"overdue_at": now})
            people = [found.by] if found.by else []
            event = "issue.supervision_overdue"
            issue = Issue.get(found.issue)
            more = {"people": people}
            _record(found, issue, "supervision_late", SYSTEM, now, data=more, tell=event)
        duties.finish(duty, now)

    transaction(work)


def let_go(issue: Issue, now: datetime) -> None:
    """Close the orders about an issue that was withdrawn or merged, inside the caller's transaction."""
    why = [Reason("supervision.issue_gone")]
    for found in Supervision.objects(issue=issue.id, state__ne=CLOSED):
        _step(found, (OPEN, REPLIED), {"state": CLOSED, "closed_at": now})
        _record(found, issue, "supervision_close", SYSTEM, now, reasons=why)


def follow(old: ObjectId, new: ObjectId) -> None:
    """Orders to a department that became part of another are the other's, inside the caller's transaction."""
    mine = {"department": old, "state": {"$in": [OPEN, REPLIED]}}
    Supervision.rows().update_many(mine, {"$set": {"department": new}, "$inc": {"version": 1}})


def _at_work(issue: Issue) -> Ticket | None:
    lead = lead_of(issue.id)
    return lead if lead and lead.live else None


def _addressee(ticket: Ticket | None) -> Row:
    """Who is to reply: the ticket's department, or the dispatch desk."""
    if ticket is None:
        return {"ticket": None, "department": registry.by_code(DISPATCH).id}
    return {"ticket": ticket.id, "department": ticket.department}


def _deadline(now: datetime) -> datetime:
    return clocks.calendar().deadline(now, pack().work.supervise_wd)


def _check_ahead(due_at: datetime | None, now: datetime) -> None:
    if due_at is not None and due_at <= now:
        raise Invalid("work.time_is_over", fields={"due_at": []})


def _owe(found: Supervision, now: datetime) -> None:
    """A look at the order when its present deadline has come."""
    duties.add(
        "issues.supervision_due",
        found.id,
        now=now,
        due_at=found.due_at,
        key=f"issues.supervision_due:{found.id}:{found.version}",
        payload={"due_at": found.due_at},
    )


def _on(who: Who, key: str, step: Step) -> Supervision:
    def work() -> Supervision:
        found = orders.see(who, key)
        issue = Issue.get(found.issue)
        try:
            step(found, issue)
        except Conflict as error:
            raise told(error, issue.id) from None
        return found

    return transaction(work)


def _step(found: Supervision, states: tuple[str, ...], change: Row) -> None:
    if found.state not in states:
        raise Conflict("supervision.not_now", fields={"state": [found.state]})
    result = Supervision.rows().update_one(
        {"_id": found.id, "version": found.version}, {"$set": change, "$inc": {"version": 1}}
    )
    if not result.modified_count:
        raise Conflict("changed_meanwhile")
    for name, value in change.items():
        setattr(found, name, value)
    found.version += 1


def _record(
    found: Supervision,
    issue: Issue,
    action: str,
    by: Actor,
    now: datetime,
    text: str = "",
    reasons: Sequence[Reason] = (),
    data: Row | None = None,
    tell: str | None = None,
) -> None:
    """The row of a step with the order in its issue's history, and word of it."""
    more = {"supervision": found.id, "due_at": found.due_at, "ticket": found.ticket, **(data or {})}
    row = move_issue(issue, action, by, now, text=text, internal=True, reasons=reasons, data=more)
    if tell:
        announce(tell, issue.id, row, now)
