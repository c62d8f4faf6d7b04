"""Nobody is told of an issue that they may not see, and what they were told before is taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bson import ObjectId

from app.issues.access import sees_issue
from app.issues.documents import Issue
from app.notices.audience import FOR_ASKERS
from app.notices.documents import DROPPED, DUE, OPEN, SKIPPED, Call, Message, Notice
from app.people.documents import Person
from app.people.finding import People, with_role
from app.people.login import as_who
from app.people.standing import absent_ones

RESTRICTED = "issue.restricted"
"""The event after which people may have lost an issue that they knew."""
_BLANK = {
    **{f"params.{name}": "" for name in ("number", "excerpt", "department", "person", "text")},
    "params.reasons": [],
}


def may_know(event: str, issue: Issue | None, people: People, now: datetime) -> People:
    """Of the people to tell, those who may see the issue; the inspectors, where that is nobody who works."""
    if issue is None or (issue.restricted is None and not issue.barred):
        return people
    found = seeing(issue, people, now)
    if found or not people or event in FOR_ASKERS:
        return found
    return seeing(issue, with_role("inspector"), now)


def seeing(issue: Issue, people: Iterable[ObjectId], now: datetime) -> People:
    """Those of the people who may see the issue, with the roles they have at this moment."""
    wanted = list(people)
    match = {"$match": {"_id": {"$in": wanted}, "active": True}}
    rows = Person.rows().aggregate(
        [match, {"$project": {"name": 1, "grants": 1}}, absent_ones(now)]
    )
    may = {
        row["_id"]
        for row in rows
        if sees_issue(as_who(row["_id"], row["name"], row["grants"], absent=row["absent"]), issue)
    }
    return [person for person in wanted if person in may]


def take_back(issue: Issue, now: datetime) -> None:
    """Whoever may see the issue no more finds nothing of it in the inbox, and nothing is on its way to them.

    Inside the caller's transaction. Calls about it are nobody's any more.
    """
    told = Notice.rows().distinct("person", {"issue": issue.id})
    may = {*seeing(issue, told, now)}
    theirs = {"issue": issue.id, "person": {"$in": [each for each in told if each not in may]}}
    Notice.rows().update_many(theirs, {"$set": _BLANK})
    keys = [row["_id"] for row in Notice.rows().find(theirs, {"_id": 1})]
    unsent = {"notice": {"$in": keys}, "state": DUE}
    gone = {"state": SKIPPED, "error": "withheld", "ended_at": now}
    Message.rows().update_many(unsent, {"$set": gone})
    calls = Call.rows()
    calls.update_many({"issue": issue.id}, {"$set": {"restricted": issue.restricted}})
    dropped = {"state": DROPPED, "done_at": now}
    calls.update_many({"issue": issue.id, "state": OPEN}, {"$set": dropped})
