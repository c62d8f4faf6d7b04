"""Asking the enterprise: the clock stops from the question to the answer, or to a limit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.foundation import duties
from app.foundation.db import transaction
from app.foundation.district import local, pack
from app.foundation.duties import Duty
from app.foundation.errors import Conflict
from app.foundation.history import SYSTEM, Actor
from app.foundation.reasons import Reason
from app.issues import clocks
from app.issues.access import issue_ties
from app.issues.documents import Issue, Ticket
from app.issues.moves import move_ticket
from app.issues.work.steps import acting, check_owner, on_issue, on_ticket
from app.people.access import actor
from app.people.announcing import announce
from app.people.who import Who
from app.photos import actions as photos
from app.sla.calendar import WorkingCalendar


def ask(who: Who, key: str, *, text: str, photo_ids: Sequence[str], now: datetime) -> Ticket:
    """Ask the enterprise; the ticket's clock stops, and for a lead ticket the issue's too.

    It goes on with the reply, or after the district's limit. A question is a first reply.
    """

    def step(ticket: Ticket, issue: Issue) -> None:
        check_owner(who, ticket)
        days, by = clocks.calendar(), acting(who, "ticket.ask", ticket)
        until = days.deadline(now, pack().work.ask_limit_wd)
        pictures = photos.attachable(who, photo_ids)
        photos.attach(pictures, "issue", issue.id)
        why = {"text": text, "by": who.id, "by_name": who.name, "ticket": ticket.id}
        move_ticket(
            ticket,
            "ask",
            by,
            now,
            issue=issue,
            issue_change=_paused_issue(ticket, issue, now, why, days),
            change={
                **clocks.pause(ticket.clock, now, why, days).of_ticket(),
                "question": {**why, "at": now, "until": until},
                "replied_at": ticket.replied_at or now,
            },
            text=text,
            reasons=[Reason("promise.paused", {"until": said(until)})],
            data={"photos": pictures, "until": until},
            tell="ticket.asked",
        )
        duties.add(
            "issues.go_on",
            ticket.id,
            now=now,
            due_at=until,
            key=f"issues.go_on:{ticket.id}:{ticket.version}",
            payload={"asked_at": now},
        )

    return on_ticket(who, key, "ticket.ask", step)


def reply(
    who: Who, key: str, *, text: str, photo_ids: Sequence[str], ticket_id: str | None, now: datetime
) -> Issue:
    """Answer the question of a department: the clock goes on.

    `ticket_id` says whose question, where several departments asked; else the earliest. Raises Conflict
    when nothing is asked.
    """

    def step(issue: Issue) -> None:
        waiting = Ticket.objects(issue=issue.id, state="waiting_enterprise", live=True)
        asked = waiting.filter(id=ticket_id) if ticket_id else waiting
        ticket = asked.order_by("question.at").first()
        if ticket is None:
            raise Conflict("issue.nothing_asked")
        pictures = photos.attachable(who, photo_ids)
        photos.attach(pictures, "issue", issue.id)
        by = actor(who, "issue.reply", issue_ties(issue))
        _go_on(ticket, issue, "reply", by, now, now, text=text, data={"photos": pictures})

    return on_issue(who, key, "issue.reply", step)


def go_on(duty: Duty, now: datetime) -> None:
    """The limit is reached and nobody replied: the clock goes on from that limit, and both are told."""

    def work() -> None:
        ticket = Ticket.get(duty.subject)
        asked = ticket.question.get("at") == duty.payload["asked_at"]
        if ticket.state == "waiting_enterprise" and asked:
            issue, until = Issue.get(ticket.issue), ticket.question["until"]
            _go_on(ticket, issue, "go_on", SYSTEM, until, now)
        duties.finish(duty, now)

    transaction(work)


def _go_on(
    ticket: Ticket,
    issue: Issue,
    action: str,
    by: Actor,
    at: datetime,
    now: datetime,
    text: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    days, before = clocks.calendar(), issue.promise.get("resolve_by")
    own, whole = clocks.resume(ticket.clock, at, days), resumed_issue(ticket, issue, at, days)
    due = whole.get("promise", own.of_ticket())["resolve_by"]
    row = move_ticket(
        ticket,
        action,
        by,
        now,
        issue=issue,
        issue_change=whole,
        change={**own.of_ticket(), "question": {}},
        text=text,
        reasons=[Reason("promise.resumed", {"due": said(due)})],
        data=data,
        tell="ticket.replied" if action == "reply" else "ticket.ask_expired",
    )
    if issue.promise.get("resolve_by") != before:
        announce("issue.promise_moved", issue.id, row, now)


def resumed_issue(
    ticket: Ticket, issue: Issue, at: datetime, days: WorkingCalendar
) -> dict[str, Any]:
    """The issue's clock going on, where this is its lead ticket."""
    if ticket.role != "lead" or not issue.clock:
        return {}
    return clocks.resume(issue.clock, at, days).of_issue()


def _paused_issue(
    ticket: Ticket, issue: Issue, now: datetime, why: dict[str, Any], days: WorkingCalendar
) -> dict[str, Any]:
    if ticket.role != "lead" or not issue.clock:
        return {}
    return clocks.pause(issue.clock, now, why, days).of_issue()


def said(moment: datetime) -> str:
    """The moment as people read it, in the district's zone."""
    return f"{local(moment):%Y-%m-%d %H:%M}"
