"""A department became part of another: its open tickets move, in one audited act, and its approvals."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from bson import ObjectId

from app.departments import registry
from app.departments.documents import Department
from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.duties import Duty
from app.foundation.history import SYSTEM
from app.issues import barring
from app.issues.documents import Issue, Ticket
from app.issues.moves import move_ticket
from app.issues.pressing import supervising
from app.issues.tickets import with_department
from app.projects.approvals import succession
from config.pack import RESTRICTED

LEASE = timedelta(minutes=2)
SLICE = 50


def reorganise(duty: Duty, now: datetime) -> None:
    """Move each open ticket to the successor: same state, same person, same clock, nothing restarted.

    Every row names the act (`row` of the duty); the act's own history tells how many there were. A worker
    that dies goes on where the last one stopped.
    """
    successor, act = Department.get(duty.payload["successor"]), duty.payload["row"]
    for row in Issue.rows().find({"barred": duty.subject}, {"_id": 1}).sort("_id", 1):
        transaction(partial(_bar, row["_id"], successor, act, now))
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
        succession.follow(duty.subject, successor.id)
        history.append("department", duty.subject, "tickets_moved", by=SYSTEM, now=now, data=data)
        duties.finish(duty, now)

    transaction(end)


def _bar(key: ObjectId, successor: Department, act: ObjectId, now: datetime) -> None:
    """What a department was barred from, its successor is: what it works on of that goes to the desk."""
    issue = Issue.get(key)
    if successor.id in issue.barred:
        return
    held = Ticket.objects(issue=key, department=successor.id, live=True)
    for ticket in held:
        _hand_over(ticket, issue, registry.by_code(RESTRICTED), act, now)
    barred = Department.objects(id__in=[*issue.barred, successor.id])
    says = barring.fields(issue.restricted, barred)
    seeing = [each for each in issue.departments if each != successor.id]
    Issue.rows().update_one({"_id": key}, {"$set": {**says, "departments": seeing}})
    issue.reload()
    barring.mark_tickets(issue, issue.barred)


def _move(
    key: ObjectId, old: ObjectId, successor: Department, act: ObjectId, now: datetime
) -> None:
    ticket = Ticket.get(key)
    if ticket.department != old or not ticket.live:
        return
    issue = Issue.get(ticket.issue)
    barred = successor.id in issue.barred
    new = registry.by_code(RESTRICTED) if barred else successor
    _hand_over(ticket, issue, new, act, now)


def _hand_over(
    ticket: Ticket, issue: Issue, successor: Department, act: ObjectId, now: datetime
) -> None:
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
