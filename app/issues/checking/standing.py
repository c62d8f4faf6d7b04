"""What is stored of an issue and its tickets as they are now, against the table and each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.foundation.db import Row
from app.foundation.reasons import Reason
from app.issues.checking.findings import Case, Finding, Rules


def states(case: Case, rules: Rules) -> Iterator[Finding]:
    """Every state is one of the table, and the issue's is the one that follows from its lead ticket's."""
    issue = case.issue
    if issue["state"] not in rules.issue.states:
        yield case.finding(Reason("check.state_unknown", {"state": issue["state"]}))
    for ticket in case.tickets:
        if ticket["state"] not in rules.ticket.states:
            yield case.finding(Reason("check.state_unknown", {"state": ticket["state"]}), ticket)
    lead = _lead(case)
    due = rules.issue.followed(issue["state"], lead["state"] if lead else None)
    if due != issue["state"]:
        said = {"state": issue["state"], "due": due, "lead": lead["state"] if lead else ""}
        yield case.finding(Reason("check.follows_not", said))


def ends(case: Case, rules: Rules) -> Iterator[Finding]:
    """What ended says when; a live ticket is of an issue that has not ended; there is one lead at most."""
    issue, over = case.issue, case.issue["state"] in rules.issue.ended
    yield from _ended(case, over, issue.get("ended_at"), None)
    for ticket in case.tickets:
        ended = ticket["state"] in rules.ticket.ended
        yield from _ended(case, ended, ticket.get("ended_at"), ticket)
        if ticket.get("live") == ended:
            yield case.finding(Reason("check.live_differs", {"state": ticket["state"]}), ticket)
        if over and not ended:
            where = {"state": ticket["state"], "issue": issue["state"]}
            yield case.finding(Reason("check.works_on", where), ticket)
    leads = [each for each in case.tickets if each["role"] == "lead" and each.get("live")]
    if len(leads) > 1:
        yield case.finding(Reason("check.leads", {"count": len(leads)}))


def outcome(case: Case, rules: Rules) -> Iterator[Finding]:
    """An issue has an outcome if it ended as resolved, and no other has one."""
    found, state = case.issue.get("outcome"), case.issue["state"]
    if (found is not None) != (state == "resolved"):
        said = {"state": state, "outcome": found or ""}
        yield case.finding(Reason("check.outcome_differs", said))


def departments(case: Case, rules: Rules) -> Iterator[Finding]:
    """The issue knows every department that holds a ticket of it: that is who may see it, unless barred."""
    known = {*case.issue.get("departments", ()), *case.issue.get("barred", ())}
    for ticket in case.tickets:
        if ticket["department"] not in known:
            missing = {"department": str(ticket["department"])}
            yield case.finding(Reason("check.department_missing", missing), ticket)


def restricted(case: Case, rules: Rules) -> Iterator[Finding]:
    """No barred department works on it, or sees its ticket; tickets are as restricted as the issue."""
    issue = case.issue
    barred = {*issue.get("barred", ())}
    if barred & {*issue.get("departments", ())}:
        yield case.finding(Reason("check.barred_sees"))
    for ticket in case.tickets:
        theirs = ticket["department"] in barred
        if theirs and ticket.get("live"):
            yield case.finding(Reason("check.barred_works"), ticket)
        if theirs != bool(ticket.get("withheld")):
            yield case.finding(Reason("check.withheld_differs"), ticket)
        if ticket.get("restricted") != issue.get("restricted"):
            said = {
                "ticket": ticket.get("restricted") or "",
                "issue": issue.get("restricted") or "",
            }
            yield case.finding(Reason("check.restricted_differs", said), ticket)


def _ended(case: Case, ended: bool, at: Any, ticket: Row | None) -> Iterator[Finding]:
    state = (ticket or case.issue)["state"]
    if ended and at is None:
        yield case.finding(Reason("check.end_missing", {"state": state}), ticket)
    if at is not None and not ended:
        yield case.finding(Reason("check.ended_early", {"state": state}), ticket)


def _lead(case: Case) -> Row | None:
    """As `moves.lead_of` finds it: the live one, else the one that ended last."""
    leads = [row for row in case.tickets if row["role"] == "lead"]
    return max(leads, key=_order, default=None)


def _order(row: Row) -> tuple[Any, ...]:
    at = row.get("ended_at")
    return bool(row.get("live")), at.timestamp() if at else 0, row["dispatched_at"], row["_id"]
