"""Restricted issues behind checks, closures and cases: who may not know of them learns nothing."""

from __future__ import annotations

from collections.abc import Iterable

from bson import ObjectId

from app.issues.access import ties_of_issue_row
from app.issues.documents import Issue
from app.people.access import allowed
from app.people.who import Who

_TIES = (
    *("owner", "commissioner", "enterprise", "unit", "departments", "followers"),
    *("restricted", "anonymous", "units_barred"),
)


def hidden_from(who: Who, issues: Iterable[ObjectId | None]) -> frozenset[ObjectId]:
    """Those of the issues that are restricted and not for these eyes."""
    keys = list({key for key in issues if key is not None})
    if not keys:
        return frozenset()
    query = {"_id": {"$in": keys}, "restricted": {"$ne": None}}
    rows = Issue.rows().find(query, dict.fromkeys(_TIES, 1))
    return frozenset(
        row["_id"] for row in rows if not allowed(who, "issue.see", ties_of_issue_row(row))
    )


def seen_by(who: Who, issues: Iterable[ObjectId | None]) -> frozenset[ObjectId]:
    """Those of the issues that `who` may see as whole."""
    keys = list({key for key in issues if key is not None})
    rows = Issue.rows().find({"_id": {"$in": keys}}, dict.fromkeys(_TIES, 1)) if keys else ()
    return frozenset(
        row["_id"] for row in rows if allowed(who, "issue.see_whole", ties_of_issue_row(row))
    )
