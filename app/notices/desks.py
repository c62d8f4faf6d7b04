"""Those who look on and settle: dispatchers, inspectors, leaders, units, admins; and people who are named."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.notices.matter import Audience, Matter, named, together
from app.people.finding import People, once, with_role


def role(name: str) -> Audience:
    """Everybody who holds the role, wherever."""
    return lambda _: with_role(name)


def unit_admins(matter: Matter) -> People:
    """The admins of the issue's unit."""
    return with_role("unit_admin", unit=matter.issue.unit) if matter.issue.unit else []


def keepers() -> People:
    """Who is told when evidence is not as it was sealed: the active inspectors and admins."""
    return once(with_role("inspector"), with_role("admin"))


def admins() -> People:
    """Who looks after the system itself."""
    return with_role("admin")


dispatchers, inspectors, leaders = role("dispatcher"), role("inspector"), role("leader")

TELL: Mapping[str, Audience] = {
    "issue.needs_placing": dispatchers,
    "issue.still_incomplete": dispatchers,
    "issue.many_voices": dispatchers,
    "issue.needs_ruling": inspectors,
    "issue.restricted": inspectors,
    "issue.supervision_replied": named,
    "issue.supervision_overdue": together(named, inspectors),
    "issue.mentioned": named,
    "issue.met": named,
    "issue.agreed_due": named,
}

# Of no issue: who is told, beside those that the history row names.
TELL_OF_HOUSE: Mapping[str, Callable[[], People]] = {
    "calendar.unpublished": admins,
    "calendar.changed": admins,
    "routing.published": lambda: once(admins(), with_role("dispatcher")),
    "routing.rule_broken": admins,
    "routing.model_broken": admins,
    "routing.model_proposed": admins,
    "routing.not_trained": admins,
    "department.reorganised": list,
    "person.leave": list,
    "person.serving": list,
}
