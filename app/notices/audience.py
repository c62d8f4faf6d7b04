"""Who is told of what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bson import ObjectId

from app.issues.documents import Issue, Ticket
from app.people.documents import Person
from app.visits.documents import Visit

Audience = Callable[[Issue, Ticket | None], list[ObjectId]]
Party = Callable[[Issue | Visit], list[ObjectId]]


def _with_role(role: str, **where: Any) -> list[ObjectId]:
    match = {"$elemMatch": {"role": role, **where}}
    return [row["_id"] for row in Person.rows().find({"grants": match, "active": True}, {"_id": 1})]


def _dispatchers(issue: Issue, ticket: Ticket | None) -> list[ObjectId]:
    return _with_role("dispatcher")


def _desk_of(issue: Issue, ticket: Ticket | None) -> list[ObjectId]:
    """The clerks of the ticket's department; its head where it has none, the dispatchers where neither."""
    if ticket is None:
        return []
    roles = ("head",) if ticket.level else ("clerk", "head")
    for role in roles:
        if people := _with_role(role, department=ticket.department):
            return people
    return _with_role("dispatcher")


def _worker(issue: Issue, ticket: Ticket | None) -> list[ObjectId]:
    """Whoever works on it; the department's desk while nobody has taken it."""
    if ticket and ticket.assignee:
        return [ticket.assignee]
    return _desk_of(issue, ticket)


def _askers(issue: Issue, ticket: Ticket | None) -> list[ObjectId]:
    """The enterprise's contacts, who opened it, and the commissioner who serves it."""
    contacts = _with_role("contact", enterprise=issue.enterprise) if issue.enterprise else []
    people = [*contacts, issue.owner, issue.commissioner]
    return list(dict.fromkeys(person for person in people if person))


def _one_level_up(issue: Issue, ticket: Ticket | None) -> list[ObjectId]:
    """The head, and from the second "not solved" on the inspectors too."""
    inspectors = _with_role("inspector") if ticket and ticket.level > 1 else []
    return list(dict.fromkeys([*_desk_of(issue, ticket), *inspectors]))


def _owner(thing: Issue | Visit) -> list[ObjectId]:
    return [thing.owner]


def _desk(thing: Issue | Visit) -> list[ObjectId]:
    return _with_role("dispatcher")


TELL: Mapping[str, Audience] = {
    "issue.needs_placing": _dispatchers,
    "ticket.dispatched": _desk_of,
    "ticket.accepted": _askers,
    "ticket.noted": _askers,
    "issue.answered": _askers,
    "issue.resolved": _worker,
    "issue.reopened": _one_level_up,
    "issue.withdrawn": _worker,
}


# What a visit or an issue lacks: for whoever made it, and later for the desk too.
TELL_OF_MISSING: Mapping[str, Party] = {
    "visit.incomplete": _owner,
    "visit.still_incomplete": _desk,
    "issue.incomplete": _owner,
    "issue.still_incomplete": _desk,
}


def keepers() -> list[ObjectId]:
    """Who is told when evidence is not as it was sealed: the active inspectors and admins."""
    return list(dict.fromkeys([*_with_role("inspector"), *_with_role("admin")]))


def audience(event: str, thing: Issue | Visit, ticket: Ticket | None) -> list[ObjectId]:
    """The active people to tell. Raises KeyError for an event that nobody listens to."""
    if event in TELL_OF_MISSING or isinstance(thing, Visit):
        people = TELL_OF_MISSING[event](thing)
    else:
        people = TELL[event](thing, ticket)
    active = Person.rows().find({"_id": {"$in": people}, "active": True}, {"_id": 1})
    known = {row["_id"] for row in active}
    return [person for person in people if person in known]
