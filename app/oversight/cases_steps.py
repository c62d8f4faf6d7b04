"""One step of a case: the table, who may, its history row and word of it, guarded by version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, Forbidden
from app.foundation.history import Actor
from app.oversight.cases_documents import THING, Case
from app.oversight.cases_queries import (
    ANSWERS,
    open_appeal,
    partial,
    permission,
    see,
    ties,
)
from app.oversight.cases_states import WITHDRAWN, after
from app.people.access import actor
from app.people.announcing import announce, telling
from app.people.who import Who

Change = Callable[[Row, Actor], Mapping[str, Any]]
"""From the case and who acts to what is set. Raises what stands against the step."""
_EVENTS: Mapping[str, str] = {
    "serve": "case.served",
    "reply": "case.replied",
    "approve": "case.approved",
    "drop": "case.dropped",
    "circulate": "case.circulated",
    "publish": "case.published",
    "appeal": "case.appealed",
    "reject_appeal": "case.appeal_rejected",
    "uphold_appeal": "case.appeal_upheld",
    "withdraw": "case.withdrawn",
}


def signed(by: Actor, text: str, now: datetime) -> Row:
    """Words with who said them, as what, when."""
    return {"by": by.id, "by_name": by.name, "role": by.role, "at": now, "text": text}


def step(
    who: Who,
    key: str,
    action: str,
    change: Change,
    text: str,
    now: datetime,
    *,
    tells: Callable[[Row], Iterable[ObjectId]],
) -> None:
    """Take it. `tells` finds whom to tell, from the case as it is then.

    While an appeal waits only its answer goes on, and taking the case back. Raises NotFound, Forbidden
    (who is partial may not judge), Conflict.
    """

    def work() -> None:
        case = see(who, key)
        by = actor(who, permission(action), ties(case, action))
        then = after(action, case["state"])
        _check(who, case, action)
        values = {**change(case, by), "state": then, "updated_at": now}
        _write(case, values)
        data = _told(list(tells({**case, **values})), case, values)
        row = history.append(
            THING,
            case["_id"],
            action,
            by=by,
            now=now,
            before=case["state"],
            after=then,
            text=text,
            data=data,
            version=case["version"] + 1,
        )
        announce(_EVENTS[action], case["_id"], row, now)

    transaction(work)


def withdrawn(case: Row, had_it: Iterable[ObjectId]) -> Row:
    """What taking a case back changes: it stays, as withdrawn, with those who had it."""
    known = list(dict.fromkeys([*case["known_to"], *had_it]))
    return {"state": WITHDRAWN, "open_to_staff": False, "known_to": known}


def _write(case: Row, values: Row) -> None:
    same = {"_id": case["_id"], "version": case["version"], "state": case["state"]}
    made = Case.rows().update_one(same, {"$set": values, "$inc": {"version": 1}})
    if not made.modified_count:
        raise Conflict("changed_meanwhile")


def _told(people: list[ObjectId], case: Row, values: Row) -> Row:
    """Whom to tell, and what history keeps of a change: all but the long list of who may see it."""
    due = values.get("reply_by") or values.get("appeal_by")
    kept = {name: value for name, value in values.items() if name != "known_to"}
    return {**telling(people, case["title"], due=due), "set": kept}


def _check(who: Who, case: Row, action: str) -> None:
    if partial(who, case, action):
        raise Forbidden("case.partial")
    waiting = open_appeal(case) is not None
    if action in ANSWERS and not waiting:
        raise Conflict("case.no_appeal")
    if waiting and action not in (*ANSWERS, "withdraw"):
        raise Conflict("case.appeal_open")
