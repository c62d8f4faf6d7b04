"""History: appended, never edited. One row says who did what to a thing, why, when, from and to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import db
from app.foundation.reasons import Reason


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a row names. `id` is None when the system itself acted."""

    id: ObjectId | None
    name: str
    role: str


SYSTEM = Actor(None, "系统", "system")


def rows() -> Any:
    """The bare collection. Only `append` writes to it."""
    return db.collection("history")


def append(
    thing: str,
    thing_id: ObjectId,
    action: str,
    *,
    by: Actor,
    now: datetime,
    part_id: ObjectId | None = None,
    before: str | None = None,
    after: str | None = None,
    text: str = "",
    internal: bool = False,
    reasons: Iterable[Reason] = (),
    data: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> ObjectId:
    """Add one row to the history of `thing` and give its id. Joins the surrounding transaction.

    `part_id` names the part concerned (an issue's ticket). `internal` rows never leave the departments.
    `version` is the thing's after a guarded step: rows of two who were at it at once are in the order of
    their versions, whatever their clocks say, and none can be missing unseen.
    """
    row = _row(
        thing,
        thing_id,
        action,
        by=by,
        now=now,
        part_id=part_id,
        before=before,
        after=after,
        text=text,
        internal=internal,
        reasons=reasons,
        data=data,
        version=version,
    )
    rows().insert_one(row)
    return row["_id"]  # type: ignore[no-any-return]


def append_all(told: Iterable[Mapping[str, Any]]) -> None:
    """Add many rows in one go, each given as what `append` takes, by name."""
    if made := [_row(**each) for each in told]:
        rows().insert_many(made)


def _row(
    thing: str,
    thing_id: ObjectId,
    action: str,
    *,
    by: Actor,
    now: datetime,
    part_id: ObjectId | None = None,
    before: str | None = None,
    after: str | None = None,
    text: str = "",
    internal: bool = False,
    reasons: Iterable[Reason] = (),
    data: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> dict[str, Any]:
    return {
        "_id": ObjectId(),
        "thing": thing,
        "thing_id": thing_id,
        "part_id": part_id,
        "action": action,
        "by": by.id,
        "by_name": by.name,
        "role": by.role,
        "at": now,
        "from": before,
        "to": after,
        "text": text,
        "internal": internal,
        "reasons": [reason.as_dict() for reason in reasons],
        "data": dict(data or {}),
        **({} if version is None else {"version": version}),
    }


def of(thing: str, thing_id: ObjectId, *, internal: bool) -> list[dict[str, Any]]:
    """The rows of one thing, oldest first; internal ones only when asked for."""
    query: dict[str, Any] = {"thing": thing, "thing_id": thing_id}
    if not internal:
        query["internal"] = False
    return list(rows().find(query).sort([("at", 1), ("_id", 1)]))


def last(thing: str, thing_id: ObjectId, part_id: ObjectId | None = None) -> dict[str, Any] | None:
    """The newest row of one thing, or of one part of it."""
    query: dict[str, Any] = {"thing": thing, "thing_id": thing_id}
    if part_id is not None:
        query["part_id"] = part_id
    found: dict[str, Any] | None = rows().find_one(query, sort=[("at", -1), ("_id", -1)])
    return found
