"""Following an issue, and what its followers see who have nothing to do with it otherwise.

Whoever's issue was merged into another firm's follows that one: they see how it goes and what is answered,
but not whose it is, what was written, or what was photographed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row
from app.issues.access import issue_ties, ties_of_issue_row
from app.issues.documents import Issue
from app.issues.work.steps import on_issue
from app.people.access import allowed
from app.people.documents import Person
from app.people.who import Who

Rows = list[Row]

KEPT = (
    "_id",
    "number",
    "kind",
    "state",
    "category",
    "urgent",
    "source",
    "anonymous",
    "outcome",
    "confirm_by",
    "promise",
    "ended_at",
    "created_at",
    "updated_at",
    "merged",
)
"""What a follower sees of an issue as it is. Everything else is blank, whatever may be added."""
TIED = (
    *("owner", "commissioner", "enterprise", "unit", "departments", "followers"),
    *("restricted", "anonymous", "units_barred"),
)
LINE = ("number", "state", *TIED)
"""What is read of an issue that belongs to another, and of what binds it to people."""
STEPS = (
    "open",
    "dispatch",
    "accept",
    "answer",
    "close",
    "resolve",
    "lapse",
    "reopen",
    "redo",
    "conclude",
    "withdraw",
    "merge",
)
"""The steps that a follower sees; what was written only of an answer."""
OF_THE_HOUSE = ("clerk", "head", "system")
"""Whose names a follower reads."""


def follow(who: Who, key: str, now: datetime) -> Issue:
    """Be told of every step from now on; again changes nothing."""

    def step(issue: Issue) -> None:
        if who.id not in issue.followers:
            _write(issue, "$addToSet", "follow", who, now)

    return on_issue(who, key, "issue.follow", step)


def unfollow(who: Who, key: str, now: datetime) -> Issue:
    """Be told no more; for all who see the issue, those among them who see it as followers only."""

    def step(issue: Issue) -> None:
        if who.id in issue.followers:
            _write(issue, "$pull", "unfollow", who, now)

    return on_issue(who, key, "issue.see", step)


def _write(issue: Issue, operator: str, action: str, who: Who, now: datetime) -> None:
    """No version: it takes nothing away from a step that somebody else is taking."""
    Issue.rows().update_one({"_id": issue.id}, {operator: {"followers": who.id}})
    by = who.acting()
    history.append("issue", issue.id, action, by=by, now=now, internal=True)


def contacts_of(enterprise: ObjectId | None) -> list[ObjectId]:
    """The active contacts of an enterprise."""
    if enterprise is None:
        return []
    match = {"$elemMatch": {"role": "contact", "enterprise": enterprise}}
    rows = Person.rows().find({"grants": match, "active": True}, {"_id": 1}).sort("_id", 1)
    return [row["_id"] for row in rows]


def relations(who: Who, issue: Issue) -> dict[str, Rows]:
    """Of the issues that `who` may see: the parts split from it, those merged into it, those linked to it."""
    ways = {"parts": "split_from", "merged": "merged_into", "linked": "master"}
    either = {"$or": [{field: issue.id} for field in ways.values()]}
    rows = Issue.rows().find(either, dict.fromkeys((*LINE, *ways.values()), 1)).sort("_id", 1)
    found = [row for row in rows if allowed(who, "issue.see", ties_of_issue_row(row))]
    return {
        name: [row for row in found if row.get(field) == issue.id] for name, field in ways.items()
    }


def listed(who: Who, rows: Iterable[Row]) -> Rows:
    """Rows of issues as `who` may see them."""
    return [row if _sees_whole(who, row) else reduced(row) for row in rows]


def portrayed(who: Who, issue: Issue, whole: Row) -> Row:
    """The portrait of an issue as `who` may see it."""
    if allowed(who, "issue.see_whole", issue_ties(issue)):
        return whole
    lead = [row for row in whole["tickets"] if row["role"] == "lead"]
    ours = {row["_id"] for row in lead}
    return {
        **reduced(whole),
        "tickets": [_ticket(row) for row in lead],
        "history": [_step(row) for row in whole["history"] if _is_shown(row, ours)],
    }


def reduced(row: Row) -> Row:
    """An issue, or its portrait, as who only follows it sees it. Texts that there must be are empty."""
    kept = {name: value if name in KEPT else _blank(value) for name, value in row.items()}
    return {
        **kept,
        "text": "",
        "client_id": "",
        "clock": _pauses(row.get("clock") or {}),
        "route": _route(row.get("route") or {}),
        "followed_only": True,
    }


def _sees_whole(who: Who, row: Row) -> bool:
    return allowed(who, "issue.see_whole", ties_of_issue_row(row))


def _blank(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return []
    if isinstance(value, bool):
        return False
    return 0 if isinstance(value, int) else None


def _pauses(clock: Row) -> Row:
    """When the clock stood still, without what was asked."""
    pauses = [{"since": row["since"], "until": row["until"]} for row in clock.get("pauses", ())]
    return {"pauses": pauses}


def _route(route: Row) -> Row:
    """Where it went; the reasons would quote the text."""
    if not route:
        return {}
    return {
        "by": route.get("by", "rule"),
        "department": route.get("department"),
        "department_name": route.get("department_name"),
        "reasons": [],
    }


def _ticket(row: Row) -> Row:
    answer = dict(row.get("answer") or {})
    return {
        **row,
        "excerpt": "",
        "unit": None,
        "clock": _pauses(row.get("clock") or {}),
        "question": {},
        "draft": {},
        "extension": {},
        "answer": {**answer, "photos": [], "without_assisting": ""} if answer else {},
        "inside": False,
        "legal": [],
    }


def _is_shown(row: Row, lead: Collection[ObjectId]) -> bool:
    return row["action"] in STEPS and (row["part_id"] is None or row["part_id"] in lead)


def _step(row: Row) -> Row:
    ours, said = row["role"] in OF_THE_HOUSE, row["action"] == "answer"
    return {
        **row,
        "by_name": row["by_name"] if ours else None,
        "text": row["text"] if said else "",
        "reasons": [],
        "data": {},
    }
