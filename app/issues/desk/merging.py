"""Duplicates: one of two issues goes on, and whoever asked in the other follows it."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.foundation.errors import Conflict, Invalid
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.issues import barring
from app.issues.desk.following import contacts_of
from app.issues.documents import Issue, Ticket
from app.issues.ending.tickets import cancel
from app.issues.moves import machine_of, move_issue
from app.issues.pressing.dropping import let_go
from app.issues.work.steps import on_issue
from app.people.who import Who


def merge(who: Who, key: str, *, into_id: str, reason: str, now: datetime) -> Issue:
    """End the issue as a duplicate of another that is open; its tickets are cancelled and told why.

    Its owner, contacts, commissioner and followers follow the other one from now on. Raises Invalid for an
    issue that does not exist or is the same, Conflict for one that is not open any more, and while others
    have this one as their master.
    """

    def step(issue: Issue) -> None:
        barring.check_ordinary(issue)
        target = other_issue(issue, into_id, "into_id")
        if Issue.rows().find_one({"master": issue.id}, {"_id": 1}):
            raise Conflict("issue.is_a_master")
        by = who.acting("dispatcher")
        take_part(target, "absorb", "into_id")
        _absorb(target, issue, by, reason, now)
        move_issue(
            issue,
            "merge",
            by,
            now,
            change={"merged_into": target.id},
            text=reason,
            reasons=[Reason("merge.into", {"number": target.number})],
            data={"into": target.id},
            tell="issue.merged",
        )
        for ticket in Ticket.objects(issue=issue.id, live=True):
            cancel(ticket, issue, by, now, "work.issue_merged")
        let_go(issue, now)

    return on_issue(who, key, "issue.merge", step)


def other_issue(issue: Issue, key: str, field: str) -> Issue:
    """The other issue that is meant by an id of the request. Raises Invalid for none, or the same one."""
    if key == str(issue.id):
        raise Invalid("issue.same_issue", fields={field: [key]})
    found = Issue.objects(id=ObjectId(key)).first()
    # Nobody learns by an answer other than this that a restricted one is there.
    if found is None or found.restricted is not None:
        raise Invalid("reference.unknown", fields={field: [key]})
    return found  # type: ignore[no-any-return]


def take_part(other: Issue, action: str, field: str) -> None:
    """Raise Conflict when the state of the other issue does not allow what is to be done with it."""
    if action not in machine_of("issue").legal(other.state):
        raise Conflict("issue.other_not_open", number=other.number, fields={field: [other.state]})


def _absorb(target: Issue, issue: Issue, by: Actor, reason: str, now: datetime) -> None:
    """Its own people learn nothing of another firm's issue, hence internal."""
    people = [*contacts_of(issue.enterprise), issue.owner, issue.commissioner, *issue.followers]
    followers = dict.fromkeys([*target.followers, *(person for person in people if person)])
    move_issue(
        target,
        "absorb",
        by,
        now,
        change={"followers": list(followers)},
        text=reason,
        internal=True,
        reasons=[Reason("merge.from", {"number": issue.number})],
        data={"merged": issue.id},
    )
