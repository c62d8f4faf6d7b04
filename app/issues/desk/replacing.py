"""Following another issue instead of one's own: what was filed twice is taken back by whoever filed it."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.foundation.errors import Conflict, Invalid
from app.foundation.reasons import Reason
from app.issues.access import issue_ties
from app.issues.desk.following import follow
from app.issues.desk.merging import other_issue
from app.issues.documents import Issue, Ticket
from app.issues.ending.concluding import take_back
from app.issues.moves import machine_of
from app.issues.work.steps import on_issue
from app.people.access import allowed
from app.people.who import Who


def follow_instead(who: Who, key: str, *, issue_id: str, now: datetime) -> Issue:
    """Withdraw one's own issue and follow the other, in one; as long as no department took it.

    Raises Invalid for another that does not exist, is the same or that `who` may not know of, Forbidden for
    one that `who` may not follow, Conflict for one that is not open any more, and once a department has
    taken this one or others have it as their master.
    """

    def step(issue: Issue) -> None:
        other = other_issue(issue, issue_id, "issue_id")
        if not allowed(who, "issue.see", issue_ties(other)):
            raise Invalid("reference.unknown", fields={"issue_id": [issue_id]})
        if other.state in machine_of("issue").ended:
            raise Conflict(
                "issue.other_not_open", number=other.number, fields={"issue_id": [other.state]}
            )
        if Issue.rows().find_one({"master": issue.id}, {"_id": 1}):
            raise Conflict("issue.is_a_master")
        if _is_taken(issue.id):
            raise Conflict("issue.taken_already")
        reasons = [Reason("replace.by", {"number": other.number})]
        take_back(who, issue, now, reasons=reasons, data={"followed": other.id})
        follow(who, issue_id, now)

    return on_issue(who, key, "issue.withdraw", step)


def _is_taken(issue: ObjectId) -> bool:
    """Whether any department has accepted a ticket of it, or given it to somebody."""
    taken = {"$or": [{"accepted_at": {"$type": "date"}}, {"assignee": {"$type": "objectId"}}]}
    return Ticket.rows().find_one({"issue": issue, **taken}, {"_id": 1}) is not None
