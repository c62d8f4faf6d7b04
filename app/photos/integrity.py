"""The continuous check: with each sealed day one slice of the stock, and what differs is told."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId

from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.duties import Duty
from app.gateways.store import Store
from app.photos import ledger
from app.photos.ledger_check import Difference, Finding, Slice, step

log = structlog.get_logger(__name__)

KIND = "evidence.check"
BUDGET_SECONDS = 20.0
"""For how long one duty goes on before it hands on to the next: well within a lease."""


def check(duty: Duty, store: Store, keys: Collection[str], days: int, now: datetime) -> None:
    """Go on with the slice of a day, one of `days`; write down what differs; add a duty for the rest.

    A day so long ago that its slice has come round again since is left out.
    """
    day = date.fromisoformat(duty.payload["day"])
    after: str | None = duty.payload.get("after", "")
    found: list[Difference] = []
    if day <= ledger.day_of(now) - timedelta(days=days + 1):
        after = None
    part, until = Slice(day.toordinal() % days, days), time.monotonic() + BUDGET_SECONDS
    while after is not None:
        done = step(store, keys, part, after)
        found, after = [*found, *done.found], done.after
        if time.monotonic() > until:
            break

    def work() -> None:
        record(found, now)
        if after is not None:
            key, payload = f"{KIND}:{day}:{after}", {"day": day.isoformat(), "after": after}
            duties.add(KIND, ObjectId(), now=now, key=key, payload=payload)
        duties.finish(duty, now)

    transaction(work)


def record(found: Sequence[Difference], now: datetime) -> None:
    """Write down what differs; what is new goes into the history of its photo or day, and is announced.

    People are told of the first of a day only: a lost disk is one piece of news, not thousands.
    """
    for each in found:
        seen = Finding.rows().update_one({"key": each.key}, {"$set": {"last_seen": now}})
        if not seen.matched_count:
            subject, row = _new(each, now)
            key = f"notices.deliver:evidence:{ledger.day_of(now)}"
            payload = {"event": "evidence.differs", "row": row}
            duties.add("notices.deliver", subject, now=now, key=key, payload=payload)


def _new(each: Difference, now: datetime) -> tuple[ObjectId, ObjectId]:
    """The subject and the history row."""
    named: dict[str, Any] = {"photo": each.photo, "day": each.day}
    finding = Finding(
        key=each.key,
        kind=each.reason.code,
        reason=each.reason.as_dict(),
        first_seen=now,
        last_seen=now,
        **named,
    ).insert()
    log.error("evidence_differs", kind=each.reason.code, photo=str(each.photo), day=each.day)
    thing, subject = ("photo", each.photo) if each.photo else ("finding", finding.id)
    row = history.append(
        thing,
        subject,
        "integrity",
        by=history.SYSTEM,
        now=now,
        reasons=[each.reason],
        internal=True,
        data={"day": each.day},
    )
    return subject, row


def standing(now: datetime, days: int) -> int:
    """How many differences stand: those that the last full round of `days` days saw."""
    since = now - timedelta(days=days + 1)
    return Finding.rows().count_documents({"last_seen": {"$gte": since}})


def days_behind(now: datetime) -> int:
    """How many days should be sealed and are not."""
    last = ledger.last_root()
    if last is None:
        return 0
    next_day = date.fromisoformat(last.day) + timedelta(days=1)
    late = now - ledger.seal_due(next_day)
    return max(0, late.days + 1) if late > timedelta() else 0
