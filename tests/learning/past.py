"""Issues of the past, stored by hand, with how they ended."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.issues.documents import Issue, Ticket

_serial = count(1)


def row(at: datetime, text: str = "电梯坏了", **fields: Any) -> dict[str, Any]:
    """An issue as far as a replay looks at it."""
    return {
        "_id": ObjectId(),
        "number": f"JY{next(_serial):06}",
        "owner": ObjectId(),
        "kind": "request",
        "state": "resolved",
        "text": text,
        "category": "PERMIT",
        "chosen_category": "PERMIT",
        "unit": "321204002",
        "created_at": at,
        **fields,
    }


def ended(issue: dict[str, Any], department: str, **fields: Any) -> dict[str, Any]:
    """The lead ticket by which that department ended it."""
    return {
        "_id": ObjectId(),
        "issue": issue["_id"],
        "role": "lead",
        "state": "closed",
        "live": False,
        "department": registry.by_code(department).id,
        "dispatched_at": issue["created_at"],
        **fields,
    }


def store(
    at: datetime, text: str, department: str | None, *, times: int = 1, **fields: Any
) -> list[Any]:
    """So many issues with this text that the department ended, None: that have not ended; their ids."""
    issues = [row(at, text, **fields) for _ in range(times)]
    Issue.rows().insert_many(issues)
    if department:
        Ticket.rows().insert_many([ended(issue, department) for issue in issues])
    return [str(issue["_id"]) for issue in issues]
