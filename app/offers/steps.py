"""What all that goes step by step here shares: a table of states, one guarded step, making a thing once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row
from app.foundation.documents import Document
from app.foundation.errors import Conflict
from app.foundation.history import Actor
from app.foundation.replay import Created
from app.people.announcing import announce, telling

C = TypeVar("C", bound=Created)
Table = Mapping[str, Mapping[str, str]]
"""`table[action][state before]` is the state after; what is not there is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Word that is owed of a step: which event, to whom, by what name, by when they are to act."""

    event: str
    people: Collection[ObjectId]
    name: str
    due: Any = None
    about: Mapping[str, ObjectId | None] = field(default_factory=dict)


def after(table: Table, action: str, state: str) -> str:
    """The state after an action. Raises Conflict, with what is legal, when this one forbids it."""
    try:
        return table[action][state]
    except KeyError:
        fields = {"action": [action], "state": [state], "legal": legal(table, state)}
        raise Conflict("offers.transition_not_allowed", fields=fields) from None


def legal(table: Table, state: str) -> list[str]:
    """The actions that a state allows, in the table's order."""
    return [action for action, steps in table.items() if state in steps]


def take(
    document: type[Document],
    thing: str,
    row: Row,
    action: str,
    then: str,
    by: Actor,
    now: datetime,
    *,
    values: Mapping[str, Any] | None = None,
    push: Mapping[str, Any] | None = None,
    text: str = "",
    tell: Word | None = None,
    internal: bool = False,
) -> None:
    """One step of a stored thing, with its history row and word of it; joins the surrounding transaction.

    Raises Conflict when somebody was faster.
    """
    update: Row = {
        "$set": {**(values or {}), "state": then, "updated_at": now},
        "$inc": {"version": 1},
        **({"$push": dict(push)} if push else {}),
    }
    same = {"_id": row["_id"], "version": row["version"], "state": row["state"]}
    if not document.rows().update_one(same, update).modified_count:
        raise Conflict("changed_meanwhile")
    said = {
        "before": row["state"],
        "after": then,
        "text": text,
        "version": row["version"] + 1,
        "internal": internal,
    }
    told(thing, row["_id"], action, by, now, data={"set": {**(values or {})}}, tell=tell, **said)


def told(
    thing: str,
    key: ObjectId,
    action: str,
    by: Actor,
    now: datetime,
    *,
    data: Mapping[str, Any] | None = None,
    tell: Word | None = None,
    **said: Any,
) -> None:
    """Append the history row of what was done, and owe word of it; joins the surrounding transaction."""
    known: Row = dict(data or {})
    if tell is not None:
        known |= telling(tell.people, tell.name, due=tell.due, **tell.about)
    row = history.append(thing, key, action, by=by, now=now, data=known, **said)
    if tell is not None:
        announce(tell.event, key, row, now)


def signed(by: Actor, now: datetime, **more: Any) -> Row:
    """Who says it, and when, with what they say."""
    return {"by": by.id, "by_name": by.name, "role": by.role, "at": now, **more}
