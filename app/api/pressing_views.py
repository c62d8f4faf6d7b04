"""Orders of supervision, meetings and what was agreed there, as what their schemas dump."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.api.errors import language
from app.foundation import clock
from app.foundation.district import local
from app.foundation.messages import say

Row = Mapping[str, Any]


def supervision(row: Row, now: datetime | None = None) -> dict[str, Any]:
    """An order, described by `supervising.described`; the ladder's has the words of the catalogue."""
    spoken, ladder = language(), row.get("by") is None
    return {
        **row,
        "id": str(row["_id"]),
        "issue_id": row["issue"],
        "by": row["by_name"],
        "by_ladder": ladder,
        "text": say("supervision.by_ladder", spoken) if ladder else row["text"],
        "department_id": row["department"],
        "department": row["department_name"],
        "overdue": row["state"] == "open" and row["due_at"] < (now or clock.now()),
        "state_name": say(f"supervision.state.{row['state']}", spoken),
        "replies": [_said(each) for each in row.get("replies", ())],
        "verdicts": [_said(each) for each in row.get("verdicts", ())],
        "actions": row["legal"],
    }


def meeting(row: Row) -> dict[str, Any]:
    """A meeting, as `meeting.held_on` gives it."""
    ruling = row.get("ruling") or {}
    ruled = {
        **ruling,
        "department_id": ruling.get("department"),
        "department": row["department_name"],
    }
    return {
        **row,
        "id": str(row["_id"]),
        "by": row["by_name"],
        "duties": [agreed(each) for each in row["duties"]],
        "ruling": ruled if ruling else None,
    }


def agreed(row: Row) -> dict[str, Any]:
    """What was agreed, described by `agreeing.described`; over when its day is."""
    today, done = local(clock.now()).date().isoformat(), row.get("done")
    return {
        **row,
        "meeting_id": row["meeting"],
        "issue_id": row["issue"],
        "owner_id": row["owner"],
        "owner": row["owner_name"] or say("person.anonymous", language()),
        "overdue": row["state"] == "open" and row["due_on"] < today,
        "done": _said(done) if done else None,
    }


def _said(row: Row) -> dict[str, Any]:
    by = row["by_name"] or say("person.anonymous", language())
    return {**row, "by": by, "photo_ids": row.get("photos", [])}
