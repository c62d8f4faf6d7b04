"""要素保障: what a project lacks, as its open issues tell: land, power, water, gas, funds, hands, roads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.district import pack
from app.issues.access import ISSUE_COLUMNS
from app.issues.documents import Issue
from app.people.access import scope
from app.people.who import Who

MOST = 200
_SHOWN = {
    "number": 1,
    "kind": 1,
    "state": 1,
    "category": 1,
    "urgent": 1,
    "text": 1,
    "demand": 1,
    "created_at": 1,
    "promise.resolve_by": 1,
}


def open_issues(who: Who, project: ObjectId) -> list[Row]:
    """The open issues of a project that `who` may see, the oldest first."""
    wanted: Row = {"project": project, "ended_at": None}
    theirs = scope(who, "issue.see_whole", ISSUE_COLUMNS)
    found = Issue.rows().find({"$and": [wanted, theirs]}, _SHOWN).sort("created_at", 1)
    return list(found.limit(MOST))


def gaps(issues: list[Row], now: datetime) -> list[Row]:
    """Of each factor with open issues: {category, count, days of the oldest, issues}, the longest first."""
    factors = {each.code for each in pack().categories if each.factor}
    found: Mapping[str, list[Row]] = defaultdict(list)
    for row in issues:
        if row.get("category") in factors:
            found[row["category"]].append({**row, "days": _days(row, now)})
    rows = [_gap(category, some) for category, some in found.items()]
    return sorted(rows, key=lambda row: (-row["days"], row["category"]))


def _gap(category: str, rows: list[Row]) -> dict[str, Any]:
    days = max(row["days"] for row in rows)
    return {"category": category, "count": len(rows), "days": days, "issues": rows}


def _days(row: Row, now: datetime) -> int:
    """Whole days since it was filed."""
    return (now - row["created_at"]).days  # type: ignore[no-any-return]
