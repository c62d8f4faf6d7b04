"""What all steps with a ticket share: load, check, step in one transaction, and say who was faster."""

from __future__ import annotations

from collections.abc import Callable

from bson import ObjectId

from app.departments.documents import Department
from app.foundation import history
from app.foundation.db import transaction
from app.foundation.district import local
from app.foundation.errors import Conflict, Forbidden
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.issues.access import require_issue, require_ticket, see_issue, see_ticket, ticket_ties
from app.issues.documents import Issue, Ticket
from app.people.access import actor
from app.people.who import Who

STAFF = ("head", "clerk")

TicketStep = Callable[[Ticket, Issue], None]
IssueStep = Callable[[Issue], None]


def on_ticket(who: Who, key: str, action: str, step: TicketStep) -> Ticket:
    """Do `step` with a ticket that `who` may see and do `action` to, in one transaction.

    Raises NotFound, Forbidden, and Conflict with the ticket's last step when its state forbids it.
    """

    def work() -> Ticket:
        ticket = see_ticket(who, key)
        require_ticket(who, action, ticket)
        issue = Issue.get(ticket.issue)
        try:
            step(ticket, issue)
        except Conflict as error:
            raise told(error, issue.id, ticket.id) from None
        return ticket

    return transaction(work)


def on_issue(who: Who, key: str, action: str, step: IssueStep) -> Issue:
    """Do `step` with an issue that `who` may see and do `action` to, in one transaction, likewise."""

    def work() -> Issue:
        issue = see_issue(who, key)
        require_issue(who, action, issue)
        try:
            step(issue)
        except Conflict as error:
            raise told(error, issue.id) from None
        return issue

    return transaction(work)


def told(error: Conflict, issue: ObjectId, ticket: ObjectId | None = None) -> Conflict:
    """A refused step, with what happened last: who was faster, and with what."""
    if not error.code.endswith(".transition_not_allowed"):
        return error
    row = history.last("issue", issue, ticket)
    if row is None:
        return error
    at = f"{local(row['at']):%m-%d %H:%M}"
    last = [
        Reason(f"history.issue.{row['action']}"),
        Reason("work.last_step", {"person": row["by_name"], "at": at}),
    ]
    return Conflict(error.code, fields={**error.fields, "last": last})


def is_head(who: Who, ticket: Ticket) -> bool:
    """Whether `who` heads the ticket's department."""
    return ticket.department in {held.department for held in who.having("head")}


def check_owner(who: Who, ticket: Ticket) -> None:
    """The assignee (or who stands in for them) works on it; the head may step in. Raises Forbidden."""
    if ticket.assignee not in (None, *who.ids) and not is_head(who, ticket):
        raise Forbidden("ticket.not_assigned_to_you")


def needs_review(who: Who, ticket: Ticket) -> bool:
    """Whether an answer of `who` goes to the head first.

    So the department may have set it; and once something was not solved, never a clerk alone.
    """
    if is_head(who, ticket):
        return False
    department = Department.get(ticket.department)
    return ticket.level > 0 or department.review_answers


def acting(who: Who, action: str, ticket: Ticket) -> Actor:
    """How history names who does this to the ticket: as head where the head must act, else by the grant.

    A deputy is named with the absent person.
    """
    heads = [held for held in who.having("head") if held.department == ticket.department]
    if ticket.level and heads:
        return who.acting_by(*heads)
    return actor(who, action, ticket_ties(ticket))
