"""Who works on a ticket: taken by the first, or given by the head."""

from __future__ import annotations

from datetime import datetime

from app.foundation.errors import Invalid
from app.issues.documents import Issue, Ticket
from app.issues.moves import move_ticket
from app.issues.work.steps import STAFF, acting, on_ticket
from app.people import leave
from app.people.documents import Person
from app.people.who import Who


def accept(who: Who, key: str, now: datetime) -> Ticket:
    """Take the ticket; the first to do so owns it. Raises Conflict when somebody was faster."""

    def step(ticket: Ticket, issue: Issue) -> None:
        change = {"assignee": who.id, "accepted_at": ticket.accepted_at or now}
        by = acting(who, "ticket.accept", ticket)
        move_ticket(ticket, "accept", by, now, issue=issue, change=change, tell="ticket.accepted")

    return on_ticket(who, key, "ticket.accept", step)


def assign(who: Who, key: str, *, person_id: str, now: datetime) -> Ticket:
    """The head gives the ticket to somebody of the department, or to somebody else than before.

    Raises Invalid for who is not of the department, is not active, or is on leave.
    """

    def step(ticket: Ticket, issue: Issue) -> None:
        person = _colleague(ticket, person_id)
        if leave.away(person.id, now):
            raise Invalid("ticket.person_away", fields={"person_id": [person_id]})
        move_ticket(
            ticket,
            "assign",
            acting(who, "ticket.assign", ticket),
            now,
            issue=issue,
            change={"assignee": person.id, "accepted_at": ticket.accepted_at or now},
            internal=True,
            data={"person": person.id, "person_name": person.name},
            tell="ticket.assigned",
        )

    return on_ticket(who, key, "ticket.assign", step)


def _colleague(ticket: Ticket, key: str) -> Person:
    person = Person.objects(id=key, active=True).first()
    held = person.grants if person else []
    if not any(g.role in STAFF and g.department == ticket.department for g in held):
        raise Invalid("ticket.not_of_department", fields={"person_id": [key]})
    return person  # type: ignore[no-any-return]
