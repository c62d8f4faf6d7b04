"""The lists of tickets and issues, narrowed by what people ask for, and the indexes that serve them.

`m0012_looking` makes the indexes. A list of tickets goes by one of `BY_TICKET` and the states of its box, a
list of issues by one of `BY_ISSUE` and the state, the most telling first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.errors import Invalid
from app.issues import search_terms
from app.issues.access import ISSUE_COLUMNS
from app.issues.documents import Issue, Ticket
from app.issues.looking import boxes
from app.issues.looking.boxes import BOXES
from app.issues.looking.listing import Count, Listed
from app.issues.looking.walking import Branch, Index, Order, Points, apart
from app.issues.moves import machine_of
from app.issues.search_terms import Sought
from app.people.access import scope
from app.people.who import Who

ORDERS: Mapping[str, Order] = {
    "due": (("due_at", 1), ("_id", 1)),
    "urgent": (("urgent", -1), ("due_at", 1), ("_id", 1)),
    "dispatched": (("dispatched_at", -1), ("_id", -1)),
}
SORTS = tuple(ORDERS)
NEWEST: Order = (("created_at", -1), ("_id", -1))

BY_TICKET = ("assignee", "department", "unit", "category")
BY_ISSUE = (
    "followers",
    "owner",
    "commissioner",
    "project",
    "enterprise",
    "departments",
    "unit",
    "category",
    "outcome",
    "source",
)
_UNTAKEN: Points = {"state": ("dispatched",), "assignee": (None,)}


def _ticket_indexes(tail: str, *also: str) -> tuple[Index, ...]:
    return (
        Index(f"to_take_by_{tail}", ("department", "level", *also), _UNTAKEN),
        *(Index(f"{name}_by_{tail}", (name, "state", *also)) for name in BY_TICKET),
        Index(f"all_by_{tail}", ("state", *also)),
    )


INDEXES: Mapping[str, tuple[Index, ...]] = {
    "due": _ticket_indexes("due", "urgent"),
    "urgent": _ticket_indexes("due"),
    "dispatched": _ticket_indexes("dispatched"),
}
ISSUE_INDEXES = (
    *(Index(f"{name}_newest", (name, "state")) for name in BY_ISSUE),
    Index("all_newest", ("state",)),
)


@dataclass(frozen=True, slots=True)
class TicketFilters:
    """What a list of tickets is narrowed to; None means any. Times go from `after` to before `before`."""

    state: str | None = None
    category: str | None = None
    unit: str | None = None
    role: str | None = None
    urgent: bool | None = None
    level: int | None = None
    department_id: str | None = None
    assignee_id: str | None = None
    overdue: bool | None = None
    due_after: datetime | None = None
    due_before: datetime | None = None
    dispatched_after: datetime | None = None
    dispatched_before: datetime | None = None
    q: str | None = None
    sort: str = "due"


@dataclass(frozen=True, slots=True)
class IssueFilters:
    """What a list of issues is narrowed to; None means any. Times go from `after` to before `before`.

    `mine`: opened or served by oneself; `following`: followed by oneself. False is the same as None.
    """

    state: str | None = None
    kind: str | None = None
    category: str | None = None
    unit: str | None = None
    source: str | None = None
    outcome: str | None = None
    enterprise_id: str | None = None
    project_id: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    mine: bool | None = None
    following: bool | None = None
    q: str | None = None


def tickets(who: Who, box: str, filters: TicketFilters, now: datetime) -> Listed:
    """A box of `who`, narrowed. Raises Invalid for a search that has too little to go by."""
    points = _points(
        filters,
        ("state", "category", "unit", "role", "urgent", "level"),
        {"department": filters.department_id, "assignee": filters.assignee_id},
    )
    ranges = {
        **_range("due_at", filters.due_after, filters.due_before),
        **_range("dispatched_at", filters.dispatched_after, filters.dispatched_before),
    }
    # Where all are urgent, or none is, only the times make an order.
    sort = "due" if filters.sort == "urgent" and filters.urgent is not None else filters.sort
    found = boxes.box(who, box, now)
    if filters.overdue is not None:
        found = [part for each in found for part in _late(each, filters.overdue, now)]
    if sort == "due":  # the index has the urgent ones apart
        found = [each for some in found if (each := some.narrowed({"urgent": (True, False)}))]
    branches = [
        each.between(ranges) for some in found if (each := some.narrowed(points)) is not None
    ]
    return Listed(Ticket.rows(), ORDERS[sort], INDEXES[sort], branches, _sought(filters.q))


def issues(who: Who, filters: IssueFilters) -> Listed:
    """The issues `who` may see, narrowed, newest first. Raises Invalid like `tickets`."""
    points = _points(
        filters,
        ("state", "kind", "category", "unit", "source", "outcome"),
        {"enterprise": filters.enterprise_id, "project": filters.project_id},
    )
    every: Points = {"state": machine_of("issue").states}
    if filters.following:
        every = {**every, "followers": (who.id,)}
    ranges = _range("created_at", filters.created_after, filters.created_before)
    branches = [
        each.between(ranges)
        for some in _issues_of(who, filters)
        if (reached := some.narrowed(every)) and (each := reached.narrowed(points))
    ]
    return Listed(Issue.rows(), NEWEST, ISSUE_INDEXES, apart(branches), _sought(filters.q))


def is_whole(filters: TicketFilters) -> bool:
    """Whether a box with these filters is the box as it is, in whatever order."""
    return replace(filters, sort=_ANY.sort) == _ANY


def counts(who: Who, now: datetime) -> dict[str, Count]:
    """How many tickets are in each box, as far as anybody counts."""
    return {box: tickets(who, box, _ANY, now).count() for box in BOXES}


def todo(who: Who, now: datetime) -> Count:
    """How many tickets wait for `who`, likewise."""
    return tickets(who, "todo", _ANY, now).count()


def box_counts(who: Who, now: datetime, names: Iterable[str] = BOXES) -> dict[str, int]:
    """How many tickets are in these boxes, to the last one; for what nobody waits for."""
    return {
        box: sum(walk.count(0) for walk in tickets(who, box, _ANY, now).walks()) for box in names
    }


def waiting_for(who: Who) -> Count:
    """How many issues wait for a dispatcher, of those `who` may see."""
    return issues(who, IssueFilters(state="dispatching")).count()


_ANY = TicketFilters(sort="urgent")


def _issues_of(who: Who, filters: IssueFilters) -> Iterator[Branch]:
    # Whoever only follows an issue must not find out by asking whose it is, or what was written.
    telling = (filters.q, filters.enterprise_id, filters.project_id, filters.unit)
    action = "issue.see" if all(each is None for each in telling) else "issue.see_whole"
    if not filters.mine:
        yield from boxes.reaching(who, action, ISSUE_COLUMNS)
        return
    scoped = scope(who, action, ISSUE_COLUMNS)
    for name in ("owner", "commissioner"):
        yield from boxes.within(Branch({name: (who.id,)}), scoped)


def _late(branch: Branch, late: bool, now: datetime) -> Iterator[Branch]:
    """The part of a branch that is overdue, or the parts that are not."""
    working = branch.narrowed({"state": boxes.WORKING})
    if working and late:
        yield working.between(boxes.overdue(now))
    if not late:
        if working:
            yield working.between({"due_at": {"$gte": now}})
        idle = tuple(s for s in branch.points["state"] if s not in boxes.WORKING)
        if idle:
            yield Branch({**branch.points, "state": idle}, branch.ranges, branch.rest)


def _points(filters: Any, names: Iterable[str], keys: Mapping[str, str | None]) -> Points:
    given = {name: getattr(filters, name) for name in names}
    ids = {name: ObjectId(key) for name, key in keys.items() if key is not None}
    return {name: (value,) for name, value in (given | ids).items() if value is not None}


def _range(name: str, after: datetime | None, before: datetime | None) -> dict[str, Row]:
    bounds = {"$gte": after, "$lt": before}
    given = {side: moment for side, moment in bounds.items() if moment is not None}
    return {name: given} if given else {}


def _sought(q: str | None) -> Sought | None:
    if q is None:
        return None
    found = search_terms.sought(q)
    if found is None:
        raise Invalid("search.too_short", least=search_terms.LEAST, fields={"q": [q]})
    return found
