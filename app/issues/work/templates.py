"""What a department answers again and again, filled for one of its tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.departments import registry
from app.departments.documents import AnswerTemplate
from app.departments.templates import filled
from app.enterprises.documents import Enterprise
from app.foundation.district import local
from app.issues.access import see_ticket, ticket_ties
from app.issues.documents import Issue, Ticket
from app.people.access import require
from app.people.who import Who


def answer_templates(
    who: Who, key: str, now: datetime, *, page: int, page_size: int
) -> tuple[list[dict[str, Any]], int]:
    """A page of the templates in use of the ticket's department, and how many there are.

    Those of the ticket's category come first, then those of none. Each has its text `filled`: number,
    enterprise, department, and today's date in the district. Raises Forbidden for who does not answer it.
    """
    ticket = see_ticket(who, key)
    require(who, "ticket.answer", ticket_ties(ticket))
    values = _values(ticket, now)
    found = AnswerTemplate.objects(department=ticket.department, active=True).order_by(
        "title", "id"
    )
    fitting = sorted(found, key=lambda each: _distance(each.category, ticket.category))
    shown = fitting[(page - 1) * page_size : page * page_size]
    rows = [
        {**each.to_mongo().to_dict(), "id": str(each.id), "filled": filled(each, values)}
        for each in shown
    ]
    return rows, len(fitting)


def _distance(category: str | None, wanted: str | None) -> int:
    """How far a template is from what is wanted: of it, of no category, of another."""
    if category is None:
        return 1
    return 0 if category == wanted else 2


def _values(ticket: Ticket, now: datetime) -> dict[str, str]:
    issue = Issue.get(ticket.issue)
    firm = Enterprise.rows().find_one({"_id": issue.enterprise}, {"name": 1}) or {}
    return {
        "number": issue.number,
        "enterprise": firm.get("name", ""),
        "department": registry.names([ticket.department]).get(ticket.department, ""),
        "date": local(now).date().isoformat(),
    }
