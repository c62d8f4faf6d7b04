"""Not ours, ours to hand on, and whoever else must help: return, object, transfer, invite, and rulings."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.departments import registry
from app.departments.documents import Department
from app.foundation.district import pack
from app.foundation.errors import Conflict, Forbidden, Invalid
from app.foundation.reasons import Reason
from app.issues import clocks
from app.issues.barring import check_not_barred
from app.issues.documents import Issue, Ticket
from app.issues.moves import machine_of, move_ticket
from app.issues.tickets import EXCERPT, Order, dispatch, found_by, with_department
from app.issues.work.asking import said
from app.issues.work.steps import acting, check_owner, on_ticket
from app.people.announcing import announce
from app.people.who import Who
from app.sla.promise import Terms
from config.pack import DISPATCH, FALLBACK

RULINGS = ("yours", "not_yours")


def return_ticket(who: Who, key: str, *, reason_code: str, reason: str, now: datetime) -> Ticket:
    """Hand the ticket back to the dispatcher, within the district's days. The promises run on.

    Raises Conflict when it is too late, or a ruling said that it is theirs.
    """
    if reason_code not in {each.code for each in pack().returns}:
        raise Invalid("ticket.unknown_return_reason", fields={"reason_code": [reason_code]})

    def step(ticket: Ticket, issue: Issue) -> None:
        check_owner(who, ticket)
        latest = clocks.calendar().deadline(ticket.dispatched_at, pack().work.return_within_wd)
        if now > latest:
            raise Conflict("ticket.return_too_late", latest=said(latest))
        _give_back(who, ticket, issue, "return", reason_code, reason, now)

    return on_ticket(who, key, "ticket.return", step)


def object_to(who: Who, key: str, *, reason: str, now: datetime) -> Ticket:
    """Object to a transfer, once: the dispatcher rules. Raises Conflict when it was not transferred here."""

    def step(ticket: Ticket, issue: Issue) -> None:
        before = {"issue": issue.id, "department": ticket.department, "origin.objected": True}
        if ticket.origin.get("how") != "transfer" or Ticket.rows().find_one(before, {"_id": 1}):
            raise Conflict("ticket.no_objection")
        _give_back(who, ticket, issue, "object", "objection", reason, now)

    return on_ticket(who, key, "ticket.object", step)


def _give_back(
    who: Who, ticket: Ticket, issue: Issue, action: str, code: str, reason: str, now: datetime
) -> None:
    if issue.restricted is not None:
        raise Conflict("restricted.no_return")
    if is_theirs(ticket, issue):
        raise Conflict("ticket.ruled_yours")
    lead, count = ticket.role == "lead", issue.returns + 1
    disputed = count >= pack().work.returns_before_inspector
    objected = {"origin": {**ticket.origin, "objected": True}} if action == "object" else {}
    move_ticket(
        ticket,
        action,
        acting(who, f"ticket.{action}", ticket),
        now,
        issue=issue,
        issue_action="return" if lead else None,
        issue_change={
            "departments": with_department(issue, registry.by_code(DISPATCH).id),
            "hops": issue.hops + 1,
            "returns": count,
        },
        change=objected,
        text=reason,
        internal=True,
        data={"reason_code": code, "returns": count},
        tell="issue.needs_ruling" if disputed else "issue.needs_placing",
    )


def rule(who: Who, key: str, *, ruling: str, reason: str, now: datetime) -> Ticket:
    """Settle a return. "yours" sends it back for good; "not_yours" leaves it to be placed elsewhere.

    Both are final for this department and issue. From the district's third return on, it is the
    inspector's to rule. Raises Conflict when the ticket was not returned, or was placed since, and for
    sending it back to work once the issue has ended.
    """

    def step(ticket: Ticket, issue: Issue) -> None:
        check_settler(who, issue)
        by = acting(who, "ticket.rule", ticket)
        ruled = {
            "department": ticket.department,
            "ruling": ruling,
            "reason": reason,
            "by": who.id,
            "by_name": who.name,
            "at": now,
        }
        if any(each["department"] == ticket.department for each in issue.rulings):
            raise Conflict("ticket.ruled_already")
        lead, yours = ticket.role == "lead", ruling == "yours"
        if yours and issue.state in machine_of("issue").ended:
            raise Conflict("ticket.issue_ended")
        move_ticket(
            ticket,
            "rule" if yours else "rule_out",
            by,
            now,
            issue=issue,
            issue_action="rule" if lead and yours else None,
            issue_change={"rulings": [*issue.rulings, ruled]},
            change={"final": True, "assignee": None} if yours else {},
            text=reason,
            internal=True,
            data={"ruling": ruling},
            tell="ticket.ruled",
        )

    return on_ticket(who, key, "ticket.rule", step)


def check_settler(who: Who, issue: Issue) -> None:
    """Raise Forbidden when the issue came back so often that only an inspector may settle it."""
    if issue.returns >= pack().work.returns_before_inspector and not who.has("inspector"):
        raise Forbidden("issue.inspector_must_rule")


def is_theirs(ticket: Ticket, issue: Issue) -> bool:
    """Whether a ruling said "yours" to the ticket's department, with this ticket or an earlier one."""
    ruled = {each["department"]: each["ruling"] for each in issue.rulings}
    return ticket.final or ruled.get(ticket.department) == "yours"


