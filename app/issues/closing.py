"""How an issue ends: the enterprise says solved or not, or it is withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.foundation.db import transaction
from app.foundation.history import Actor
from app.issues import clocks
from app.issues.access import require_issue, see_issue
from app.issues.documents import Issue, Ticket
from app.issues.moves import move_issue, move_ticket
from app.people.who import Who

HIGHEST_LEVEL = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """`solved` is yes, partly or no; `satisfaction` 1 (very bad) to 5 (very good)."""

    solved: str
    satisfaction: int | None = None
    comment: str = ""


def confirm(who: Who, key: str, verdict: Verdict, now: datetime) -> Issue:
    """The enterprise's word. "yes" resolves; "partly" and "no" reopen, one level up, with a new clock.

    A commissioner's word for an enterprise is recorded as given on its behalf.
    """

    def work() -> Issue:
        issue = see_issue(who, key)
        require_issue(who, "issue.confirm", issue)
        by = who.acting("contact", "commissioner")
        row = {
            "solved": verdict.solved,
            "satisfaction": verdict.satisfaction,
            "comment": verdict.comment,
            "on_behalf": issue.enterprise is not None and by.role == "commissioner",
            "by": who.id,
            "by_name": who.name,
            "at": now,
        }
        if verdict.solved == "yes":
            _resolve(issue, by, row, now)
        else:
            _reopen(issue, by, row, now)
        return issue

    return transaction(work)


def withdraw(who: Who, key: str, reason: str, now: datetime) -> Issue:
    """Take an issue back before it is answered; open tickets end with it."""

    def work() -> Issue:
        issue = see_issue(who, key)
        require_issue(who, "issue.withdraw", issue)
        by = who.acting(issue.owner_role)
        move_issue(issue, "withdraw", by, now, text=reason, tell="issue.withdrawn")
        for ticket in Ticket.objects(issue=issue.id, live=True):
            move_ticket(ticket, "cancel", by, now)
        return issue

    return transaction(work)


def _resolve(issue: Issue, by: Actor, row: dict[str, Any], now: datetime) -> None:
    move_issue(
        issue,
        "resolve",
        by,
        now,
        change={"confirmation": row},
        text=row["comment"],
        data=row,
        tell="issue.resolved",
    )
    for ticket in Ticket.objects(issue=issue.id, live=True):
        move_ticket(ticket, "close", by, now)


def _reopen(issue: Issue, by: Actor, row: dict[str, Any], now: datetime) -> None:
    made = clocks.promised(now, clocks.redo_terms(urgent=issue.urgent))
    move_issue(
        issue,
        "reopen",
        by,
        now,
        change={"confirmation": row, "promise": clocks.as_row(made)},
        text=row["comment"],
        data=row,
        tell="issue.reopened",
    )
    for ticket in Ticket.objects(issue=issue.id, live=True):
        change = {
            "level": min(ticket.level + 1, HIGHEST_LEVEL),
            "assignee": None,
            "dispatched_at": now,
            "accepted_at": None,
            "replied_at": None,
            "accept_by": made.accept_by,
            "reply_by": made.reply_by,
            "resolve_by": made.resolve_by,
            "due_at": made.accept_by,
        }
        move_ticket(ticket, "redo", by, now, change=change)
