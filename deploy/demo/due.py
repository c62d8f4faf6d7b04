"""Doing what is due for one subject, as a worker would have done it at that time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bson import ObjectId

from app.foundation import duties
from app.foundation.duties import Duty

Work = Callable[[Duty, datetime], None]

LEASE = timedelta(seconds=60)
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "steward:demo-district")


def client_id(key: str) -> str:
    """The same id for the same key at every run, so that a second run finds what the first made."""
    return str(uuid.uuid5(_NAMESPACE, key))


@dataclass(frozen=True, slots=True)
class Next:
    """What falls due first."""

    subject: ObjectId
    due_at: datetime


def next_due(subjects: Sequence[ObjectId], kinds: Collection[str], until: datetime) -> Next | None:
    """What of these kinds falls due first for these subjects, by `until`; None when nothing does."""
    query = {
        "subject": {"$in": list(subjects)},
        "state": "due",
        "kind": {"$in": list(kinds)},
        "next_at": {"$lte": until},
    }
    row = duties.rows().find_one(query, sort=[("next_at", 1)])
    return Next(row["subject"], row["next_at"]) if row else None


def do_due(
    subject: ObjectId, work: Mapping[str, Work], *, at: datetime, claimed_at: datetime | None = None
) -> int:
    """Do the due work of these kinds as of `at`; how much of it was there to claim."""
    query = {"subject": subject, "state": "due", "kind": {"$in": list(work)}}
    done = 0
    for row in list(duties.rows().find(query, {"kind": 1})):
        duty = duties.claim(row["_id"], now=claimed_at or at, lease=LEASE)
        if duty is not None:
            work[duty.kind](duty, at)
            done += 1
    return done
