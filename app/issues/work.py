"""What a department does with a ticket: accept, note, answer, return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.departments import registry
from app.foundation.db import transaction
from app.foundation.district import local, pack
from app.foundation.errors import Forbidden, Invalid
from app.issues.access import require_ticket, see_ticket
from app.issues.documents import Issue, Ticket
from app.issues.moves import move_ticket
from app.issues.pairs import checked
from app.people.who import Who
from app.photos import actions as photos
from config.pack import DISPATCH

STAFF = ("head", "clerk")


@dataclass(frozen=True, slots=True)
class Answer:
    """`result` is a code of the pack; some need a `basis` (law or rule), some a date.

    `pairs` are {before_photo_id, after_photo_id}: which photo of the issue each of these answers.
    """

    text: str
    result: str
    basis: str = ""
    planned_for: date | None = None
    photo_ids: Sequence[str] = ()
    pairs: Sequence[dict[str, str]] = ()


def accept(who: Who, key: str, now: datetime) -> Ticket:
    """Take the ticket; the first to do so owns it. Raises Conflict when somebody was faster."""

    def step(ticket: Ticket) -> None:
        change = {"assignee": who.id, "accepted_at": now, "due_at": _next_due(ticket)}
        move_ticket(
            ticket, "accept", who.acting(*STAFF), now, change=change, tell="ticket.accepted"
        )

    return _on_ticket(who, key, "ticket.accept", step)


def note(
    who: Who, key: str, *, text: str, internal: bool, photo_ids: Sequence[str], now: datetime
) -> Ticket:
    """Write a note. A public one is a first reply; an internal one never leaves the departments."""

    def step(ticket: Ticket) -> None:
        _check_owner(who, ticket)
        pictures = photos.attachable(who, photo_ids)
        # A photo linked to the ticket is seen by departments, one linked to the issue by all who see it.
        photos.attach(pictures, *(("ticket", ticket.id) if internal else ("issue", ticket.issue)))
        replied = {} if internal or ticket.replied_at else {"replied_at": now}
        move_ticket(
            ticket,
            "note",
            who.acting(*STAFF),
            now,
            change={**replied, "due_at": ticket.resolve_by if replied else ticket.due_at},
            text=text,
            internal=internal,
            data={"photos": pictures},
            tell=None if internal else "ticket.noted",
        )

    return _on_ticket(who, key, "ticket.note", step)


def answer(who: Who, key: str, given: Answer, now: datetime) -> Ticket:
    """Answer the enterprise.

    Raises Invalid when the result needs a basis or a date that is missing, or for a pair whose photos
    are not the issue's and the answer's.
    """
    _check_answer(given, now)

    def step(ticket: Ticket) -> None:
        _check_owner(who, ticket)
        issue = Issue.get(ticket.issue)
        pictures = photos.attachable(who, given.photo_ids)
        pairs = checked(issue, given.pairs, pictures)
        photos.attach(pictures, "issue", ticket.issue)
        row = {
            "text": given.text,
            "result": given.result,
            "basis": given.basis,
            "planned_for": given.planned_for.isoformat() if given.planned_for else None,
            "photos": pictures,
            "by": who.id,
            "by_name": who.name,
            "at": now,
        }
        by = who.acting(*STAFF)
        change = {"answer": row, "answered_at": now, "replied_at": ticket.replied_at or now}
        move_ticket(
            ticket,
            "answer",
            by,
            now,
            change=change,
            text=given.text,
            data=row,
            carries=issue,
            issue_change={"pairs": [*issue.pairs, *pairs]},
            tell="issue.answered",
        )

    return _on_ticket(who, key, "ticket.answer", step)


def return_ticket(who: Who, key: str, *, reason_code: str, reason: str, now: datetime) -> Ticket:
    """Hand the ticket back to the dispatcher. The promise to the enterprise runs on."""
    if reason_code not in {each.code for each in pack().returns}:
        raise Invalid("ticket.unknown_return_reason", fields={"reason_code": [reason_code]})

    def step(ticket: Ticket) -> None:
        _check_owner(who, ticket)
        issue = Issue.get(ticket.issue)
        desk = registry.by_code(DISPATCH)
        seen_by = list(dict.fromkeys([*issue.departments, desk.id]))
        move_ticket(
            ticket,
            "return",
            who.acting(*STAFF),
            now,
            text=reason,
            internal=True,
            data={"reason_code": reason_code},
            carries=issue,
            issue_change={"departments": seen_by},
            tell="issue.needs_placing",
        )

    return _on_ticket(who, key, "ticket.return", step)


def _on_ticket(who: Who, key: str, action: str, step: Callable[[Ticket], None]) -> Ticket:
    """Load, check, step, in one transaction; a conflict says what the ticket looks like by now."""

    def work() -> Ticket:
        ticket = see_ticket(who, key)
        require_ticket(who, action, ticket)
        step(ticket)
        return ticket

    return transaction(work)


def _check_owner(who: Who, ticket: Ticket) -> None:
    """The assignee works on it; the head of the department may step in."""
    heads = {held.department for held in who.having("head")}
    if ticket.assignee not in (None, who.id) and ticket.department not in heads:
        raise Forbidden("ticket.not_assigned_to_you")


def _check_answer(given: Answer, now: datetime) -> None:
    known = {each.code: each for each in pack().results}
    if given.result not in known:
        raise Invalid("ticket.unknown_result", fields={"result": [given.result]})
    needs = known[given.result].needs
    if needs == "basis" and not given.basis.strip():
        raise Invalid("ticket.basis_needed", fields={"basis": [given.result]})
    if needs == "date" and (given.planned_for is None or given.planned_for <= local(now).date()):
        raise Invalid("ticket.date_needed", fields={"planned_for": [given.result]})


def _next_due(ticket: Ticket) -> Any:
    return ticket.resolve_by if ticket.replied_at else min(ticket.reply_by, ticket.resolve_by)
