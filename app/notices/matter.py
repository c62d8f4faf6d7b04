"""What an event is about, and finding people for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.issues.documents import Issue, Ticket
from app.issues.moves import lead_of
from app.people.documents import Person

People = list[ObjectId]


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


def with_role(role: str, **where: Any) -> People:
    """The active people who hold this role there."""
    match = {"$elemMatch": {"role": role, **where}}
    rows = Person.rows().find({"grants": match, "active": True}, {"_id": 1}).sort("_id", 1)
    return [row["_id"] for row in rows]


def once(*groups: Iterable[ObjectId | None]) -> People:
    """All of them, each once, in order."""
    return list(dict.fromkeys(person for group in groups for person in group if person))


def named(matter: Matter) -> People:
    """Those that the step itself names."""
    return once(matter.data.get("people") or ())


def together(*audiences: Audience) -> Audience:
    """Everybody whom one of the audiences finds."""
    return lambda matter: once(*(find(matter) for find in audiences))
