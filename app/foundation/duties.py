"""Duties: the one mechanism for what is due.

A duty is a row with a kind, a subject, a time and a dedupe key, written in the transaction of its cause.
A worker claims it with one guarded update that holds for a lease; a worker that dies leaves a claim that
expires. `finish` belongs into the transaction of the work, so work and its end are one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId
from pymongo import ReturnDocument

from app.foundation import db

log = structlog.get_logger(__name__)

Announce = Callable[[str, str], None]

_announce: list[Announce] = []

BACKOFF_CAP = timedelta(minutes=10)


class LostClaim(Exception):
    """The lease ran out and somebody else took the duty: roll back and let them."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A claimed duty. `claim` proves it is ours until the lease ends."""

    id: ObjectId
    kind: str
    subject: ObjectId
    payload: Mapping[str, Any]
    attempts: int
    claim: str


def rows() -> Any:
    """The bare collection."""
    return db.collection("duties")


def announce_with(announce: Announce) -> None:
    """Tell `announce(kind, duty id)` of every duty due at once, after its commit. It must not raise."""
    _announce[:] = [announce]


def add(
    kind: str,
    subject: ObjectId,
    *,
    now: datetime,
    due_at: datetime | None = None,
    key: str | None = None,
    payload: Mapping[str, Any] | None = None,
    first: bool = False,
) -> None:
    """Write down that `kind` is due for `subject`; the same key twice is one duty.

    `key` defaults to kind and subject. `first` says that there can be no such duty yet, the subject being
    made in this very transaction; that spares looking. Joins the surrounding transaction.
    """
    due = due_at or now
    row = {
        "kind": kind,
        "subject": subject,
        "payload": dict(payload or {}),
        "state": "due",
        "due_at": due,
        "next_at": due,
        "attempts": 0,
        "claim": None,
        "error": None,
        "created_at": now,
        "ended_at": None,
    }
    unique = {"key": key or f"{kind}:{subject}"}
    if first:
        made = rows().insert_one(unique | row).inserted_id
    else:
        made = rows().update_one(unique, {"$setOnInsert": row}, upsert=True).upserted_id
    if made and due <= now:
        db.after_commit(lambda: hint(kind, made))


def hasten(key: str, now: datetime) -> None:
    """Make the duty with this key due now, if it waits for its time. Joins the surrounding transaction."""
    waiting = {"key": key, "state": "due", "claim": None, "next_at": {"$gt": now}}
    row = rows().find_one_and_update(waiting, {"$set": {"due_at": now, "next_at": now}})
    if row is not None:
        db.after_commit(lambda: hint(row["kind"], row["_id"]))


def move(key: str, due_at: datetime) -> bool:
    """Let the waiting duty with this key be due at another time; False when there is none.

    A worker that has it in hand loses its claim. Joins the surrounding transaction.
    """
    change = {"due_at": due_at, "next_at": due_at, "claim": None}
    return bool(rows().update_one({"key": key, "state": "due"}, {"$set": change}).matched_count)


def drop(key: str, now: datetime) -> None:
    """What is waiting under this key is no longer due; a worker that has it in hand loses its claim.

    Joins the surrounding transaction.
    """
    gone = {"state": "dropped", "ended_at": now, "claim": None}
    rows().update_one({"key": key, "state": "due"}, {"$set": gone})


def hint(kind: str, duty: ObjectId) -> None:
    """Say "look now" to whoever listens."""
    for announce in _announce:
        announce(kind, str(duty))


def claim(duty: ObjectId, *, now: datetime, lease: timedelta) -> Duty | None:
    """Take the duty for one lease, or None when it is done, not yet due, or another's."""
    token = secrets.token_hex(8)
    row = rows().find_one_and_update(
        {"_id": duty, "state": "due", "next_at": {"$lte": now}},
        {"$set": {"next_at": now + lease, "claim": token}, "$inc": {"attempts": 1}},
        return_document=ReturnDocument.AFTER,
    )
    if row is None:
        return None
    return Duty(row["_id"], row["kind"], row["subject"], row["payload"], row["attempts"], token)


def renew(duty: Duty, *, now: datetime, lease: timedelta) -> None:
    """Hold the duty for one more lease; belongs into the transaction of each part of long work.

    Raises LostClaim like `finish`.
    """
    mine = {"_id": duty.id, "claim": duty.claim, "state": "due"}
    if not rows().update_one(mine, {"$set": {"next_at": now + lease}}).matched_count:
        raise LostClaim(str(duty.id))


def finish(duty: Duty, now: datetime) -> None:
    """Mark the duty done; call it inside the transaction of the work.

    Raises LostClaim when the claim is no longer ours, which rolls the work back.
    """
    _end(duty, {"state": "done", "ended_at": now})


def again(duty: Duty, due_at: datetime) -> None:
    """End this turn and let the duty be due anew; inside the transaction of the work, like `finish`.

    Raises LostClaim like `finish`.
    """
    anew = {"due_at": due_at, "next_at": due_at, "claim": None, "attempts": 0, "error": None}
    mine = {"_id": duty.id, "claim": duty.claim, "state": "due"}
    if not rows().update_one(mine, {"$set": anew}).modified_count:
        raise LostClaim(str(duty.id))


def fail(duty: Duty, now: datetime, error: str) -> None:
    """End the duty as failed, for a person to look at. Raises LostClaim like `finish`."""
    _end(duty, {"state": "failed", "ended_at": now, "error": error})


def give_up(duty: Duty, now: datetime) -> None:
    """Leave it as failed, where operators see it: what work does that was tried often enough."""
    fail(duty, now, "gave up")


def _end(duty: Duty, change: Mapping[str, Any]) -> None:
    mine = {"_id": duty.id, "claim": duty.claim, "state": "due"}
    if not rows().update_one(mine, {"$set": {**change, "claim": None}}).modified_count:
        raise LostClaim(str(duty.id))


def put_back(duty: Duty, now: datetime, error: str) -> None:
    """Let it be tried again after a pause of 1, 2, 4 … seconds, ten minutes at most."""
    pause = min(timedelta(seconds=2 ** min(duty.attempts - 1, 12)), BACKOFF_CAP)
    _let_go(duty, now + pause, error, attempts=0)


def postpone(duty: Duty, now: datetime, pause: timedelta, error: str) -> None:
    """Let it be tried again after the pause, as if this try had not been: the duty is not to blame."""
    _let_go(duty, now + pause, error, attempts=-1)


def _let_go(duty: Duty, next_at: datetime, error: str, attempts: int) -> None:
    rows().update_one(
        {"_id": duty.id, "claim": duty.claim, "state": "due"},
        {
            "$set": {"next_at": next_at, "claim": None, "error": error[:500]},
            "$inc": {"attempts": attempts},
        },
    )


def due(now: datetime, limit: int = 500) -> list[tuple[str, ObjectId]]:
    """Kind and id of what is due and in nobody's hands, the longest waiting first."""
    cursor = rows().find({"state": "due", "next_at": {"$lte": now}}, {"kind": 1})
    return [(row["kind"], row["_id"]) for row in cursor.sort("next_at", 1).limit(limit)]


def backlog(now: datetime, late: timedelta) -> dict[str, int]:
    """How many duties wait, how many of them for longer than `late`, and how many ended as failed."""
    waiting = {"state": "due", "due_at": {"$lte": now}}
    return {
        "waiting": rows().count_documents(waiting),
        "late": rows().count_documents({"state": "due", "due_at": {"$lte": now - late}}),
        "failed": rows().count_documents({"state": "failed"}),
    }
