"""What becomes of the tickets when an issue ends, or is taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.departments import registry
from app.departments.documents import Department
from app.foundation.errors import Conflict
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.issues import clocks
from app.issues.documents import Issue, Ticket
from app.issues.moves import lead_of, move_issue, move_ticket
from app.issues.tickets import with_department
from app.issues.work.passing import anew

HIGHEST_LEVEL = 2


def close_all(issue: Issue, by: Actor, now: datetime) -> None:
    """End the live tickets of an issue that ends: answered ones close, others are cancelled and told so.

    The lead first: the issue follows it, and would come back to life with one that is still answered.
    """
    for ticket in Ticket.objects(issue=issue.id, live=True).order_by("-role"):
        if ticket.state == "answered":
            move_ticket(ticket, "close", by, now, issue=issue)
        else:
            cancel(ticket, issue, by, now, "work.issue_ended")


def cancel(ticket: Ticket, issue: Issue, by: Actor, now: datetime, why: str) -> None:
    """End a ticket that is no longer needed, never silently: its department is told why."""
    move_ticket(
        ticket, "cancel", by, now, issue=issue, reasons=[Reason(why)], tell="ticket.cancelled"
    )


def redo_lead(
    issue: Issue,
    by: Actor,
    now: datetime,
    *,
    change: Mapping[str, Any],
    text: str,
    data: Mapping[str, Any],
) -> None:
    """Take the issue up again, one level up and with a redo's clock: never by the same clerk alone."""
    lead = lead_of(issue.id)
    if lead is None:
        raise Conflict("changed_meanwhile")
    department = _present(lead)
    given = clocks.redo_terms(urgent=issue.urgent)
    timed = clocks.start(now, given, clocks.calendar())
    move_issue(
        issue,
        "reopen",
        by,
        now,
        change={
            **timed.of_issue(),
            "redos": issue.redos + 1,
            "outcome": None,
            "confirm_by": None,
            "plan": {},
            "unreachable": 0,
            "departments": with_department(issue, department.id),
            **change,
        },
        text=text,
        data=data,
        tell="issue.reopened",
    )
    again = {
        **anew(lead, now),
        **clocks.of_department(timed, department.code).of_ticket(),
        "level": min(lead.level + 1, HIGHEST_LEVEL),
        "assignee": None,
        "department": department.id,
    }
    move_ticket(lead, "redo", by, now, issue=issue, change=again)
    clocks.alarm_if_provisional(timed, now)


def _present(ticket: Ticket) -> Department:
    """The ticket's department, or what it has become part of since."""
    there = Department.get(ticket.department)
    return registry.followed(there) or there
