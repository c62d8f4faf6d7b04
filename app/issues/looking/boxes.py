"""The boxes of tickets: what is in each of them for whom, as branches to walk through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.issues.access import TICKET_COLUMNS
from app.issues.looking.walking import Branch, Points, apart
from app.issues.moves import machine_of
from app.people.access import NOTHING, Columns, Part, Ties, allowed, parts, scope
from app.people.who import Who

BOXES = ("todo", "mine", "department", "overdue", "waiting", "done")
WORKING = ("dispatched", "accepted", "in_progress", "extension_requested")
WAITING = ("answered", "waiting_enterprise")


def box(who: Who, name: str, now: datetime) -> list[Branch]:
    """What `who` has in a box, of the tickets they may see.

    todo: to be taken by me, or mine and unanswered; mine: taken by me and open; department: all open;
    overdue: open past the next promise; waiting: answered or asked, the enterprise's turn; done: ended.
    """
    rules = machine_of("ticket")
    match name:
        case "todo":
            return [*_of_person(who, WORKING), *_to_take(who)]
        case "mine":
            return _of_person(who, tuple(rules.open_states()))
        case "department":
            return seen(who, {"state": tuple(rules.open_states())})
        case "overdue":
            return [each.between(overdue(now)) for each in seen(who, {"state": WORKING})]
        case "waiting":
            return seen(who, {"state": WAITING})
        case _:
            return seen(who, {"state": tuple(s for s in rules.states if s in rules.ended)})


def overdue(now: datetime) -> dict[str, Row]:
    """The range of what is past its next promise; it is late only while somebody works on it."""
    return {"due_at": {"$lt": now}}


def is_late(row: Mapping[str, Any], now: datetime) -> bool:
    """Whether a ticket, as it is stored, is past its next promise."""
    return row["state"] in WORKING and row["due_at"] < now


def seen(who: Who, points: Points) -> list[Branch]:
    """The tickets with these values that `who` may see."""
    return apart(
        narrowed
        for each in reaching(who, "ticket.see", TICKET_COLUMNS)
        if (narrowed := each.narrowed(points))
    )


def reaching(who: Who, action: str, columns: Columns) -> Iterator[Branch]:
    """What `people.access.scope` finds as branches: those that differ in the value of one field together."""
    alike: dict[tuple[str | None, str], list[Part]] = {}
    for part in parts(who, action, columns):
        alike.setdefault((part.column, repr(part.also)), []).append(part)
    for (column, _), some in alike.items():
        points = {column: tuple(dict.fromkeys(part.value for part in some))} if column else {}
        yield Branch(points, rest=(some[0].also,) if some[0].also else ())


def within(branch: Branch, scoped: Row) -> Iterator[Branch]:
    """The branch, as far as a scope goes; where it goes nowhere there is none."""
    if not scoped:
        yield branch
    elif scoped != NOTHING:
        yield branch.checked(scoped)


def _of_person(who: Who, states: tuple[str, ...]) -> list[Branch]:
    """What is in one's own hands, or of somebody one stands in for."""
    own = Branch({"assignee": who.ids, "state": states})
    return list(within(own, scope(who, "ticket.see", TICKET_COLUMNS)))


def _to_take(who: Who) -> list[Branch]:
    """Untaken tickets of my level: clerks at level 0, heads above (and at 0 where they are clerks too)."""
    levels = {
        (0,): {held.department for held in who.having("clerk")},
        (1, 2): {held.department for held in who.having("head")},
    }
    untaken = {"assignee": (None,), "state": ("dispatched",)}
    return [
        Branch({**untaken, "department": mine, "level": at})
        for at, departments in levels.items()
        if (mine := tuple(sorted(_visible(who, departments))))
    ]


def _visible(who: Who, departments: Iterable[ObjectId | None]) -> Iterator[ObjectId]:
    for each in departments:
        if each is not None and allowed(who, "ticket.see", Ties(departments=(each,))):
            yield each
