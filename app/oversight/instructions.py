"""Instructions 批示: one line of a leader, kept in the leader's own words, which is an order like others."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.foundation.db import Row
from app.oversight.orders import INSTRUCTION, Order
from app.oversight.orders_issuing import Asked, issue
from app.oversight.orders_looking import seen
from app.oversight.orders_standing import in_states
from app.oversight.orders_states import OPEN, WITHDRAWN
from app.people.who import Who


def instruct(who: Who, client_id: str, now: datetime, **said: object) -> tuple[ObjectId, bool]:
    """Write one line on a project, an issue, an enterprise, a unit or a report: `orders_issuing.issue`."""
    return issue(who, Asked(kind=INSTRUCTION, **said), client_id, now)  # type: ignore[arg-type]


def open_of(who: Who, leader: ObjectId) -> list[Row]:
    """The stored instructions of a leader that are not ended, as far as `who` may see them, due first."""
    mine = {"kind": INSTRUCTION, "by": leader}
    query = {"$and": [mine, seen(who), in_states(OPEN)]}
    return list(Order.rows().find(query).sort([("due_at", 1), ("_id", 1)]))


def on_project(project: ObjectId) -> int:
    """How many instructions stand on a project: that is all that staff at large hear of them."""
    standing = {"kind": INSTRUCTION, "project": project, "state": {"$ne": WITHDRAWN}}
    return Order.rows().count_documents(standing)
