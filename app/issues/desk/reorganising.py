"""A department became part of another: its open tickets move, in one audited act."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from bson import ObjectId

from app.departments.documents import Department
from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.duties import Duty
from app.foundation.history import SYSTEM
from app.issues.documents import Issue, Ticket
from app.issues.moves import move_ticket
from app.issues.pressing import supervising
from app.issues.tickets import with_department

LEASE = timedelta(minutes=2)
SLICE = 50


def reorganise(duty: Duty, now: datetime) -> None:
    """Move each open ticket to the successor: same state, same person, same clock, nothing restarted.

    Every row names the act (`row` of the duty); the act's own history tells how many there were. A worker
    that dies goes on where the last one stopped.
    """
    successor, act = Department.get(duty.payload["successor"]), duty.payload["row"]
    while True:
        found = Ticket.rows().find({"department": duty.subject, "live": True}, {"_id": 1})
        keys = [row["_id"] for row in found.limit(SLICE)]
        if not keys:
            break
        transaction(lambda: duties.renew(duty, now=now, lease=LEASE))
        for key in keys:
            transaction(partial(_move, key, duty.subject, successor, act, now))

    def end() -> None:
        moved = history.rows().count_documents({"action": "reorganise", "data.act": act})
        data = {"act": act, "successor": successor.id, "tickets": moved}
        supervising.follow(duty.subject, successor.id)
        history.append("department", duty.subject, "tickets_moved", by=SYSTEM, now=now, data=data)
        duties.finish(duty, now)

    transaction(end)


def _move(
    key: ObjectId, old: ObjectId, successor: Department, act: ObjectId, now: datetime
) -> None:
    ticket = Ticket.get(key)
    if ticket.department != old or not ticket.live:
        return
    issue = Issue.get(ticket.issue)
    move_ticket(
        ticket,
        "reorganise",
        SYSTEM,
        now,
        issue=issue,
        issue_change={"departments": with_department(issue, successor.id)},
        change={"department": successor.id},
        data={"act": act, "department": successor.id, "department_name": successor.name},
    )
