"""Channels that fail are left in peace for a while: one message tries, the others wait for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from app.foundation import db
from app.notices.documents import DUE, FAILED, SENT, Message

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)
PROBE = timedelta(seconds=60)
"""How long the others wait for the one that tries whether a failing channel works again."""
LOOK_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Turn:
    """Leave to try. `failures` is how many there had been in a row."""

    failures: int


def rows() -> Any:
    """The bare collection, each row under the channel's name."""
    return db.collection("channels")


def turn(channel: str, now: datetime) -> Turn | datetime:
    """Leave to try the channel now, or until when to wait."""
    row = rows().find_one({"_id": channel})
    if row is None or not row["failures"]:
        return Turn(0)
    if row["retry_at"] > now:
        return row["retry_at"]  # type: ignore[no-any-return]
    mine = {"_id": channel, "retry_at": row["retry_at"]}
    if rows().update_one(mine, {"$set": {"retry_at": now + PROBE}}).modified_count:
        return Turn(row["failures"])
    return now + PROBE


def fails(channel: str, had: Turn, error: str | None, now: datetime) -> datetime:
    """The try failed for no fault of the message: when to try again.

    Of several that failed at once, one counts.
    """
    pause = min(FIRST_PAUSE * 2 ** min(had.failures, 10), LONGEST_PAUSE)
    change = {"failures": had.failures + 1, "retry_at": now + pause, "error": error}
    began = {} if had.failures else {"failing_since": now}
    try:
        row = rows().find_one_and_update(
            {"_id": channel, "failures": had.failures},
            {"$set": {**change, **began}},
            upsert=not had.failures,
            return_document=ReturnDocument.AFTER,
        )
    except DuplicateKeyError:
        row = None
    row = row or rows().find_one({"_id": channel}) or {}
    return row.get("retry_at") or now + FIRST_PAUSE


def works(channel: str, had: Turn) -> None:
    """The channel took a message."""
    if had.failures:
        well = {"failures": 0, "failing_since": None, "retry_at": None, "error": None}
        rows().update_one({"_id": channel}, {"$set": well})


def overview(names: Iterable[str], running: Iterable[str], now: datetime) -> list[dict[str, Any]]:
    """Each channel as it is: what waits, and what was sent and failed of the last seven days."""
    known = {row["_id"]: row for row in rows().find()}
    there = set(running)
    return [
        {
            "name": name,
            "running": name in there,
            "failures": 0,
            **known.get(name, {}),
            "waiting": Message.rows().count_documents({"channel": name, "state": DUE}),
            **{state: _ended(name, state, now) for state in (SENT, FAILED)},
        }
        for name in names
    ]


def _ended(channel: str, state: str, now: datetime) -> int:
    lately = {"channel": channel, "state": state, "ended_at": {"$gte": now - LOOK_BACK}}
    return Message.rows().count_documents(lately)
