"""What those are told who follow an issue, but may not know whose it is: how it goes, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.issues.access import issue_ties
from app.issues.documents import Issue
from app.notices.audience import FOR_ASKERS
from app.people.access import allowed
from app.people.documents import Person
from app.people.finding import People
from app.people.login import as_who
from app.people.standing import absent_ones

ASKING = ("contact", "commissioner")
"""Who may see an issue by following it: see `people.access`."""
NOT_THEIRS = ("ticket.asked", "issue.confirm_soon")
"""What asks the enterprise itself to do something."""
NAMING = ("ticket.accepted", "issue.answered")
"""Events whose person is of the department; in others it may be of the enterprise."""


def outsiders(
    event: str, issue: Issue | None, people: People, now: datetime
) -> frozenset[ObjectId]:
    """Those of the people, of all who ask, who may not see the issue whole."""
    if issue is None or event not in FOR_ASKERS:
        return frozenset()
    wanted = {"$match": {"_id": {"$in": people}, "grants.role": {"$in": ASKING}}}
    shown = {"$project": {"name": 1, "grants": 1}}
    rows = Person.rows().aggregate([wanted, shown, absent_ones(now)])
    return frozenset(row["_id"] for row in rows if not _sees_whole(row, issue))


def _sees_whole(row: Row, issue: Issue) -> bool:
    who = as_who(row["_id"], row["name"], row["grants"], absent=row["absent"])
    return allowed(who, "issue.see_whole", issue_ties(issue))


def reduced(event: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """What fills the words for them: of what was written, only an answer."""
    return {
        **params,
        "excerpt": "",
        "text": params.get("text", "") if event == "issue.answered" else "",
        "person": params.get("person", "") if event in NAMING else "",
    }
