"""Other ends, and the way back: withdrawn, closed for good by head and inspector, reopened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.foundation.district import pack
from app.foundation.errors import Conflict
from app.issues.access import issue_ties
from app.issues.documents import Issue, Ticket
from app.issues.ending.tickets import cancel, redo_lead
from app.issues.moves import lead_of, move_issue, move_ticket
from app.issues.pressing.dropping import let_go
from app.issues.work.steps import on_issue
from app.people.access import actor
from app.people.who import Who
from app.photos import actions as photos


def withdraw(who: Who, key: str, reason: str, now: datetime) -> Issue:
    """Take an issue back before it is answered; open tickets end with it."""

    def step(issue: Issue) -> None:
        take_back(who, issue, now, text=reason)

    return on_issue(who, key, "issue.withdraw", step)


def take_back(who: Who, issue: Issue, now: datetime, **told: Any) -> None:
    """The step itself, inside the caller's transaction; `told` goes into its history row."""
    by = actor(who, "issue.withdraw", issue_ties(issue))
    move_issue(issue, "withdraw", by, now, tell="issue.withdrawn", **told)
    for ticket in Ticket.objects(issue=issue.id, live=True):
        cancel(ticket, issue, by, now, "work.issue_withdrawn")
    let_go(issue, now)


def conclude(who: Who, key: str, *, reason: str, basis: str, now: datetime) -> Issue:
    """Close for good, unsolved: head and inspector together, whoever comes first proposing it.

    Raises Conflict before the district's number of redos, and for the same side or person twice.
    """

    def step(issue: Issue) -> None:
        lead = lead_of(issue.id)
        if issue.redos < pack().work.redos_before_final or lead is None:
            raise Conflict("issue.too_early_to_conclude", redos=pack().work.redos_before_final)
        side = _side(who, lead)
        by, asked = who.acting(side), dict(issue.final)
        said = {"reason": reason, "basis": basis, "by": who.id, "by_name": who.name, "at": now}
        if not asked:
            other = "inspector" if side == "head" else "head"
            move_issue(
                issue,
                "ask_to_conclude",
                by,
                now,
                change={"final": {**said, "side": side}},
                text=reason,
                internal=True,
                data={"basis": basis, "asks": other},
                tell="issue.final_asked",
            )
            return
        if asked["side"] == side or asked["by"] == who.id:
            raise Conflict("issue.other_side_must_agree")
        move_issue(
            issue,
            "conclude",
            by,
            now,
            change={"final": {**asked, "agreed": said}, "outcome": "unsolved", "confirm_by": None},
            text=reason,
            data={"basis": basis, "proposed_by": asked["by_name"]},
            tell="issue.closed_finally",
        )
        # The lead first: the issue follows it.
        for ticket in Ticket.objects(issue=issue.id, live=True).order_by("-role"):
            if ticket.id == lead.id:
                move_ticket(ticket, "conclude", by, now, issue=issue)
            else:
                cancel(ticket, issue, by, now, "work.issue_ended")

    return on_issue(who, key, "issue.conclude", step)


def reopen(
    who: Who,
    key: str,
    *,
    reason: str,
    new_facts: str,
    photo_ids: Sequence[str],
    now: datetime,
) -> Issue:
    """Take up a resolved issue again, within the district's days; what was closed for good needs new facts.

    Raises Conflict when it is too late, or new facts are missing.
    """

    def step(issue: Issue) -> None:
        if issue.state == "answered":
            raise Conflict("issue.confirm_instead")
        latest = (issue.ended_at or now) + timedelta(days=pack().work.reopen_days)
        if now > latest:
            raise Conflict("issue.reopen_too_late", days=pack().work.reopen_days)
        if issue.outcome == "unsolved" and not new_facts.strip():
            raise Conflict("issue.new_facts_needed")
        pictures = photos.attachable(who, photo_ids)
        photos.attach(pictures, "issue", issue.id)
        by = actor(who, "issue.reopen", issue_ties(issue))
        data = {"new_facts": new_facts, "photos": pictures, "was": issue.outcome}
        redo_lead(issue, by, now, change={"final": {}}, text=reason, data=data)

    return on_issue(who, key, "issue.reopen", step)


def _side(who: Who, lead: Ticket) -> str:
    """By which of the two sides somebody acts; who holds both acts as head."""
    heads = {held.department for held in who.having("head")}
    return "head" if lead.department in heads else "inspector"
