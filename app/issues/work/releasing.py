"""Releasing: what the restricted desk finds an ordinary issue is routed like any other."""

from __future__ import annotations

from datetime import datetime

from app.departments import registry
from app.foundation import duties
from app.foundation.db import Row
from app.foundation.errors import Conflict
from app.issues import barring
from app.issues.documents import Issue, Ticket
from app.issues.moves import move_ticket
from app.issues.pressing import orders
from app.issues.work.steps import acting, check_owner, on_ticket
from app.people.who import Who
from config.pack import RESTRICTED


def release(who: Who, key: str, *, reason: str, only_named: bool, now: datetime) -> Ticket:
    """The desk's ticket ends as handed on, and the issue is routed anew, no rule restricting it again.

    Whom the issue complains of stays barred, unless they were `only_named` in it. Raises Conflict when the
    ticket is not the restricted desk's lead.
    """

    def step(ticket: Ticket, issue: Issue) -> None:
        check_owner(who, ticket)
        desk = registry.by_code(RESTRICTED)
        if issue.restricted is None or ticket.department != desk.id or ticket.role != "lead":
            raise Conflict("restricted.not_to_release")
        unbarred: Row = {"barred": [], "units_barred": False} if only_named else {}
        move_ticket(
            ticket,
            "release",
            acting(who, "ticket.release", ticket),
            now,
            issue=issue,
            issue_action="release",
            issue_change={
                "restricted": None,
                "released": True,
                "hops": issue.hops + 1,
                **unbarred,
            },
            text=reason,
            internal=True,
            data={"only_named": only_named},
        )
        barring.mark_tickets(issue, issue.barred)
        orders.withhold(issue, issue.barred)
        key = f"issues.route:{issue.id}:{issue.version}"
        duties.add("issues.route", issue.id, now=now, key=key)

    return on_ticket(who, key, "ticket.release", step)
