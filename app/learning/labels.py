"""What an issue's way through departments teaches: its text, and the category it turned out to be. Pure.

Recomputed from the rows whenever it is asked for, and stored nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from app.foundation.db import Row
from app.learning.courses import YOURS, Course, Stop, read
from app.learning.masking import masked

SOURCES = ("answer", "ruling", "place", "correction", "return", "transfer")
"""How people said what it is: the first department answered it; it had to keep it; the desk placed it,
or placed it elsewhere than first thought, or after a return; departments handed it on."""
UNHEARD = ("submitted", "withdrawn", "merged")
"""States of issues that teach nothing."""
SURE, SILENT, OPEN = 1.0, 0.7, 0.5
"""Weights: people said so and it was answered; answered where the machine put it; not answered yet."""

Owners = Mapping[str, ObjectId]
"""The department that leads each category, for one unit."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text (masked) and what it is. `category` is None where only the department is known.

    `weight` (0 to 1) says how much it is to be believed, `at` since when it is known.
    """

    issue: ObjectId
    text: str
    category: str | None
    department: ObjectId
    source: str
    weight: float
    at: datetime

    def row(self) -> dict[str, str | None]:
        """What training reads."""
        return {"text": self.text, "category": self.category, "at": self.at.isoformat()}


def label(
    issue: Row, tickets: Iterable[Row], steps: Iterable[Row], owners: Callable[[str | None], Owners]
) -> Label | None:
    """What the issue teaches, by how it stands now; None where it is restricted, unsettled or withdrawn.

    The last word counts: a text has one label at most. `owners` gives who leads what in a unit.
    """
    if issue.get("restricted") or issue["state"] in UNHEARD:
        return None
    course = read(issue, tickets, steps)
    stop, source = course.holder, _source(course)
    if stop is None or source is None or course.restricted:
        return None
    return Label(
        issue=issue["_id"],
        text=masked(issue.get("demand") or issue["text"], _names(issue)),
        category=_category(course, stop, issue, owners(issue.get("unit"))),
        department=stop.department,
        source=source,
        weight=_weight(source, stop),
        at=stop.answered_at or stop.at,
    )


def _source(course: Course) -> str | None:
    stop = course.holder
    if stop is None:
        return None
    if stop.ruled == YOURS:
        return "ruling"
    if stop.how == "transfer":
        return "transfer"
    if stop.how == "place":
        if any(each.returned for each in course.stops if each is not stop):
            return "return"
        first = course.decided.category if course.decided else None
        return "correction" if first not in (None, stop.category) else "place"
    return "answer" if stop.answered_at else None


def _weight(source: str, stop: Stop) -> float:
    if source == "answer":
        return SILENT
    return SURE if stop.answered_at or source == "ruling" else OPEN


def _category(course: Course, stop: Stop, issue: Row, owners: Owners) -> str | None:
    """A dispatcher says it; a transfer does not, so then what that department leads must tell."""
    if stop.how != "transfer" or owners.get(stop.category or "") == stop.department:
        return stop.category
    theirs = [code for code, owner in owners.items() if owner == stop.department]
    thought = (each["category"] for each in (issue.get("route") or {}).get("alternatives", ()))
    likely = next((code for code in thought if code in theirs), None)
    return likely or (theirs[0] if len(theirs) == 1 else None)


def _names(issue: Row) -> Iterable[str | None]:
    """The people that the issue itself names."""
    return [(issue.get(field) or {}).get("name") for field in ("contact", "on_behalf_of")]
