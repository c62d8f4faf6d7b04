"""What names something that is gone, and duties that nobody does; read in passing, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from app.foundation import db, duties
from app.foundation.reasons import Reason
from app.issues.checking.findings import Finding, dug

BATCH = 2000
STUCK_AFTER, CLAIM_OVER = timedelta(hours=1), timedelta(minutes=10)
"""Due for so long, and in nobody's hands for so long. The pause after a failure is 10 minutes at most."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`name` of each row of `collection` that matches names a row of `target`."""

    collection: str
    name: str
    target: str
    matches: Mapping[str, Any] = field(default_factory=dict)


REFERENCES = (
    Reference("tickets", "issue", "issues"),
    Reference("history", "thing_id", "issues", {"thing": "issue"}),
    Reference("climbs", "ticket", "tickets"),
    Reference("duties", "payload.row", "history", {"kind": "notices.deliver"}),
    # A digest is of a day, not of a step.
    Reference("notices", "row", "history", {"event": {"$ne": "digest.daily"}}),
    Reference("outbox", "notice", "notices"),
    Reference("calls", "row", "history"),
    Reference("supervisions", "issue", "issues"),
    Reference("meetings", "issue", "issues"),
    Reference("agreed", "meeting", "meetings"),
    *(
        Reference("duties", "subject", target, {"state": "due", "kind": kind})
        for kind, target in (
            ("issues.route", "issues"),
            ("issues.lapse", "issues"),
            ("issues.climb", "tickets"),
            ("issues.go_on", "tickets"),
        )
    ),
)


def dangling(reference: Reference) -> Iterator[Finding]:
    """Rows that name what is not there. What is named is looked for after it was read: nothing goes again."""
    shows = {reference.name: 1}
    rows = db.collection(reference.collection)
    cursor = rows.find(reference.matches, shows, batch_size=BATCH)
    target = db.collection(reference.target)
    while some := list(islice(cursor, BATCH)):
        named = {row["_id"]: dug(row, *reference.name.split(".")) for row in some}
        there = target.find({"_id": {"$in": list({*named.values()})}}, {"_id": 1})
        known = {row["_id"] for row in there}
        for key, name in named.items():
            if name not in known:
                gone = {"field": reference.name, "target": reference.target, "named": str(name)}
                yield Finding(f"{reference.collection} {key}", Reason("check.dangling", gone))


def stuck(now: datetime) -> Iterator[Finding]:
    """Duties that were to be done long ago and are in nobody's hands."""
    late = {"$lte": now - STUCK_AFTER}
    query = {"state": "due", "next_at": {"$lte": now - CLAIM_OVER}, "due_at": late}
    for row in duties.rows().find(query, {"kind": 1, "key": 1, "due_at": 1, "error": 1}):
        said = {
            "key": row["key"],
            "due": row["due_at"].isoformat(),
            "error": row.get("error") or "",
        }
        yield Finding(f"duty {row['_id']}", Reason("check.duty_stuck", said))
