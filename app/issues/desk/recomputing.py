"""Open promises, computed anew once the calendar knows more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from bson import ObjectId

from app.foundation import duties
from app.foundation.db import transaction
from app.foundation.duties import Duty
from app.foundation.history import SYSTEM
from app.foundation.reasons import Reason
from app.issues import clocks, rungs
from app.issues.documents import Issue, Ticket
from app.issues.moves import machine_of, move_issue, move_ticket
from app.issues.work.asking import said
from app.people.announcing import announce

LEASE = timedelta(minutes=2)
SLICE = 50


def recompute(duty: Duty, now: datetime) -> None:
    """Give every open issue and ticket the times that follow from the calendar of now, with history.

    Issue by issue, each in a transaction of its own: doing it again changes nothing more, so a worker
    that dies half-way costs nothing.
    """
    for n, key in enumerate(_open_issues()):
        if n % SLICE == 0:
            transaction(lambda: duties.renew(duty, now=now, lease=LEASE))
        transaction(partial(_recompute, key, now))
    transaction(lambda: duties.finish(duty, now))


def _open_issues() -> Iterator[ObjectId]:
    unended = {"state": {"$nin": [*machine_of("issue").ended]}, "clock.start": {"$exists": True}}
    for row in Issue.rows().find(unended, {"_id": 1}).sort("_id", 1):
        yield row["_id"]


def _recompute(key: ObjectId, now: datetime) -> None:
    issue, days, rules = Issue.get(key), clocks.calendar(), machine_of("ticket")
    before = issue.promise.get("resolve_by")
    whole = clocks.timed(issue.clock, days).of_issue()
    moved = whole["promise"] != dict(issue.promise)
    due = whole["promise"]["resolve_by"]
    reasons = [Reason("promise.recomputed", {"due": said(due)})]
    row = None
    if moved:
        row = move_issue(issue, "recompute", SYSTEM, now, change=whole, reasons=reasons)
    # What is answered was in time or not by what it was promised then.
    open_ = [state for state in rules.states if "recompute" in rules.legal(state)]
    for ticket in Ticket.objects(issue=key, live=True, state__in=open_):
        own = clocks.timed(ticket.clock, days).of_ticket()
        moved = own["why"] != list(ticket.why) or own["resolve_by"] != ticket.resolve_by
        # A day off after the promise moves the rungs that stand after it.
        if moved or rungs.stale(ticket, days):
            move_ticket(ticket, "recompute", SYSTEM, now, issue=issue, change=own, internal=True)
    if row is not None and before != due:
        announce("issue.promise_moved", issue.id, row, now)
