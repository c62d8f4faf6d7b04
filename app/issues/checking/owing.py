"""What is owed: every waiting thing has its duty, every step is told of once, nothing lies about undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.reasons import Reason
from app.issues.checking.findings import Case, Finding, Rules, dug
from app.issues.checking.telling import wanted


def ends_of_waiting(case: Case, rules: Rules) -> Iterator[Finding]:
    """What waits for somebody does not wait for ever: routing, a reply, the enterprise's word."""
    issue = case.issue
    if issue["state"] == "submitted" and not case.waiting("issues.route", issue["_id"]):
        yield case.finding(Reason("check.route_missing"))
    if issue["state"] == "answered":
        ends = [dug(row, "payload", "confirm_by") for row in _waiting(case, "issues.lapse", issue)]
        if issue.get("confirm_by") not in [end for end in ends if end]:
            yield case.finding(Reason("check.lapse_missing"))
    for ticket in case.tickets:
        if ticket["state"] == "waiting_enterprise":
            asked = [
                dug(row, "payload", "asked_at") for row in _waiting(case, "issues.go_on", ticket)
            ]
            if dug(ticket, "question", "at") not in [at for at in asked if at]:
                yield case.finding(Reason("check.go_on_missing"), ticket)


def told(case: Case, rules: Rules) -> Iterator[Finding]:
    """Every step that people must hear of has the duty to tell them, done or not."""
    owed: dict[ObjectId, set[str]] = {}
    for row in case.duties:
        if row["kind"] == "notices.deliver":
            owed.setdefault(row["payload"]["row"], set()).add(row["payload"]["event"])
    for row in case.history:
        for events in wanted(row):
            if not owed.get(row["_id"], set()) & {*events}:
                said = {
                    "action": row["action"],
                    "row": str(row["_id"]),
                    "events": "、".join(events),
                }
                yield case.finding(Reason("check.not_told", said))


def told_once(case: Case, rules: Rules) -> Iterator[Finding]:
    """Nobody is told of one event of one step twice, by no channel."""
    yield from _doubled(case, "notices", case.notices, "person")
    yield from _doubled(case, "outbox", case.messages, "person", "channel")
    yield from _doubled(case, "calls", case.calls, "contact.person")


def _waiting(case: Case, kind: str, thing: Row) -> list[Row]:
    return case.waiting(kind, thing["_id"])


def _doubled(case: Case, where: str, rows: Iterable[Row], *names: str) -> Iterator[Finding]:
    keys = Counter(tuple(_key(row, names)) for row in rows)
    for (_, event, *whom), times in keys.items():
        if times > 1:
            said = {
                "where": where,
                "event": event,
                "whom": " ".join(map(str, whom)),
                "times": times,
            }
            yield case.finding(Reason("check.told_twice", said))


def _key(row: Mapping[str, Any], names: Iterable[str]) -> Iterator[Any]:
    for name in ("row", "event", *names):
        yield dug(row, *name.split("."))
