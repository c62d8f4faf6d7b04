"""Who may see and do what with issues and tickets, in terms of the one policy table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation.errors import Forbidden, NotFound
from app.foundation.ids import object_id
from app.issues.documents import Issue, Ticket
from app.people.access import Columns, Ties, allowed, require, roles_reaching
from app.people.who import Who
from app.photos import hiding
from app.photos.documents import LINKED, Photo
from app.projects.documents import Project
from app.projects.ties import project_ties
from app.visits import access as visits
from app.visits.documents import Visit

ISSUE_COLUMNS = Columns(
    owner="owner",
    served_by="commissioner",
    enterprise="enterprise",
    unit="unit",
    departments="departments",
    followers="followers",
    restricted="restricted",
    anonymous="anonymous",
    units_barred="units_barred",
)
TICKET_COLUMNS = Columns(
    unit="unit",
    departments="department",
    restricted="restricted",
    withheld="withheld",
    units_barred="units_barred",
)


def issue_ties(issue: Issue) -> Ties:
    """What binds the issue to people; `departments` are all that held a ticket of it, and may know."""
    return Ties(
        owner=issue.owner,
        served_by=issue.commissioner,
        enterprise=issue.enterprise,
        unit=issue.unit,
        departments=tuple(issue.departments),
        followers=tuple(issue.followers),
        restricted=issue.restricted is not None,
        anonymous=issue.anonymous,
        units_barred=issue.units_barred,
    )


def ties_of_issue_row(row: Mapping[str, Any]) -> Ties:
    """The same of an issue as it is stored."""
    return Ties(
        owner=row["owner"],
        served_by=row.get("commissioner"),
        enterprise=row.get("enterprise"),
        unit=row.get("unit"),
        departments=tuple(row.get("departments", ())),
        followers=tuple(row.get("followers", ())),
        anonymous=bool(row.get("anonymous")),
        **kept_from(row),
    )


def ticket_ties(ticket: Ticket) -> Ties:
    """What binds the ticket to people."""
    return Ties(
        unit=ticket.unit,
        departments=(ticket.department,),
        restricted=ticket.restricted is not None,
        withheld=ticket.withheld,
        units_barred=ticket.units_barred,
    )


TICKET_INSIDE = "ticket.see"
"""Who may see a ticket at all sees of it what is only for departments."""


def ties_of_row(row: Mapping[str, Any]) -> Ties:
    """The same of a ticket as it is stored."""
    return Ties(unit=row.get("unit"), departments=(row["department"],), **kept_from(row))


def kept_from(row: Mapping[str, Any]) -> dict[str, Any]:
    """What keeps a stored issue, ticket or order from people, as ties."""
    return {
        "restricted": row.get("restricted") is not None,
        "withheld": bool(row.get("withheld")),
        "units_barred": bool(row.get("units_barred")),
    }


def see_issue(who: Who, key: str | ObjectId) -> Issue:
    """The issue, if `who` may know of it. Raises NotFound else."""
    issue = Issue.get(key)
    if not sees_issue(who, issue):
        raise NotFound("not_found")
    return issue


def sees_issue(who: Who, issue: Issue) -> bool:
    """Whether `who` may know of the issue."""
    return allowed(who, "issue.see", issue_ties(issue))


def see_ticket(who: Who, key: str | ObjectId) -> Ticket:
    """The ticket, if `who` may know of it. Raises NotFound else."""
    ticket = Ticket.get(key)
    if not allowed(who, "ticket.see", ticket_ties(ticket)):
        raise NotFound("not_found")
    return ticket


def require_issue(who: Who, action: str, issue: Issue) -> None:
    """Raise Forbidden unless `who` may do `action` to the issue."""
    require(who, action, issue_ties(issue))


BY_CLERK_TOO = ("ticket.note", "ticket.ask", "ticket.answer")
"""What a clerk to whom the head gave it may do to a ticket above clerks' level; the head sees the answer."""

BY_OTHERS = ("ticket.rule", "ticket.decide", "ticket.acknowledge")
"""What others than the department may do to its ticket."""


def require_ticket(who: Who, action: str, ticket: Ticket) -> None:
    """Raise Forbidden unless `who` may do `action` to the ticket at its level.

    Once the enterprise said "not solved", never a clerk alone: the head acts, or gives it to a clerk.
    """
    ties = ticket_ties(ticket)
    require(who, action, ties)
    if ticket.level == 0 or action in BY_OTHERS or "head" in roles_reaching(who, action, ties):
        return
    if action not in BY_CLERK_TOO or ticket.assignee not in who.ids:
        raise Forbidden("ticket.head_must_act")


def sees_internal(who: Who, issue: Issue) -> bool:
    """Whether internal notes are for these eyes."""
    return allowed(who, "issue.see_internal", issue_ties(issue))


def see_photo(who: Who, key: str, *, original: bool = False) -> Photo:
    """The photo, if it is theirs or shows something they may see whole. Raises NotFound else.

    One that is hidden is its owner's and the inspectors' alone. With `original`, Forbidden for
    those who may see the picture but not its original file.
    """
    photo = Photo.objects(id=object_id(key)).first()
    if photo is None or not hiding.sees(who, photo.owner, photo.hidden):
        raise NotFound("not_found")
    if not _sees_photo(who, photo):
        raise NotFound("not_found")
    if original and not allowed(who, "photo.see_original", Ties(owner=photo.owner)):
        raise Forbidden("forbidden")
    return photo  # type: ignore[no-any-return]


def _sees_photo(who: Who, photo: Photo) -> bool:
    linked: dict[str, list[Any]] = {thing: [] for thing in LINKED}
    for link in photo.links:
        linked[link.thing].append(link.thing_id)
    issues = list(Issue.objects(id__in=linked["issue"]))
    tickets = list(Ticket.objects(id__in=linked["ticket"]))
    # Who may see all photos may not see what a restricted issue shows, nor the papers of a claim.
    few = any(each.restricted is not None for each in (*issues, *tickets))
    restricted = few or bool(linked["claim"])
    if allowed(who, "photo.see", Ties(owner=photo.owner, restricted=restricted)):
        return True
    return (
        any(allowed(who, "issue.see_whole", issue_ties(each)) for each in issues)
        or any(allowed(who, "ticket.see", ticket_ties(each)) for each in tickets)
        or any(
            allowed(who, "visit.see", visits.ties(v)) for v in Visit.objects(id__in=linked["visit"])
        )
        or any(
            allowed(who, "project.see", project_ties(row))
            for row in Project.rows().find({"_id": {"$in": linked["project"]}})
        )
        or any(
            allowed(who, "enterprise.see", Ties(enterprise=row["_id"], unit=row.get("unit")))
            for row in Enterprise.rows().find({"_id": {"$in": linked["enterprise"]}})
        )
    )
