"""Joint meetings on an issue: who, when, what was agreed, and a ruling where departments quarrel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, ListField, ObjectIdField, StringField

from app.departments import registry
from app.foundation.db import Row, transaction
from app.foundation.documents import Document
from app.foundation.errors import Conflict, Invalid
from app.issues import barring
from app.issues.access import issue_ties, require_issue, see_issue
from app.issues.documents import Issue, Ticket
from app.issues.moves import move_issue, move_ticket
from app.issues.pressing import agreeing
from app.issues.pressing.agreeing import Task
from app.issues.reporters import hides_reporter
from app.issues.tickets import with_department
from app.issues.work import passing
from app.issues.work.steps import on_issue, told
from app.people.access import actor, require
from app.people.announcing import announce
from app.people.who import Who
from config.pack import DISPATCH


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is settled between departments: whether it is this one's (`yours`, `not_yours`), and why."""

    department: ObjectId
    ruling: str
    reason: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """What is written down of a meeting. `attendees` are names as people say them."""

    held_at: datetime
    agreed: str
    place: str = ""
    attendees: Sequence[str] = ()
    tasks: Sequence[Task] = ()
    ruling: Ruling | None = None


class Meeting(Document):
    """A meeting as it was written down by `by`; never edited. What was agreed to be done is in `Agreed`.

    `ruling` is {department, ruling, reason}, empty when nothing was ruled.
    """

    issue: ObjectId = ObjectIdField(required=True)
    held_at: datetime = DateTimeField(required=True)
    place: str = StringField(default="")
    attendees: list[str] = ListField(StringField())
    agreed: str = StringField(required=True)
    ruling: dict[str, Any] = DictField()
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    created_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "meetings"}


def hold(who: Who, key: str, minutes: Minutes, now: datetime) -> Issue:
    """Write a meeting down. What was agreed becomes duties of its owners, who are told.

    A ruling is the dispatcher's or inspector's, and final: see `_settle`. Raises Invalid for a meeting that
    is yet to come, for what `agreeing.check` refuses, and for a department that never had the issue;
    Forbidden and Conflict for rulings that may not be.
    """
    if minutes.held_at > now:
        raise Invalid("meeting.yet_to_come", fields={"held_at": []})

    def work() -> Issue:
        issue = see_issue(who, key)
        barring.check_ordinary(issue)
        ruled = _rule(who, issue, minutes.ruling, now) if minutes.ruling else None

        def step(issue: Issue) -> None:
            agreeing.check(issue, minutes.tasks, now)
            change = {"rulings": [*issue.rulings, ruled]} if ruled else {}
            made = _write_down(who, issue, minutes, change, now)
            agreeing.agree(issue, made.id, minutes.tasks, who.id, now)

        return on_issue(who, key, "issue.meet", step)

    return transaction(work)


def _write_down(who: Who, issue: Issue, minutes: Minutes, change: Row, now: datetime) -> Meeting:
    by, ruling = actor(who, "issue.meet", issue_ties(issue)), minutes.ruling
    made = Meeting(
        issue=issue.id,
        held_at=minutes.held_at,
        place=minutes.place,
        attendees=list(minutes.attendees),
        agreed=minutes.agreed,
        ruling=asdict(ruling) if ruling else {},
        by=who.id,
        by_name=by.name,
        created_at=now,
    ).insert()
    owners = list(dict.fromkeys(ObjectId(task.owner_id) for task in minutes.tasks))
    move_issue(
        issue,
        "meet",
        by,
        now,
        change=change,
        text=minutes.agreed,
        internal=True,
        data={"meeting": made.id, "people": owners},
        tell="issue.met" if owners else None,
    )
    return made


def held_on(who: Who, issue: Issue) -> list[Row]:
    """The meetings on an issue, the oldest first, each with its `duties`; for those who see what is internal.

    An anonymous owner who has something to do stays nameless for those who must not know them.
    """
    rows = list(Meeting.rows().find({"issue": issue.id}).sort([("held_at", 1), ("_id", 1)]))
    if not rows:
        return []
    hidden = issue.owner if hides_reporter(who, issue) else None
    tasks = [
        _nameless(task) if task["owner"] == hidden else task
        for task in agreeing.of_meetings(row["_id"] for row in rows)
    ]
    names = registry.names(row["ruling"]["department"] for row in rows if row.get("ruling"))
    return [
        {
            **row,
            "duties": [task for task in tasks if task["meeting"] == row["_id"]],
            "department_name": names.get(row["ruling"]["department"])
            if row.get("ruling")
            else None,
        }
        for row in rows
    ]


def _nameless(task: Row) -> Row:
    done = {**task["done"], "by_name": None} if task.get("done") else None
    return {**task, "owner": None, "owner_name": None, "done": done}


def _rule(who: Who, issue: Issue, ruling: Ruling, now: datetime) -> Row | None:
    """Settle for good whether the issue is a department's; before the meeting's own step.

    Gives what that step has still to add to the issue's rulings. Raises Forbidden for others than
    dispatchers and inspectors, Invalid for a department that never had a ticket of it, Conflict for a
    second ruling on one department.
    """
    require_issue(who, "issue.meet", issue)
    require(who, "ticket.rule", issue_ties(issue))
    passing.check_settler(who, issue)
    held = Ticket.objects(issue=issue.id, department=ruling.department)
    ticket = held.order_by("-live", "-dispatched_at", "-id").first()
    if ticket is None:
        blamed = {"ruling.department_id": [str(ruling.department)]}
        raise Invalid("meeting.never_had_it", fields=blamed)
    if any(each["department"] == ruling.department for each in issue.rulings):
        raise Conflict("ticket.ruled_already")
    try:
        return _settle(who, issue, ticket, ruling, now)
    except Conflict as error:
        raise told(error, issue.id, ticket.id) from None


def _settle(who: Who, issue: Issue, ticket: Ticket, ruling: Ruling, now: datetime) -> Row | None:
    """What a ruling does with the department's last ticket.

    One that was returned and not placed since is ruled upon like any return. A live one stays for good, or
    goes back to the dispatcher. Otherwise the ruling stands for whenever the issue comes to them again.
    """
    unplaced = ticket.role == "assist" or issue.state == "dispatching"
    if ticket.state == "returned" and unplaced:
        passing.rule(who, str(ticket.id), ruling=ruling.ruling, reason=ruling.reason, now=now)
        return None
    by = actor(who, "ticket.rule", issue_ties(issue))
    ruled = {**asdict(ruling), "by": who.id, "by_name": by.name, "at": now}
    if not ticket.live:
        return ruled
    yours, lead = ruling.ruling == "yours", ticket.role == "lead"
    desk = {} if yours else {"departments": with_department(issue, registry.by_code(DISPATCH).id)}
    row = move_ticket(
        ticket,
        "rule_stay" if yours else "rule_away",
        by,
        now,
        issue=issue,
        issue_action="return" if lead and not yours else None,
        issue_change={"rulings": [*issue.rulings, ruled], **desk},
        change={"final": True} if yours else {},
        text=ruling.reason,
        internal=True,
        data={"ruling": ruling.ruling},
        tell="ticket.ruled",
    )
    if lead and not yours:
        announce("issue.needs_placing", issue.id, row, now)
    return None
