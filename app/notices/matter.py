"""What an event is about, and finding people for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.foundation.db import Row
from app.issues.documents import Issue, Ticket
from app.issues.moves import lead_of
from app.people.finding import People, once


@dataclass(frozen=True, slots=True)
class Matter:
    """An event of an issue. `ticket` is the one meant: which the row is of, or its data name, else the lead.

    Data that name None mean that no department has it.
    """

    issue: Issue
    ticket: Ticket | None
    row: Row

    @property
    def data(self) -> dict[str, Any]:
        """What the history row carries."""
        return self.row.get("data") or {}


Audience = Callable[[Matter], People]


def matter_of(issue: Issue, row: Row) -> Matter:
    """The matter that a history row is about."""
    data = row.get("data") or {}
    part = data.get("ticket", row.get("part_id"))
    ticket = Ticket.objects(id=part).first() if part else None
    return Matter(issue, ticket if "ticket" in data else ticket or lead_of(issue.id), row)


def named(matter: Matter) -> People:
    """Those that the step itself names."""
    return once(matter.data.get("people") or ())


def together(*audiences: Audience) -> Audience:
    """Everybody whom one of the audiences finds."""
    return lambda matter: once(*(find(matter) for find in audiences))
