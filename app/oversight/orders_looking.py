"""Looking at orders: who may see which, one of them, lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.foundation import history
from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.foundation.ids import object_id
from app.issues.pressing import orders as supervisions
from app.oversight.orders import (
    COLUMNS,
    THING,
    Order,
    answered_by,
    decided_by,
    handed_over_by,
    seen_by,
)
from app.oversight.orders_standing import in_states, overdue, stand, supervised
from app.oversight.orders_states import OPEN, WITHDRAWN, legal
from app.people.access import Ties, allowed, require, scope
from app.people.documents import Person
from app.people.who import Who

SEE = "order.see"
_ANSWERS = ("acknowledge", "reply", "ask_extension")
_JUDGED = {"replies": ("accept", "send_back"), "extensions": ("decide_extension",)}
"""What nobody decides on of their own."""


def permission(action: str) -> tuple[str, Any]:
    """What of the policy allows a step, and the ties that it asks for."""
    if action in _ANSWERS:
        return "order.answer", answered_by
    if action == "hand_over":
        return "order.hand_over", handed_over_by
    return "order.decide", decided_by


def see(who: Who, key: str | ObjectId) -> Row:
    """An order as it stands, if `who` may know of it: one about an issue, if of its supervision.

    Raises NotFound else.
    """
    found = Order.rows().find_one({"_id": object_id(str(key))})
    if found is None:
        raise NotFound("not_found")
    [row] = stand([found])
    if not _sees(who, row):
        raise NotFound("not_found")
    return row


def seen(who: Who) -> Row:
    """The filter of the stored orders that `who` may see."""
    own = {"$and": [{"supervision": None}, scope(who, SEE, COLUMNS)]}
    issues = scope(who, "supervision.see", supervisions.COLUMNS)
    return {"$or": [own, supervised(issues)]}


def listed(
    who: Who,
    now: datetime,
    *,
    page: int,
    page_size: int,
    kind: str | None = None,
    state: str | None = None,
    open: bool | None = None,
    mine: bool = False,
    issued: bool = False,
    late: bool = False,
    project_id: str | None = None,
    issue_id: str | None = None,
    enterprise_id: str | None = None,
    unit: str | None = None,
    department_id: str | None = None,
) -> tuple[list[Row], int]:
    """A page of the orders that `who` may see, as they stand, and how many there are.

    `mine` are those that `who` answers for, `issued` those of `who`, or of whom they stand in for; `late`
    those that wait for a reply past their deadline. What is not ended comes due first, all others the
    newest first. Raises Forbidden for who sees none.
    """
    require(who, SEE)
    parts = [seen(who)]
    parts += [{"kind": kind}] if kind else []
    parts += [in_states([state])] if state else []
    parts += [] if open is None else [in_states(OPEN) if open else {"$nor": [in_states(OPEN)]}]
    parts += [{"owner": {"$in": list(who.ids)}}] if mine else []
    parts += [{"by": {"$in": list(who.ids)}}] if issued else []
    parts += [overdue(now)] if late else []
    subjects = (project_id, issue_id, enterprise_id)
    parts += [{"subject": ObjectId(key)} for key in subjects if key]
    parts += [{"unit": unit}] if unit else []
    if department_id:
        of = {"department": ObjectId(department_id)}
        parts.append({"$or": [of, supervised(of)]})
    query = {"$and": parts}
    waiting = open or late
    order_by = [("due_at", 1), ("_id", 1)] if waiting else [("created_at", -1), ("_id", -1)]
    found = Order.rows().find(query).sort(order_by)
    rows = stand(found.skip((page - 1) * page_size).limit(page_size))
    return rows, Order.rows().count_documents(query)


def steps(who: Who, row: Mapping[str, Any]) -> list[str]:
    """What `who` may do to an order, as `stand` gives it, now."""
    if row["execution"] is not None:
        return _by_supervision(who, row)
    pending = any(each["granted"] is None for each in row["extensions"])
    own = {
        name: bool(row[of]) and row[of][-1]["by"] == who.id
        for of, names in _JUDGED.items()
        for name in names
    }
    found = []
    for action in legal(row["state"]):
        name, ties = permission(action)
        fits = {"ask_extension": not pending, "decide_extension": pending}.get(action, True)
        if fits and not own.get(action) and allowed(who, name, ties(row)):
            found.append(action)
    return found


def described(rows: Iterable[Row]) -> list[Row]:
    """Orders with the names of their owners and departments."""
    found = list(rows)
    people = {"_id": {"$in": [row["owner"] for row in found if row["owner"]]}}
    names = {row["_id"]: row["name"] for row in Person.rows().find(people, {"name": 1})}
    bodies = registry.names({row["department"] for row in found if row["department"]})
    return [
        {
            **row,
            "owner_name": names.get(row["owner"]),
            "department_name": bodies.get(row["department"]),
        }
        for row in found
    ]


def history_of(row: Mapping[str, Any]) -> list[Row]:
    """What was done, in order; of one about an issue, its history has the rest."""
    return history.of(THING, row["_id"], internal=True)


def _sees(who: Who, row: Mapping[str, Any]) -> bool:
    if row["supervision"] is None:
        return allowed(who, SEE, seen_by(row))
    execution = row["execution"]
    return execution is not None and allowed(who, "supervision.see", supervisions.ties(execution))


def _by_supervision(who: Who, row: Mapping[str, Any]) -> list[str]:
    execution, state = row["execution"], row["state"]
    if state == WITHDRAWN or execution["state"] == supervisions.CLOSED:
        return []
    waits = execution["state"] == supervisions.OPEN
    found = ["reply"] if waits and supervisions.may_reply(who, execution) else []
    if supervisions.may_close(who, execution):
        found += [] if waits else ["send_back", "accept"]
        found += ["withdraw"] if allowed(who, "order.decide", Ties(owner=row["by"])) else []
    return found
