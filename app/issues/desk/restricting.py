"""Restricting an issue by hand: the restricted desk takes it over, and whom it complains of loses it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bson import ObjectId

from app.departments import registry
from app.departments.documents import Department
from app.foundation.db import Row
from app.foundation.errors import Conflict, Invalid
from app.foundation.reasons import Reason
from app.issues import barring, clocks
from app.issues.access import issue_ties
from app.issues.desk.placing import level_reached, terms_of_route
from app.issues.documents import Issue, Ticket
from app.issues.ending.tickets import cancel
from app.issues.moves import machine_of, move_issue
from app.issues.pressing import orders
from app.issues.pressing.dropping import let_go
from app.issues.tickets import Order, dispatch
from app.issues.work.steps import on_issue
from app.people.access import actor
from app.people.who import Who
from config.pack import DISPATCH, RESTRICTED
from config.routing_terms import Restriction


def restrict(
    who: Who,
    key: str,
    *,
    restriction: str,
    reason: str,
    department_ids: Sequence[str],
    now: datetime,
) -> Issue:
    """What the rules missed goes to the restricted desk; the departments named learn no more of it.

    The lead's ticket and those of the departments named end, orders and what was agreed are let go, and it
    is linked to nothing any more. Raises Invalid for an unknown restriction or department and for the desk
    itself, Conflict when it is restricted already, is a master of others, or is answered or over.
    """
    known = barring.known()
    if restriction not in known:
        raise Invalid("restricted.unknown", fields={"restriction": [restriction]})
    desk = registry.by_code(RESTRICTED)
    barred = [registry.active(ObjectId(each)) for each in dict.fromkeys(department_ids)]
    if desk.id in {each.id for each in barred}:
        raise Invalid("restricted.not_the_desk", fields={"department_ids": [str(desk.id)]})

    def step(issue: Issue) -> None:
        barring.check_ordinary(issue)
        # Before the tickets end, for the issue follows them.
        machine_of("issue").after("restrict", issue.state)
        if Issue.rows().find_one({"master": issue.id}, {"_id": 1}):
            raise Conflict("issue.is_a_master")
        _take_over(who, issue, known[restriction], desk, barred, reason, now)

    return on_issue(who, key, "issue.restrict", step)


def _take_over(
    who: Who,
    issue: Issue,
    held: Restriction,
    desk: Department,
    barred: Sequence[Department],
    reason: str,
    now: datetime,
) -> None:
    by = actor(who, "issue.restrict", issue_ties(issue))
    level, gone = level_reached(issue), {each.id for each in barred}
    route = _route(issue, held, desk, barred, now)
    timed = clocks.start(now, terms_of_route(route, issue.urgent), clocks.calendar())
    for ticket in Ticket.objects(issue=issue.id, live=True).order_by("-role"):
        if ticket.role == "lead" or ticket.department in gone:
            cancel(ticket, issue, by, now, "restricted.taken_over")
    seeing = [*issue.departments, desk.id]
    # The dispatchers' desk is no department that holds it: who dispatches sees it no more.
    without = {*gone, registry.by_code(DISPATCH).id}
    move_issue(
        issue,
        "restrict",
        by,
        now,
        change={
            **barring.fields(held.code, barred),
            "departments": [each for each in dict.fromkeys(seeing) if each not in without],
            "route": route,
            "released": False,
            "master": None,
            **({} if issue.promise else timed.of_issue()),
        },
        text=reason,
        internal=True,
        reasons=[Reason("routing.restricted", _said(held))],
        data={"restriction": held.code, "department": desk.id, "department_name": desk.name},
        tell="issue.restricted",
    )
    let_go(issue, now)
    barring.mark_tickets(issue, gone)
    orders.withhold(issue, gone)
    dispatch(issue, Order(desk, "lead", "restrict", "ticket.dispatched", level), timed, by, now)


def _route(
    issue: Issue, held: Restriction, desk: Department, barred: Sequence[Department], now: datetime
) -> Row:
    """As the rules would have written it."""
    reasons = [Reason("routing.restricted", _said(held))]
    if barred:
        names = "、".join(each.name for each in barred)
        codes = [each.code for each in barred]
        reasons.append(Reason("routing.barred", {"department_codes": codes, "names": names}))
    plain = {"reply_wd": None, "resolve_wd": None, "priority": None, "category": issue.category}
    return {
        **plain,
        **issue.route,
        "by": "person",
        "department": desk.id,
        "department_name": desk.name,
        "assisting": [],
        "ordered": [],
        "alternatives": [],
        "confidence": 1.0,
        "reasons": [each.as_dict() for each in reasons],
        "restricted": held.code,
        "barred": [each.code for each in barred],
        "decided_at": now,
    }


def _said(held: Restriction) -> dict[str, str]:
    return {"restriction": held.code, "name": held.name, "way": held.way}
