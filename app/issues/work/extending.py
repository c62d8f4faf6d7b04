"""More time: asked early enough, granted once by the head and once more by the inspector."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.foundation.district import pack
from app.foundation.errors import Conflict, Forbidden, Invalid
from app.foundation.reasons import Reason
from app.issues import clocks
from app.issues.documents import Issue, Ticket
from app.issues.moves import move_ticket
from app.issues.work.asking import said
from app.issues.work.steps import acting, check_owner, is_head, on_ticket
from app.people.announcing import announce
from app.people.who import Who
from app.sla.ladder import Rung, rung_time

LEVELS = ("head", "inspector")
"""Who decides on the first extension, and on the second; there is no third."""


def extend(who: Who, key: str, *, days: int, reason: str, now: datetime) -> Ticket:
    """Ask for `days` more working days.

    Raises Invalid for more days than may be granted, Conflict when it is too late to ask or all
    extensions are used.
    """

    def step(ticket: Ticket, issue: Issue) -> None:
        check_owner(who, ticket)
        if ticket.extensions >= len(LEVELS):
            raise Conflict("ticket.no_more_extensions")
        terms, level = pack().work, LEVELS[ticket.extensions]
        most = terms.first_extension_wd if level == "head" else terms.second_extension_wd
        if days > most:
            raise Invalid("ticket.extension_too_long", most=most, fields={"days": [str(most)]})
        before = Rung("extend", "resolve", "before", terms.extend_before_wd, ())
        wall = clocks.is_wall(ticket.clock)
        days_of = clocks.counted_by(ticket.clock, clocks.calendar())
        latest = rung_time(before, ticket, wall, days_of)
        if now > latest:
            raise Conflict("ticket.extension_too_late", latest=said(latest))
        asked = {"days": days, "reason": reason, "level": level, "by": who.id, "at": now}
        move_ticket(
            ticket,
            "extend",
            acting(who, "ticket.extend", ticket),
            now,
            issue=issue,
            change={"extension": {**asked, "by_name": who.name}},
            text=reason,
            internal=True,
            data=asked,
            tell="ticket.extension_asked",
        )

    return on_ticket(who, key, "ticket.extend", step)


def decide(who: Who, key: str, *, granted: bool, reason: str, now: datetime) -> Ticket:
    """Grant or refuse what was asked, in words: the head the first, the inspector the second time."""

    def step(ticket: Ticket, issue: Issue) -> None:
        asked = dict(ticket.extension)
        if asked:
            _check_level(who, ticket, asked["level"])
        change, whole, reasons = _granted(ticket, issue, asked, reason) if granted else ({}, {}, [])
        row = move_ticket(
            ticket,
            "decide",
            acting(who, "ticket.decide", ticket),
            now,
            issue=issue,
            issue_change=whole,
            change={**change, "extension": {}},
            text=reason,
            reasons=reasons,
            internal=not whole,
            data={**asked, "granted": granted},
            tell="ticket.extension_decided",
        )
        if whole:
            announce("issue.promise_moved", issue.id, row, now)

    return on_ticket(who, key, "ticket.decide", step)


def _check_level(who: Who, ticket: Ticket, level: str) -> None:
    fits = is_head(who, ticket) if level == "head" else who.has("inspector")
    if not fits and not who.has("inspector"):
        raise Forbidden("ticket.not_yours_to_decide")


def _granted(
    ticket: Ticket, issue: Issue, asked: dict[str, Any], reason: str
) -> tuple[dict[str, Any], dict[str, Any], list[Reason]]:
    """What changes on the ticket and on the issue, and why the promise moved."""
    if not asked:
        return {}, {}, []  # the table refuses the step
    calendar, why = clocks.calendar(), {"why": reason, "at": asked["at"]}
    own = clocks.extend(ticket.clock, asked["days"], why, calendar)
    whole = {}
    if ticket.role == "lead" and issue.clock:
        whole = clocks.extend(issue.clock, asked["days"], why, calendar).of_issue()
    due = whole["promise"]["resolve_by"] if whole else own.made.resolve_by
    reasons = [Reason("promise.extended", {"days": asked["days"], "due": said(due)})]
    return {**own.of_ticket(), "extensions": ticket.extensions + 1}, whole, reasons
