"""How orders stand: by their own steps, or, about an issue, by the supervision that is their execution."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from app.foundation.db import Row
from app.issues.pressing.orders import Supervision
from app.oversight.orders import Order
from app.oversight.orders_states import OF_SUPERVISION, OWED, WITHDRAWN, of_supervision

_EXECUTED = {"supervision": {"$ne": None}}


def stand(rows: Iterable[Row]) -> list[Row]:
    """Stored orders with state, deadline, department, replies and verdicts as they are by now.

    `execution` is the stored supervision of one that has one.
    """
    found = list(rows)
    keys = [row["supervision"] for row in found if row["supervision"]]
    there = (
        {row["_id"]: row for row in Supervision.rows().find({"_id": {"$in": keys}})} if keys else {}
    )
    return [_stands(row, there.get(row["supervision"])) for row in found]


def in_states(states: Collection[str]) -> Row:
    """What finds the stored orders that stand so."""
    own: Row = {"supervision": None, "state": {"$in": list(states)}}
    ways = [dict(OF_SUPERVISION[each]) for each in states if each in OF_SUPERVISION]
    found = [own]
    if ways:
        going = {**supervised({"$or": ways}), "state": {"$ne": WITHDRAWN}}
        found.append(going)
    if WITHDRAWN in states:
        found.append({**_EXECUTED, "state": WITHDRAWN})
    return {"$or": found}


def overdue(now: datetime) -> Row:
    """What finds the stored orders that wait for a reply past their deadline."""
    late: Row = {"due_at": {"$lt": now}}
    own = {"supervision": None, "state": {"$in": list(OWED)}, **late}
    waiting: Row = {**late, "state": "open"}
    return {"$or": [own, {**supervised(waiting), "state": {"$ne": WITHDRAWN}}]}


def is_overdue(row: Mapping[str, Any], now: datetime) -> bool:
    """Whether an order, as `stand` gives it, waits for a reply past its deadline."""
    return row["state"] in OWED and row["due_at"] < now


def supervised(wanted: Row) -> Row:
    """What finds the stored orders about issues whose supervision fits."""
    known = Order.rows().distinct("supervision", _EXECUTED)
    fits = {"$and": [{"_id": {"$in": known}}, wanted]}
    return {"supervision": {"$in": Supervision.rows().distinct("_id", fits)}}


def _stands(row: Row, execution: Row | None) -> Row:
    if execution is None or row["state"] == WITHDRAWN:
        return {**row, "execution": execution}
    taken = {name: execution[name] for name in ("due_at", "department", "replies", "verdicts")}
    return {**row, **taken, "state": of_supervision(execution), "execution": execution}
