"""Facts of what somebody owes somebody: calls, orders, steps of claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bson import ObjectId

from app.boards.cells import (
    DISTRICT,
    Made,
    commissioner_scope,
    department_scope,
    leader_scope,
    unit_scope,
)
from app.boards.sources.base import At, due
from app.foundation.db import Row
from app.issues.pressing import orders
from app.issues.pressing.orders import Supervision
from app.notices.documents import OPEN, Call
from app.oversight.orders import Order
from app.oversight.orders_states import OPEN as OPEN_ORDERS
from app.oversight.orders_states import OWED
from app.policies.claims import states as claims
from app.policies.claims.documents import Claim

_AT_DEPARTMENTS = [state for state, owner in claims.OWNERS.items() if owner == claims.DEPARTMENT]


def of_calls(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """Calls that are to be made; about what is restricted there are none."""
    wanted = {"_id": {"$in": list(keys)}, "state": OPEN, "restricted": None}
    for row in Call.rows().find(wanted, {"commissioner": 1, "due_at": 1}):
        marks, turns_at = due("k", row["due_at"], at)
        who = row.get("commissioner")
        made = Made(
            key=f"call:{row['_id']}",
            kind="call",
            subject=row["_id"],
            scopes=(DISTRICT, commissioner_scope(who)) if who else (DISTRICT,),
            marks=("k.open", *marks),
            rank=row["due_at"],
            turns_at=turns_at,
        )
        yield row["_id"], made


def of_supervisions(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """Orders about issues that are not closed; without those about what is restricted."""
    wanted = {"_id": {"$in": list(keys)}, "state": {"$ne": orders.CLOSED}, "restricted": None}
    shown = dict.fromkeys(("department", "unit", "by", "due_at", "state", "units_barred"), 1)
    for row in Supervision.rows().find(wanted, shown):
        marks, turns_at = ["s.open"], None
        if row["state"] == orders.OPEN:
            promised, turns_at = due("s", row["due_at"], at)
            marks += promised
        made = Made(
            key=f"supervision:{row['_id']}",
            kind="supervision",
            subject=row["_id"],
            scopes=_scopes(row, None if row.get("units_barred") else row.get("unit")),
            marks=tuple(marks),
            rank=row["due_at"],
            turns_at=turns_at,
        )
        yield row["_id"], made


def of_orders(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """Instructions, orders, inquiries that are not closed; one about an issue is its supervision."""
    wanted = {"_id": {"$in": list(keys)}, "supervision": None, "state": {"$in": list(OPEN_ORDERS)}}
    shown = dict.fromkeys(("department", "unit", "by", "owner", "due_at", "state"), 1)
    for row in Order.rows().find(wanted, shown):
        marks, turns_at = ["o.open"], None
        if row["state"] in OWED:
            promised, turns_at = due("o", row["due_at"], at)
            marks += promised
        made = Made(
            key=f"order:{row['_id']}",
            kind="order",
            subject=row["_id"],
            scopes=_scopes(row, row.get("unit")),
            marks=tuple(marks),
            rank=row["due_at"],
            turns_at=turns_at,
        )
        yield row["_id"], made


def of_claims(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """Claims whose next step is a department's."""
    wanted = {"_id": {"$in": list(keys)}, "state": {"$in": _AT_DEPARTMENTS}}
    shown = dict.fromkeys(("department", "due_at", "created_at"), 1)
    for row in Claim.rows().find(wanted, shown):
        promised, turns_at = due("c", row.get("due_at"), at)
        made = Made(
            key=f"claim:{row['_id']}",
            kind="claim",
            subject=row["_id"],
            scopes=(DISTRICT, department_scope(row["department"])),
            marks=("c.open", *promised),
            rank=row.get("due_at") or row["created_at"],
            turns_at=turns_at,
        )
        yield row["_id"], made


def _scopes(row: Row, unit: str | None) -> tuple[str, ...]:
    """Those of the district, of the department, unit and person that owe it, and of who ordered it."""
    found = [DISTRICT]
    if row.get("department"):
        found.append(department_scope(row["department"]))
    if unit:
        found.append(unit_scope(unit))
    if row.get("by"):
        found.append(leader_scope(row["by"]))
    if row.get("owner"):
        found.append(commissioner_scope(row["owner"]))
    return tuple(found)
