"""Notes on tickets and comments on issues: public or internal, with photos and @mentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from app.foundation.district import pack
from app.foundation.errors import Forbidden, Invalid
from app.issues.access import issue_ties, sees_internal
from app.issues.documents import Issue, Ticket
from app.issues.moves import move_issue, move_ticket
from app.issues.work.steps import acting, check_owner, on_issue, on_ticket
from app.people import login
from app.people.access import actor, allowed
from app.people.announcing import announce
from app.people.documents import Person
from app.people.who import Who
from app.photos import actions as photos


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody writes down. `internal` words never leave the departments."""

    text: str
    internal: bool = False
    photo_ids: Sequence[str] = ()
    mentions: Sequence[str] = ()


def note(who: Who, key: str, said: Words, now: datetime) -> Ticket:
    """Write a note on a ticket. A public one is a first reply.

    Raises Invalid for a photo of others and for a mention of somebody who may not see the note.
    """

    def step(ticket: Ticket, issue: Issue) -> None:
        check_owner(who, ticket)
        mentioned = _mentioned(said, issue)
        pictures = photos.attachable(who, said.photo_ids)
        # A photo linked to the ticket is seen by departments, one linked to the issue by all who see it.
        where = ("ticket", ticket.id) if said.internal else ("issue", issue.id)
        photos.attach(pictures, *where)
        row = move_ticket(
            ticket,
            "note",
            acting(who, "ticket.note", ticket),
            now,
            issue=issue,
            change={} if said.internal else {"replied_at": ticket.replied_at or now},
            text=said.text,
            internal=said.internal,
            data={"photos": pictures, "people": mentioned},
            tell=None if said.internal else "ticket.noted",
        )
        if mentioned:
            announce("issue.mentioned", issue.id, row, now)

    return on_ticket(who, key, "ticket.note", step)


def comment(who: Who, key: str, said: Words, now: datetime) -> Issue:
    """Write on an issue, by anybody who sees it. Internal ones only from where internal ones are seen."""

    def step(issue: Issue) -> None:
        if said.internal and not sees_internal(who, issue):
            raise Forbidden("forbidden")
        mentioned = _mentioned(said, issue)
        pictures = photos.attachable(who, said.photo_ids)
        if not said.internal:
            photos.attach(pictures, "issue", issue.id)
        row = move_issue(
            issue,
            "comment",
            actor(who, "issue.comment", issue_ties(issue)),
            now,
            text=said.text,
            internal=said.internal,
            data={"photos": pictures, "people": mentioned},
            tell=None if said.internal else "issue.commented",
        )
        if mentioned:
            announce("issue.mentioned", issue.id, row, now)

    return on_issue(who, key, "issue.comment", step)


def _mentioned(said: Words, issue: Issue) -> list[ObjectId]:
    """The people meant. Raises Invalid for too many, and for those who may not see what is said."""
    keys = list(dict.fromkeys(said.mentions))
    if len(keys) > pack().work.mention_most:
        raise Invalid("work.too_many_mentions", fields={"mentions": keys})
    rows = Person.rows().find({"_id": {"$in": [ObjectId(key) for key in keys]}, "active": True})
    action = "issue.see_internal" if said.internal else "issue.see_whole"
    ties = issue_ties(issue)
    known = {
        row["_id"]
        for row in rows
        if allowed(login.as_who(row["_id"], row["name"], row.get("grants", [])), action, ties)
    }
    if strangers := [key for key in keys if ObjectId(key) not in known]:
        raise Invalid("work.cannot_see_it", fields={"mentions": strangers})
    return [ObjectId(key) for key in keys]
