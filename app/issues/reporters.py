"""Who may see whose word an issue is: names and phones of owner, asker and contact on site."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.foundation.db import Row
from app.issues.access import issue_ties
from app.issues.documents import Issue
from app.people.access import allowed
from app.people.documents import Person
from app.people.who import Who


def hides_reporter(who: Who, issue: Issue) -> bool:
    """Whether the issue was opened anonymously and `who` must not learn by whom."""
    return issue.anonymous and not allowed(who, "issue.see_reporter", issue_ties(issue))


def sees_phones(who: Who, issue: Issue, tickets: Iterable[Row]) -> bool:
    """Whether `who` handles it: the desk, the head, who works on it, and the owner may ring people up."""
    works = any(ticket["live"] and ticket.get("assignee") == who.id for ticket in tickets)
    return works or allowed(who, "issue.see_phones", issue_ties(issue))


def persons(who: Who, issue: Issue, tickets: Iterable[Row]) -> dict[str, Any]:
    """owner, on_behalf_of and contact as {name, phone}; None where there is none or it is hidden."""
    phones, hidden = sees_phones(who, issue, tickets), hides_reporter(who, issue)
    owner = Person.rows().find_one({"_id": issue.owner}, {"name": 1, "phone": 1})
    return {
        "owner": None if hidden else _line(owner, phones),
        "on_behalf_of": None if hidden else _line(issue.on_behalf_of, phones),
        "contact": _line(issue.contact, phones),
    }


def masked(rows: Iterable[Row], issue: Issue) -> list[Row]:
    """Rows that say who acted, without the owner's name."""
    return [{**row, "by_name": None} if row.get("by") == issue.owner else row for row in rows]


def _line(person: Row | None, phones: bool) -> dict[str, Any] | None:
    if not person:
        return None
    return {"name": person["name"], "phone": person.get("phone") if phones else None}
