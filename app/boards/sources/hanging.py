"""Facts of what hangs on projects: warnings, exit cases, milestones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bson import ObjectId

from app.boards.cells import Made, mark
from app.boards.sources.base import At, Projects, due_on, start_of
from app.foundation.db import Row
from app.foundation.documents import Document
from app.projects.documents import Project
from app.projects.exits.documents import ExitCase
from app.projects.milestones.documents import OPEN, Milestone
from app.projects.warnings import documents as warnings
from app.projects.warnings.documents import KeptWarning


def of_warnings(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """Warnings that are not cleared."""
    shown = ("project", "unit", "kind", "level", "state", "opened_at")
    rows = _rows(KeptWarning, keys, shown, state={"$ne": warnings.CLEARED})
    projects = Projects.of(Project, (row.get("project") for row in rows))
    for row in rows:
        marks = ["w.open", mark("w.level", row["level"]), mark("w.kind", row["kind"])]
        if row["state"] == warnings.OPEN:
            marks.append("w.unread")
        made = Made(
            key=f"warning:{row['_id']}",
            kind="warning",
            subject=row["_id"],
            scopes=projects.scopes(row.get("project"), row["unit"]),
            marks=tuple(marks),
            rank=row["opened_at"],
        )
        yield row["_id"], made


def of_exits(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """Exit cases that are under way."""
    rows = _rows(ExitCase, keys, ("project", "state", "created_at"), live=True)
    projects = Projects.of(Project, (row["project"] for row in rows))
    for row in rows:
        made = Made(
            key=f"exit:{row['_id']}",
            kind="exit",
            subject=row["_id"],
            scopes=projects.scopes(row["project"]),
            marks=("x.open", mark("x.state", row["state"])),
            rank=row["created_at"],
        )
        yield row["_id"], made


def of_milestones(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """Milestones that are not done."""
    rows = _rows(Milestone, keys, ("project", "due_on"), state=OPEN)
    projects = Projects.of(Project, (row["project"] for row in rows))
    for row in rows:
        marks, turns_at = due_on("m", row["due_on"], at)
        made = Made(
            key=f"milestone:{row['_id']}",
            kind="milestone",
            subject=row["_id"],
            scopes=projects.scopes(row["project"]),
            marks=tuple(marks),
            rank=start_of(date.fromisoformat(row["due_on"])),
            turns_at=turns_at,
        )
        yield row["_id"], made


def _rows(
    kind: type[Document], keys: Sequence[ObjectId], shown: Sequence[str], **only: object
) -> list[Row]:
    wanted = {"_id": {"$in": list(keys)}, **only}
    return list(kind.rows().find(wanted, dict.fromkeys(shown, 1)))
