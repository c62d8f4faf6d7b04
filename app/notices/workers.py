"""The side that works: the ticket's department, its head, whoever took it."""

from __future__ import annotations

from collections.abc import Mapping

from app.issues.moves import lead_of
from app.notices.matter import Audience, Matter
from app.people.finding import People, once, with_role


def desk(matter: Matter) -> People:
    """The ticket's clerks, its heads above level 0 or where there is no clerk, else the dispatchers."""
    if matter.ticket is None:
        return []
    roles = ("head",) if matter.ticket.level else ("clerk", "head")
    for role in roles:
        if people := with_role(role, department=matter.ticket.department):
            return people
    return with_role("dispatcher")


def heads(matter: Matter) -> People:
    """The heads of the ticket's department, else the dispatchers."""
    if matter.ticket is None:
        return []
    return with_role("head", department=matter.ticket.department) or with_role("dispatcher")


def assignee(matter: Matter) -> People:
    """Who took the ticket, or was given it."""
    return once((matter.ticket.assignee if matter.ticket else None,))


def worker(matter: Matter) -> People:
    """Who took the ticket; the desk while nobody has."""
    return assignee(matter) or desk(matter)


def lead_worker(matter: Matter) -> People:
    """Who works on the lead ticket, whichever ticket is meant."""
    return worker(Matter(matter.issue, lead_of(matter.issue.id), matter.row))


def one_level_up(matter: Matter) -> People:
    """The head, and from the second "not solved" on the inspectors too."""
    high = matter.ticket is not None and matter.ticket.level > 1
    return once(desk(matter), with_role("inspector") if high else ())


def pressed(matter: Matter) -> People:
    """Who works on the ticket that is meant, and the heads; the dispatchers while no department has it."""
    if matter.ticket is None:
        return with_role("dispatcher")
    return once(worker(matter), heads(matter))


def head_or_inspector(key: str) -> Audience:
    """Heads or inspectors, as the row's data say under this key."""
    return lambda matter: (
        with_role("inspector") if matter.data.get(key) == "inspector" else heads(matter)
    )


TELL: Mapping[str, Audience] = {
    "ticket.dispatched": desk,
    "ticket.transferred": desk,
    "ticket.invited": desk,
    "ticket.ruled": desk,
    "ticket.assigned": assignee,
    "ticket.replied": worker,
    "ticket.review_refused": worker,
    "ticket.extension_decided": worker,
    "ticket.cancelled": worker,
    "ticket.assist_answered": lead_worker,
    "ticket.review_asked": heads,
    "ticket.extension_asked": head_or_inspector("level"),
    "issue.resolved": worker,
    "issue.withdrawn": worker,
    "issue.corrected": worker,
    "issue.reminded": pressed,
    "issue.supervised": pressed,
    "issue.supervision_closed": pressed,
    "issue.reopened": one_level_up,
    "issue.final_asked": head_or_inspector("asks"),
}
