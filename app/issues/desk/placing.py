"""The dispatch desk: issues are placed with a department by rule, or by a dispatcher."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.departments.documents import Department
from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.district import pack
from app.foundation.duties import Duty
from app.foundation.errors import Invalid
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.issues import clocks
from app.issues.access import issue_ties
from app.issues.documents import Issue
from app.issues.moves import lead_of, move_issue
from app.issues.tickets import Order, dispatch, with_department
from app.issues.work.passing import check_not_ruled_out, check_settler
from app.issues.work.steps import on_issue
from app.people.access import actor
from app.people.who import Who
from app.routing.decide import Decision, Facts, decide
from app.routing.rulebook import CategoryRule, Rulebook
from config.pack import DISPATCH, FALLBACK, Pack


@lru_cache(maxsize=4)
def rulebook_of(district: Pack) -> Rulebook:
    """The rules of a pack, compiled once."""
    words = district.routing
    return Rulebook(
        version=f"pack:{district.code}",
        categories=tuple(
            CategoryRule(entry.code, entry.name, entry.owner, entry.assisting, entry.keywords)
            for entry in district.categories
        ),
        fallback=FALLBACK,
        unit_departments={each.unit: each.code for each in district.departments if each.unit},
        urgent_words=words.urgent_words,
        negations=words.negations,
        negation_reach=words.negation_reach,
        threshold=words.threshold,
        department_names={each.code: each.name for each in district.departments},
    )


def decide_for(
    kind: str, text: str, category: str | None, unit: str | None, urgent: bool | None
) -> Decision:
    """Where the pack's rules would place it, and why."""
    return decide(Facts(kind, text, category, unit, urgent), rulebook_of(pack()))


def route_issue(duty: Duty, now: datetime) -> None:
    """Place a submitted issue, or hand it to the dispatcher. One that was withdrawn meanwhile is left."""

    def work() -> None:
        issue = Issue.get(duty.subject)
        if issue.state == "submitted":
            decision = decide_for(
                issue.kind, words_of(issue), issue.chosen_category, issue.unit, issue.said_urgent
            )
            _follow(issue, decision, now)
        duties.finish(duty, now)

    transaction(work)


def hand_to_dispatcher(duty: Duty, now: datetime) -> None:
    """Routing failed again and again: a person must place it, and nothing is lost."""

    def work() -> None:
        issue = Issue.get(duty.subject)
        if issue.state == "submitted":
            _refer(issue, now, {"reasons": [Reason("dispatch.gave_up").as_dict()]})
        duties.fail(duty, now, "gave up")

    transaction(work)


def place_issue(
    who: Who, key: str, *, category: str, department_id: str | None, reason: str, now: datetime
) -> Issue:
    """The dispatcher places an issue: with the category's owner, or with the department named.

    Raises Invalid for an unknown category or department, or when the category's owner is the issue's
    unit and that is not known.
    """

    def step(issue: Issue) -> None:
        check_settler(who, issue)
        if category not in {entry.code for entry in pack().categories}:
            raise Invalid("category.unknown", fields={"category": [category]})
        decision = decide_for(issue.kind, words_of(issue), category, issue.unit, issue.said_urgent)
        if department_id:
            department = registry.active(ObjectId(department_id))
        elif decision.department:
            department = registry.by_code(decision.department)
        else:
            raise Invalid("issue.department_needed", fields={"department_id": []})
        check_not_ruled_out(issue, department)
        why = Reason("dispatch.placed_by", {"name": who.name, "department": department.name})
        route = _route_row(decision, [why], now, department, "person", category)
        by = actor(who, "issue.place", issue_ties(issue))
        _place(issue, "place", department, route, by, now, reason)

    return on_issue(who, key, "issue.place", step)


def words_of(issue: Issue) -> str:
    """What the issue is about: the part that a dispatcher made it, else all of its text."""
    return issue.demand or issue.text


def _follow(issue: Issue, decision: Decision, now: datetime) -> None:
    if decision.department is None:
        _refer(issue, now, _route_row(decision, decision.reasons, now, None, "rule"))
        return
    department = registry.by_code(decision.department)
    route = _route_row(decision, decision.reasons, now, department, "rule")
    _place(issue, "route", department, route, history.SYSTEM, now)


def _refer(issue: Issue, now: datetime, route: dict[str, Any]) -> None:
    desk = registry.by_code(DISPATCH)
    change = {
        "route": route,
        "urgent": route.get("urgent", issue.urgent),
        "departments": [*{*issue.departments, desk.id}],
    }
    move_issue(
        issue,
        "refer",
        history.SYSTEM,
        now,
        change=change,
        reasons=[Reason(**row) for row in route["reasons"]],
        tell="issue.needs_placing",
    )


def _place(
    issue: Issue,
    action: str,
    department: Department,
    route: dict[str, Any],
    by: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    category, urgent = route["category"], bool(route["urgent"] or issue.urgent)
    timed = clocks.start(now, clocks.terms(category, urgent=urgent), clocks.calendar())
    # What the enterprise was promised stands; the new department's own time is on its ticket.
    promised = {} if issue.promise else timed.of_issue()
    move_issue(
        issue,
        action,
        by,
        now,
        change={
            "category": category,
            "urgent": urgent,
            "route": route,
            **promised,
            "departments": with_department(issue, department.id),
        },
        text=reason,
        reasons=[Reason(**row) for row in route["reasons"]],
        data={"department": department.id, "department_name": department.name},
    )
    level = _level_reached(issue)
    order = Order(department, "lead", action, "ticket.dispatched", level)
    dispatch(issue, order, timed, by, now)


def _level_reached(issue: Issue) -> int:
    """How far up the issue had come before it was returned: a new department does not lower it."""
    last = lead_of(issue.id)
    return last.level if last else 0


def _route_row(
    decision: Decision,
    reasons: Any,
    now: datetime,
    department: Department | None,
    by: str,
    category: str | None = None,
) -> dict[str, Any]:
    return {
        "by": by,
        "department": department.id if department else None,
        "department_name": department.name if department else None,
        "assisting": list(decision.assisting),
        "category": category or decision.category,
        "urgent": decision.urgent,
        "confidence": 1.0 if by == "person" else decision.confidence,
        "reasons": [reason.as_dict() for reason in reasons],
        "alternatives": [
            {"category": a.category, "department": a.department, "confidence": a.confidence}
            for a in decision.alternatives
        ],
        "rulebook": decision.rulebook,
        "decided_at": now,
    }
