"""The dispatch desk: issues are placed with a department by rule, or by a dispatcher."""

from __future__ import annotations

from datetime import datetime
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
from app.issues import barring, clocks
from app.issues.access import issue_ties
from app.issues.desk.facts import of_issue
from app.issues.documents import Issue
from app.issues.moves import lead_of, move_issue
from app.issues.tickets import Order, dispatch, with_department
from app.issues.work.passing import check_not_ruled_out, check_settler
from app.issues.work.steps import on_issue
from app.people.access import actor
from app.people.who import Who
from app.routing.decide import Decision, Facts, decide
from app.rulebooks import alarms
from app.rulebooks import registry as rules_in_use
from app.sla.promise import Terms
from config.pack import DISPATCH, FALLBACK


def decision_for(facts: Facts) -> Decision:
    """Where the rules and the model published at this moment would place it, and why."""
    guide = rules_in_use.current()
    return decide(facts, guide.rulebook, guide.judge)


def route_issue(duty: Duty, now: datetime) -> None:
    """Place a submitted issue, or hand it to the dispatcher. One that was withdrawn meanwhile is left."""

    def work() -> None:
        issue = Issue.get(duty.subject)
        if issue.state == "submitted":
            decision = decision_for(of_issue(issue, issue.chosen_category))
            _follow(issue, decision, now)
            alarms.of_rules(decision.broken, decision.rulebook, now)
            alarms.of_model(now)
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
        decision = decision_for(of_issue(issue, category))
        if department_id:
            department = registry.active(ObjectId(department_id))
        elif decision.department:
            department = registry.by_code(decision.department)
        else:
            raise Invalid("issue.department_needed", fields={"department_id": []})
        check_not_ruled_out(issue, department)
        barring.check_not_barred(issue, department)
        why = Reason("dispatch.placed_by", {"name": who.name, "department": department.name})
        route = _route_row(decision, [why], now, department, "person", category)
        by = actor(who, "issue.place", issue_ties(issue))
        _place(issue, "place", department, route, by, now, reason)

    return on_issue(who, key, "issue.place", step)


def _follow(issue: Issue, decision: Decision, now: datetime) -> None:
    if decision.department is None:
        _refer(issue, now, _route_row(decision, decision.reasons, now, None, "rule"))
        return
    department = registry.by_code(decision.department)
    if department.id in issue.barred:
        # Released, but what it complains of would be the one to deal with it: a person must choose.
        why = Reason("restricted.barred", {"department": department.name})
        _refer(issue, now, _route_row(decision, [*decision.reasons, why], now, None, "rule"))
        return
    route = _route_row(decision, decision.reasons, now, department, "rule")
    _place(issue, "route", department, route, history.SYSTEM, now)
    if not decision.restricted:
        _call_in(issue, decision, department, now)


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
        data=_decided(route),
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
    urgent = bool(route["urgent"] or issue.urgent)
    timed = clocks.start(now, terms_of_route(route, urgent), clocks.calendar())
    # What the enterprise was promised stands; the new department's own time is on its ticket.
    promised = {} if issue.promise else timed.of_issue()
    move_issue(
        issue,
        action,
        by,
        now,
        change={
            "category": route["category"],
            "urgent": urgent,
            "priority": route["priority"],
            **_withheld(issue, route),
            "route": route,
            **promised,
            "departments": with_department(issue, department.id),
        },
        text=reason,
        reasons=[Reason(**row) for row in route["reasons"]],
        data={
            "department": department.id,
            "department_name": department.name,
            **_decided(route),
        },
    )
    level = level_reached(issue)
    order = Order(department, "lead", action, "ticket.dispatched", level)
    dispatch(issue, order, timed, by, now)


def _withheld(issue: Issue, route: dict[str, Any]) -> dict[str, Any]:
    """Whom the rules keep it from. A person's word, in placing or releasing it, stands against theirs."""
    if route["by"] != "rule" or issue.released:
        return {}
    return barring.by_rule(route["restricted"], route["barred"])


def _call_in(issue: Issue, decision: Decision, lead: Department, now: datetime) -> None:
    """Tickets at once for those whom a rule has assist; each department once, whatever it was called."""
    called = {registry.by_code(code).id: registry.by_code(code) for code in decision.ordered}
    for other in (lead.id, *issue.barred):
        called.pop(other, None)
    for department in called.values():
        timed = clocks.start(now, terms_of_route(issue.route, issue.urgent), clocks.calendar())
        move_issue(
            issue,
            "call_in",
            history.SYSTEM,
            now,
            change={"departments": with_department(issue, department.id)},
            data={"department": department.id, "department_name": department.name},
        )
        order = Order(department, "assist", "route", "ticket.dispatched")
        dispatch(issue, order, timed, history.SYSTEM, now)


def _decided(route: dict[str, Any]) -> dict[str, Any]:
    """What history keeps of a placing, for the issue itself has the last one only."""
    names = ("category", "confidence", "rulebook", "judge")
    return {"decided": {name: route[name] for name in names if name in route}}


def terms_of_route(route: dict[str, Any], urgent: bool) -> Terms:
    """The category's, or what a rule gives; what has no category gets the fallback's."""
    return clocks.terms(
        route["category"] or FALLBACK,
        urgent=urgent,
        reply_wd=route["reply_wd"],
        resolve_wd=route["resolve_wd"],
    )


def level_reached(issue: Issue) -> int:
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
        "ordered": list(decision.ordered),
        "category": category or decision.category,
        "urgent": decision.urgent,
        "confidence": 1.0 if by == "person" else decision.confidence,
        "reasons": [reason.as_dict() for reason in reasons],
        "alternatives": [
            {"category": a.category, "department": a.department, "confidence": a.confidence}
            for a in decision.alternatives
        ],
        "rulebook": decision.rulebook,
        "judge": decision.judge,
        "fits": list(decision.fits),
        "priority": decision.priority,
        "reply_wd": decision.reply_wd,
        "resolve_wd": decision.resolve_wd,
        # A person has read what they place themselves.
        "restricted": None if by == "person" else decision.restricted,
        "barred": [] if by == "person" else list(decision.barred),
        "decided_at": now,
    }
