"""Giving a department its part of an issue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.departments.documents import Department
from app.enterprises.documents import Enterprise
from app.foundation import history
from app.foundation.history import Actor
from app.issues import clocks, search_terms
from app.issues.clocks import Timed
from app.issues.documents import Issue, Ticket
from app.issues.moves import insert_ticket
from app.people.announcing import announce

EXCERPT = 120


@dataclass(frozen=True, slots=True)
class Order:
    """What a department is given: `how` (route, place, transfer, invite) and from which ticket it came."""

    department: Department
    role: str
    how: str
    tell: str
    level: int = 0
    text: str = ""
    came_from: Ticket | None = None


def dispatch(issue: Issue, order: Order, timed: Timed, by: Actor, now: datetime) -> Ticket:
    """A new ticket of the issue, its first history row, and word to the department.

    Its clock is `timed`, its own, counted as the department works; inside the caller's transaction, after
    the issue took its step.
    """
    timed = clocks.of_department(timed, order.department.code)
    origin: dict[str, Any] = {"how": order.how}
    if order.came_from is not None:
        origin |= {"ticket": order.came_from.id, "department": order.came_from.department}
    excerpt = (order.text or issue.demand or issue.text)[:EXCERPT]
    ticket = insert_ticket(
        {
            "issue": issue.id,
            "number": issue.number,
            "role": order.role,
            "state": "dispatched",
            "department": order.department.id,
            "level": order.level,
            "excerpt": excerpt,
            **found_by(issue, excerpt),
            "category": issue.category,
            "unit": issue.unit,
            "urgent": issue.urgent,
            "priority": issue.priority,
            "restricted": issue.restricted,
            "barred": list(issue.barred),
            "units_barred": issue.units_barred,
            "origin": origin,
            "dispatched_at": now,
            **timed.of_ticket(),
            "due_at": timed.made.accept_by,
        },
        now,
    )
    row = history.append(
        "issue",
        issue.id,
        "dispatch",
        by=by,
        now=now,
        part_id=ticket.id,
        after="dispatched",
        text=order.text,
        data={"department": order.department.id, "department_name": order.department.name},
        version=issue.version,
    )
    announce(order.tell, issue.id, row, now)
    clocks.alarm_if_provisional(timed, now)
    return ticket


def found_by(issue: Issue, excerpt: str) -> dict[str, Any]:
    """What a ticket of the issue with this excerpt stores to be found by."""
    firm = issue.enterprise and Enterprise.rows().find_one({"_id": issue.enterprise}, {"name": 1})
    return search_terms.of_ticket(issue.number, excerpt, firm["name"] if firm else None)


def with_department(issue: Issue, department: ObjectId) -> list[ObjectId]:
    """All that ever held a ticket of the issue, with this one."""
    return list(dict.fromkeys([*issue.departments, department]))
