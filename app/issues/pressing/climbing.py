"""Climbing the ladder: each rung of a promise once, in order, and not in the night."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import BooleanField, DateTimeField, DictField, IntField, ObjectIdField, StringField

from app.climbing.rungs import Reached, reach
from app.foundation.db import transaction
from app.foundation.district import pack
from app.foundation.documents import Document
from app.foundation.duties import Duty
from app.foundation.errors import Conflict
from app.foundation.history import SYSTEM
from app.issues import clocks
from app.issues.documents import Issue, Ticket
from app.issues.moves import move_ticket
from app.issues.pressing import supervising
from app.issues.work.steps import acting, on_ticket
from app.people.who import Who


class Climb(Document):
    """A rung that a ticket climbed: once for each of its promises, by a unique index.

    `late`: told later than it should have been, since the workers were away.
    """

    ticket: ObjectId = ObjectIdField(required=True)
    issue: ObjectId = ObjectIdField(required=True)
    department: ObjectId = ObjectIdField(required=True)
    promise_no: int = IntField(required=True)
    rung: str = StringField(required=True)
    due_at: datetime = DateTimeField(required=True)
    at: datetime = DateTimeField(required=True)
    late: bool = BooleanField(default=False)
    acknowledged: dict[str, Any] = DictField()

    meta: ClassVar[dict[str, Any]] = {"collection": "climbs"}


def climb(duty: Duty, now: datetime) -> None:
    """Climb the rung that is due. Outside urgent matters the night is waited out.

    A ticket that by now waits for another rung, or for none, is left alone.
    """

    def work() -> None:
        ticket = Ticket.get(duty.subject)
        reached = reach(duty, ticket.rung, now, urgent=ticket.urgent)
        if reached is not None:
            _climb(ticket, Issue.get(ticket.issue), reached, now)

    transaction(work)


def _climb(ticket: Ticket, issue: Issue, reached: Reached, now: datetime) -> None:
    code, due, late = reached.rung.code, reached.due, reached.late
    Climb(
        ticket=ticket.id,
        issue=issue.id,
        department=ticket.department,
        promise_no=ticket.promise_no,
        rung=code,
        due_at=due,
        at=now,
        late=late,
    ).insert()
    move_ticket(
        ticket,
        "climb",
        SYSTEM,
        now,
        issue=issue,
        change={"climbed": [*ticket.climbed, code], "held": {}},
        internal=True,
        data={"rung": code, "due": due, "late": late},
        tell=f"rung.{code}",
    )
    if reached.rung.supervises:
        supervising.order_by_ladder(ticket, issue, now)


def acknowledge(who: Who, key: str, *, text: str, now: datetime) -> Ticket:
    """Take note of the rung climbed last, with words: the next one is held for the district's days, once.

    Raises Conflict when no rung was climbed, or that one was acknowledged.
    """

    def step(ticket: Ticket, issue: Issue) -> None:
        word = {"by": who.id, "by_name": who.name, "at": now, "text": text}
        mine = {"ticket": ticket.id, "promise_no": ticket.promise_no, "acknowledged.by": None}
        last = ticket.climbed[-1] if ticket.climbed else None
        done = Climb.rows().update_one({**mine, "rung": last}, {"$set": {"acknowledged": word}})
        if not done.modified_count:
            raise Conflict("ticket.nothing_to_acknowledge")
        held = {}
        if ticket.rung:
            until = clocks.calendar().deadline(now, pack().ladder.acknowledged_wd)
            held = {"code": ticket.rung["code"], "until": until}
        move_ticket(
            ticket,
            "acknowledge",
            acting(who, "ticket.acknowledge", ticket),
            now,
            issue=issue,
            change={"held": held},
            text=text,
            internal=True,
            data={"rung": last},
        )

    return on_ticket(who, key, "ticket.acknowledge", step)
