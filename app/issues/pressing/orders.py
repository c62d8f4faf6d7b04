"""Orders of supervision as they are kept, and looking at them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.departments import registry
from app.foundation.changes import Tracked
from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.issues.access import TICKET_COLUMNS, ties_of_row
from app.issues.documents import Issue
from app.issues.work.steps import STAFF
from app.people.access import Ties, allowed, require, roles_reaching, scope
from app.people.who import Who
from config.pack import DISPATCH

OPEN, REPLIED, CLOSED = "open", "replied", "closed"
STATES = (OPEN, REPLIED, CLOSED)
COLUMNS = TICKET_COLUMNS


class Supervision(Tracked):
    """An order to a department about one issue: to the dispatch desk while no department has it.

    `by` is None when the ladder ordered it, for `ticket` and its promise `promise_no`; its words are then
    those of the catalogue. `due_at` is the present deadline, `overdue_at` when that was missed. `replies`
    are {text, photos, by, by_name, at}, `verdicts` on them the same with `accepted`. `version` guards its
    steps: open → replied → closed; a reply that does not do opens it again. `restricted`, `units_barred` and
    `withheld` are as a ticket's.
    """

    issue: ObjectId = ObjectIdField(required=True)
    number: str = StringField(required=True)
    department: ObjectId = ObjectIdField(required=True)
    ticket: ObjectId | None = ObjectIdField()
    promise_no: int | None = IntField()
    unit: str | None = StringField()
    restricted: str | None = StringField()
    units_barred: bool = BooleanField(default=False)
    withheld: bool = BooleanField(default=False)
    by: ObjectId | None = ObjectIdField()
    by_name: str = StringField(required=True)
    text: str = StringField(default="")
    due_at: datetime = DateTimeField(required=True)
    state: str = StringField(required=True, choices=STATES, default=OPEN)
    replies: list[dict[str, Any]] = ListField(DictField())
    verdicts: list[dict[str, Any]] = ListField(DictField())
    created_at: datetime = DateTimeField(required=True)
    overdue_at: datetime | None = DateTimeField()
    closed_at: datetime | None = DateTimeField()
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "supervisions"}


def ties(row: Mapping[str, Any]) -> Ties:
    """What binds an order, as it is stored, to people."""
    return ties_of_row(row)


def withhold(issue: Issue, barred: Collection[ObjectId]) -> None:
    """Let the orders about the issue be seen by those who see the issue, inside the caller's transaction."""
    rows = Supervision.rows()
    says = {"restricted": issue.restricted, "units_barred": issue.units_barred, "withheld": False}
    rows.update_many({"issue": issue.id}, {"$set": says})
    theirs = {"issue": issue.id, "department": {"$in": list(barred)}}
    rows.update_many(theirs, {"$set": {"withheld": True}})


def see(who: Who, key: str) -> Supervision:
    """The order, if `who` may know of it. Raises NotFound else."""
    found = Supervision.get(key)
    if not allowed(who, "supervision.see", ties(row_of(found))):
        raise NotFound("not_found")
    return found


def row_of(found: Supervision) -> Row:
    """The order as it is stored."""
    return {**found.to_mongo().to_dict(), "_id": found.id}


def may_reply(who: Who, row: Mapping[str, Any]) -> bool:
    """Whether `who` is of the department ordered; for the desk that is the dispatchers."""
    reached_by = {*roles_reaching(who, "supervision.reply", ties(row))}
    if not reached_by or reached_by & {*STAFF}:
        return bool(reached_by)
    return bool(row["department"] == registry.by_code(DISPATCH).id)


def may_close(who: Who, row: Mapping[str, Any]) -> bool:
    """Whether `who` ordered it, and may still do so, or is an inspector."""
    mine = row.get("by") in who.ids or who.has("inspector")
    return mine and allowed(who, "supervision.close", ties(row))


def described(rows: Iterable[Row], who: Who) -> list[Row]:
    """Orders as they are stored, with the names of their departments, and the steps `who` may take."""
    found = list(rows)
    if not found:
        return []
    names = registry.names({row["department"] for row in found})
    return [
        {
            **row,
            "department_name": names.get(row["department"], ""),
            "legal": _steps_for(who, row),
        }
        for row in found
    ]


def _steps_for(who: Who, row: Row) -> list[str]:
    reply = ["reply"] if row["state"] == OPEN and may_reply(who, row) else []
    close = ["close"] if row["state"] != CLOSED and may_close(who, row) else []
    return reply + close


def about(issue: ObjectId, who: Who) -> list[Row]:
    """The orders about an issue, described, the oldest first."""
    rows = Supervision.rows().find({"issue": issue}).sort([("created_at", 1), ("_id", 1)])
    return described(rows, who)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which orders; None means any. `overdue`: waiting for a reply past the deadline, or not."""

    state: str | None = None
    department: ObjectId | None = None
    overdue: bool | None = None
    page: int = 1
    page_size: int = 20


def listed(who: Who, wanted: Wanted, now: datetime) -> tuple[list[Row], int]:
    """A page of the orders `who` may see, and how many there are.

    Asked for what is open or overdue, those due first come first; else the newest.
    """
    require(who, "supervision.see")
    late = {"state": OPEN, "due_at": {"$lt": now}}
    parts: list[Row] = [scope(who, "supervision.see", COLUMNS)]
    parts += [{"state": wanted.state}] if wanted.state else []
    parts += [{"department": wanted.department}] if wanted.department else []
    parts += [] if wanted.overdue is None else [late if wanted.overdue else {"$nor": [late]}]
    query = {"$and": [part for part in parts if part] or [{}]}
    waiting = wanted.overdue or wanted.state == OPEN
    order_by = [("due_at", 1), ("_id", 1)] if waiting else [("created_at", -1), ("_id", -1)]
    found = Supervision.rows().find(query).sort(order_by)
    rows = list(found.skip((wanted.page - 1) * wanted.page_size).limit(wanted.page_size))
    return described(rows, who), Supervision.rows().count_documents(query)
