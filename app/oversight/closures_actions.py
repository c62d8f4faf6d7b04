"""An inspector's finding on a closure: confirmed as no real solution, or cleared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.foundation import history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict
from app.foundation.history import Actor
from app.issues.access import ties_of_row
from app.issues.ending.concluding import reopen
from app.oversight.checks_people import heads
from app.oversight.closures import as_row
from app.oversight.closures_documents import CLEARED, CONFIRMED, THING, ClosureFinding
from app.oversight.closures_queries import Doubt, see
from app.people.access import actor
from app.people.announcing import announce, telling
from app.people.who import Who


def confirm(who: Who, key: str, *, text: str, reopens: bool, new_facts: str, now: datetime) -> None:
    """The closure was none; with `reopens` its issue is taken up again in the same step.

    Raises NotFound, Forbidden; Conflict where nothing speaks against it, when it is confirmed already, or
    where the issue cannot be reopened (too late, not ended).
    """

    def step(doubt: Doubt, by: Actor) -> None:
        _decide(doubt, CONFIRMED, by, text, now, reopened=reopens)
        if reopens:
            issue = str(doubt.ticket["issue"])
            reopen(who, issue, reason=text, new_facts=new_facts, photo_ids=(), now=now)

    _once(who, key, step)


def clear(who: Who, key: str, *, text: str, now: datetime) -> None:
    """The closure stands. Raises NotFound, Forbidden; Conflict where nothing is against it."""

    _once(who, key, lambda doubt, by: _decide(doubt, CLEARED, by, text, now, reopened=False))


def _once(who: Who, key: str, step: Callable[[Doubt, Actor], None]) -> None:
    """One finding from what was seen: of two who are at it at once, the other looks again first."""
    seen = _version(see(who, key))

    def work() -> None:
        doubt = see(who, key)
        by = actor(who, "closure.decide", ties_of_row(doubt.ticket))
        if not doubt.signals:
            raise Conflict("closure.nothing_against")
        if _version(doubt) != seen:
            raise Conflict("changed_meanwhile")
        step(doubt, by)

    try:
        transaction(work)
    except DuplicateKeyError:
        raise Conflict("changed_meanwhile") from None


def _version(doubt: Doubt) -> int:
    return int(doubt.finding["version"]) if doubt.finding else 0


def _decide(
    doubt: Doubt, then: str, by: Actor, text: str, now: datetime, *, reopened: bool
) -> None:
    earlier = doubt.finding
    if doubt.state == then:
        raise Conflict("closure.decided_already", fields={"state": [then]})
    decision = {
        "state": then,
        "text": text,
        "by": by.id,
        "by_name": by.name,
        "role": by.role,
        "at": now,
        "reopened": reopened,
        "codes": [each.code for each in doubt.signals],
    }
    change = {"state": then, "signals": [as_row(each) for each in doubt.signals]}
    key, version = _write(doubt, change, decision, reopened, now)
    ticket = doubt.ticket
    told = telling(heads(ticket["department"]), ticket["number"], issue=ticket["issue"])
    row = history.append(
        THING,
        key,
        then,
        by=by,
        now=now,
        before=earlier["state"] if earlier else None,
        after=then,
        text=text,
        reasons=[each.reason for each in doubt.signals],
        data={**told, "reopened": reopened},
        version=version,
    )
    announce(f"closure.{then}", key, row, now)


def _write(
    doubt: Doubt, change: Mapping[str, Any], decision: Row, reopened: bool, now: datetime
) -> tuple[ObjectId, int]:
    """The finding's id and version now. Raises DuplicateKeyError when another made it at once."""
    ticket, earlier = doubt.ticket, doubt.finding
    if earlier is None:
        row = ClosureFinding.insert_row(
            ticket=ticket["_id"],
            issue=ticket["issue"],
            number=ticket["number"],
            department=ticket["department"],
            unit=ticket.get("unit"),
            answered_at=doubt.closed_at,
            decisions=[decision],
            reopened=reopened,
            created_at=now,
            updated_at=now,
            **change,
        )
        return row["_id"], 1
    again = {**change, "reopened": earlier["reopened"] or reopened, "updated_at": now}
    update = {"$set": again, "$push": {"decisions": decision}, "$inc": {"version": 1}}
    same = {"_id": earlier["_id"], "version": earlier["version"]}
    if not ClosureFinding.rows().update_one(same, update).modified_count:
        raise Conflict("changed_meanwhile")
    return earlier["_id"], earlier["version"] + 1