def check_not_ruled_out(issue: Issue, department: Department) -> None:
    """Raise Conflict for a department that a ruling has freed of this issue."""
    for each in issue.rulings:
        if each["department"] == department.id and each["ruling"] == "not_yours":
            raise Conflict("ticket.ruled_out", department=department.name)


def transfer(who: Who, key: str, *, department_id: str, reason: str, now: datetime) -> Ticket:
    """Hand the ticket on to another department, with its own clock; the issue's promise stays.

    Gives the new ticket. Raises Conflict when a ruling said that it is theirs.
    """

    def step(ticket: Ticket, issue: Issue) -> None:
        check_owner(who, ticket)
        if is_theirs(ticket, issue):
            raise Conflict("ticket.ruled_yours")
        target = _other(ticket, department_id)
        check_not_ruled_out(issue, target)
        check_not_barred(issue, target)
        due, by = (
            issue.promise.get("resolve_by", ticket.resolve_by),
            acting(who, "ticket.transfer", ticket),
        )
        row = move_ticket(
            ticket,
            "transfer",
            by,
            now,
            issue=issue,
            issue_change={
                "departments": with_department(issue, target.id),
                "hops": issue.hops + 1,
            },
            text=reason,
            internal=True,
            reasons=[Reason("promise.transferred", {"department": target.name, "due": said(due)})],
            data={"department": target.id, "department_name": target.name},
        )
        order = Order(
            target, ticket.role, "transfer", "ticket.transferred", ticket.level, "", ticket
        )
        timed = clocks.start(now, terms_of(ticket, issue), clocks.calendar())
        dispatch(issue, order, timed, by, now)
        if ticket.role == "lead":
            announce("issue.promise_moved", issue.id, row, now)

    return on_ticket(who, key, "ticket.transfer", step)


def invite(who: Who, key: str, *, department_id: str, text: str, now: datetime) -> Ticket:
    """The lead asks another department to help, with a ticket, a clock and an answer of its own.

    A department that has answered is asked again. Raises Conflict when it is still at work, or when the
    ticket is not the lead.
    """

    def step(ticket: Ticket, issue: Issue) -> None:
        check_owner(who, ticket)
        if ticket.role != "lead":
            raise Conflict("ticket.lead_invites")
        target, by = _other(ticket, department_id), acting(who, "ticket.invite", ticket)
        check_not_barred(issue, target)
        begun = clocks.start(now, terms_of(ticket, issue), clocks.calendar())
        timed = clocks.of_department(begun, target.code)
        move_ticket(
            ticket,
            "invite",
            by,
            now,
            issue=issue,
            issue_change={"departments": with_department(issue, target.id)},
            text=text,
            data={"department": target.id, "department_name": target.name},
        )
        there = Ticket.objects(issue=issue.id, department=target.id, role="assist", live=True)
        helper = there.first()
        if helper is None:
            order = Order(target, "assist", "invite", "ticket.invited", 0, text, ticket)
            dispatch(issue, order, timed, by, now)
        elif helper.state != "answered":
            raise Conflict("ticket.invited_already", department=target.name)
        else:
            again = {
                **timed.of_ticket(),
                **anew(helper, now),
                "excerpt": text[:EXCERPT],
                **found_by(issue, text[:EXCERPT]),
            }
            move_ticket(
                helper,
                "redo",
                by,
                now,
                issue=issue,
                change=again,
                text=text,
                tell="ticket.invited",
            )

    return on_ticket(who, key, "ticket.invite", step)


def anew(ticket: Ticket, now: datetime) -> dict[str, object]:
    """What a ticket becomes when it is to be answered again; the times of this round are kept."""
    times = ("dispatched_at", "accept_by", "reply_by", "resolve_by", "accepted_at", "replied_at")
    kept = {name: getattr(ticket, name) for name in (*times, "answered_at", "assignee", "level")}
    return {
        "rounds": [*ticket.rounds, {**kept, "result": ticket.answer.get("result")}],
        "dispatched_at": now,
        "accepted_at": None,
        "replied_at": None,
        "answered_at": None,
        "extensions": 0,
        "climbed": [],
    }


def terms_of(ticket: Ticket, issue: Issue) -> Terms:
    """What a department gets for this issue: a redo's time where it was not solved, else the category's."""
    if ticket.level:
        return clocks.redo_terms(urgent=ticket.urgent)
    return clocks.terms(issue.category or ticket.category or FALLBACK, urgent=ticket.urgent)


def _other(ticket: Ticket, key: str) -> Department:
    target = registry.active(ObjectId(key))
    if target.id == ticket.department:
        raise Invalid("ticket.same_department", fields={"department_id": [key]})
    return target
