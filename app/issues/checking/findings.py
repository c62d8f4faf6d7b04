"""What a check is given and what it gives: all that is stored about one issue, and what cannot be so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.reasons import Reason
from app.issues.states import Machine
from app.sla.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Finding:
    """Something stored that contradicts something else stored: `of` is a number or an id."""

    of: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Case:
    """Rows as they are stored, in no order. `duties` are those of the issue and of its tickets.

    `notices`, `messages` and `calls` are those that the issue's history rows caused. `issues` are others
    that this one names, and `photos` those that it or a ticket of it shows, by id; what is named and not
    there has no entry.
    """

    issue: Row
    tickets: Sequence[Row] = ()
    history: Sequence[Row] = ()
    duties: Sequence[Row] = ()
    climbs: Sequence[Row] = ()
    notices: Sequence[Row] = ()
    messages: Sequence[Row] = ()
    calls: Sequence[Row] = ()
    issues: Mapping[ObjectId, Row] = field(default_factory=dict)
    photos: Mapping[ObjectId, Row] = field(default_factory=dict)

    def finding(self, reason: Reason, ticket: Row | None = None) -> Finding:
        """A finding of this issue, or of a ticket of it."""
        number = str(self.issue.get("number", self.issue["_id"]))
        return Finding(number if ticket is None else f"{number} {ticket['_id']}", reason)

    def waiting(self, kind: str, subject: ObjectId) -> list[Row]:
        """The duties of this kind that wait for their time, or are in somebody's hands."""
        wanted = (kind, subject, "due")
        return [row for row in self.duties if (row["kind"], row["subject"], row["state"]) == wanted]


@dataclass(frozen=True, slots=True)
class Rules:
    """The tables and the calendar that everything must agree with.

    `settled` is False while promises are still being computed anew by a changed calendar.
    """

    issue: Machine
    ticket: Machine
    days: WorkingCalendar
    settled: bool = True


Check = Callable[[Case, Rules], Iterator[Finding]]


def dug(row: Mapping[str, Any] | None, *names: str) -> Any:
    """What a row holds under these names, one in the other; None where there is nothing."""
    for name in names:
        row = (row or {}).get(name)
    return row
