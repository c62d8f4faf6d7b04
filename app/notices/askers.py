"""The side that asks: the enterprise's contacts, who opened it, its commissioner, who follows it."""

from __future__ import annotations

from collections.abc import Mapping

from app.notices.matter import Audience, Matter
from app.people.finding import People, once, with_role


def askers(matter: Matter) -> People:
    """Everybody on the side that asks."""
    issue = matter.issue
    contacts = with_role("contact", enterprise=issue.enterprise) if issue.enterprise else []
    return once(contacts, (issue.owner, issue.commissioner), issue.followers)


def commissioner(matter: Matter) -> People:
    """Who serves the issue."""
    return once((matter.issue.commissioner,))


def opener(matter: Matter) -> People:
    """Who opened the issue."""
    return [matter.issue.owner]


TELL: Mapping[str, Audience] = {
    "ticket.accepted": askers,
    "ticket.noted": askers,
    "ticket.asked": askers,
    "issue.answered": askers,
    "issue.promise_moved": askers,
    "issue.confirm_soon": askers,
    "issue.split": askers,
    "issue.linked": askers,
    "issue.incomplete": opener,
}
