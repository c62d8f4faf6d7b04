"""What was agreed at a meeting to be done: by whom, by which day, and whether it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ObjectIdField, StringField

from app.foundation import duties
from app.foundation.db import Row, transaction
from app.foundation.district import local, pack
from app.foundation.documents import Document
from app.foundation.duties import Duty
from app.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from app.foundation.history import SYSTEM
from app.foundation.ids import object_id
from app.foundation.reasons import Reason
from app.issues import clocks
from app.issues.access import issue_ties, sees_internal, sees_issue
from app.issues.documents import Issue
from app.issues.moves import lead_of, move_issue
from app.issues.pressing.staff import above, departments_of
from app.people import login
from app.people.access import allowed
from app.people.documents import Person
from app.people.who import Who
from app.photos import actions as photos

OPEN, DONE, DROPPED = "open", "done", "dropped"
TOLD_AT = time(9)


@dataclass(frozen=True, slots=True)
class Task:
    """What one person is to do by a day of the district."""

    text: str
    owner_id: str
    due_on: date


class Agreed(Document):
    """One thing agreed at a meeting, the `n`th of it, from 1.

    `due_on` is a day (ISO), `due_at` 9:00 of it, local. Open until its owner does it (`done` {text, photos,
    by, by_name, at}) or its issue is withdrawn or merged. `recorder` wrote the meeting down.
    """

    meeting: ObjectId = ObjectIdField(required=True)
    issue: ObjectId = ObjectIdField(required=True)
    number: str = StringField(required=True)
    n: int = IntField(required=True)
    text: str = StringField(required=True)
    owner: ObjectId = ObjectIdField(required=True)
    due_on: str = StringField(required=True)
    due_at: datetime = DateTimeField(required=True)
    recorder: ObjectId = ObjectIdField(required=True)
    state: str = StringField(required=True, choices=(OPEN, DONE, DROPPED), default=OPEN)
    done: dict[str, Any] = DictField()
    created_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "agreed"}


def agree(
    issue: Issue, meeting: ObjectId, tasks: Sequence[Task], recorder: ObjectId, now: datetime
) -> None:
    """Write down what was agreed, each with its duty; inside the caller's transaction, once checked."""
    for n, task in enumerate(tasks, 1):
        due_at = datetime.combine(task.due_on, TOLD_AT, pack().zone)
        made = Agreed(
            meeting=meeting,
            issue=issue.id,
            number=issue.number,
            n=n,
            text=task.text,
            owner=ObjectId(task.owner_id),
            due_on=task.due_on.isoformat(),
            due_at=due_at,
            recorder=recorder,
            created_at=now,
        ).insert()
        _owe(made, due_at, now, overdue=False)


def check(issue: Issue, tasks: Sequence[Task], now: datetime) -> None:
    """Raise Invalid for a day that is over, and for an owner who is not active or may not see the issue."""
    today, seeing = local(now).date(), _seeing(issue, {task.owner_id for task in tasks})
    blamed: dict[str, list[Reason]] = {}
    for n, task in enumerate(tasks):
        if task.owner_id not in seeing:
            blamed[f"duties.{n}.owner_id"] = [Reason("agreed.owner_cannot_see")]
        if task.due_on < today:
            blamed[f"duties.{n}.due_on"] = [Reason("work.time_is_over")]
    if blamed:
        raise Invalid("request.invalid", fields=blamed)


def agreed_due(duty: Duty, now: datetime) -> None:
    """The day has come: its owner is told. A working day later, and not done, so is who is above them."""
    overdue = duty.payload["overdue"]

    def work() -> None:
        found = Agreed.get(duty.subject)
        if found.state == OPEN:
            issue, days = Issue.get(found.issue), clocks.calendar()
            people = above(found.owner, issue, found.recorder) if overdue else [found.owner]
            move_issue(
                issue,
                "agreed_due",
                SYSTEM,
                now,
                text=found.text,
                internal=True,
                data={
                    **_named(found),
                    "people": people,
                    "overdue": overdue,
                    "due": days.closing(local(found.due_at).date()),
                },
                tell="issue.agreed_due",
            )
            if not overdue:
                _owe(found, days.deadline(found.due_at, 1), now, overdue=True)
        duties.finish(duty, now)

    transaction(work)


def done(
    who: Who, meeting: str, n: int, *, text: str, photo_ids: Sequence[str], now: datetime
) -> Agreed:
    """What was agreed is done, says its owner or a head of the owner's department.

    Raises NotFound for those who may not know of it, Forbidden for others, Conflict when it is not open.
    """

    def work() -> Agreed:
        found = see(who, meeting, n)
        issue = Issue.get(found.issue)
        _check_doer(who, found, issue)
        if found.state != OPEN:
            raise Conflict("agreed.not_open", fields={"state": [found.state]})
        pictures, lead = photos.attachable(who, photo_ids), lead_of(issue.id)
        if lead is not None:
            photos.attach(pictures, "ticket", lead.id)
        said = {"text": text, "photos": pictures, "by": who.id, "by_name": who.name, "at": now}
        mine = {"_id": found.id, "state": OPEN}
        change = {"state": DONE, "done": said}
        if not Agreed.rows().update_one(mine, {"$set": change}).modified_count:
            raise Conflict("changed_meanwhile")
        found.state, found.done = DONE, said
        data = {**_named(found), "photos": pictures}
        by = who.acting()
        move_issue(issue, "agreed_done", by, now, text=text, internal=True, data=data)
        return found

    return transaction(work)


def see(who: Who, meeting: str, n: int) -> Agreed:
    """It, if `who` may know of it: its owner, and those who see what is internal. Raises NotFound else."""
    for found in Agreed.objects(meeting=object_id(meeting)).order_by("n"):
        if found.n == n and _may_see(who, found):
            return found  # type: ignore[no-any-return]
    raise NotFound("not_found")


def _may_see(who: Who, found: Agreed) -> bool:
    issue = Issue.get(found.issue)
    mine = found.owner in who.ids and (issue.restricted is None or sees_issue(who, issue))
    return mine or sees_internal(who, issue)


def let_go(issue: Issue) -> None:
    """Nothing is to be done any more for an issue that was withdrawn or merged."""
    mine = {"issue": issue.id, "state": OPEN}
    Agreed.rows().update_many(mine, {"$set": {"state": DROPPED}})


def mine(who: Who, page: int, page_size: int) -> tuple[list[Row], int]:
    """A page of what `who`, or those they stand in for, have still to do, due first; and how many."""
    query = {"owner": {"$in": list(who.ids)}, "state": OPEN}
    found = Agreed.rows().find(query).sort([("due_at", 1), ("_id", 1)])
    rows = list(found.skip((page - 1) * page_size).limit(page_size))
    return described(rows), Agreed.rows().count_documents(query)


def of_meetings(meetings: Iterable[ObjectId]) -> list[Row]:
    """What was agreed at these meetings, described, in order."""
    rows = Agreed.rows().find({"meeting": {"$in": list(meetings)}}).sort([("meeting", 1), ("n", 1)])
    return described(rows)


def described(rows: Iterable[Row]) -> list[Row]:
    """Rows with the names of their owners."""
    found = list(rows)
    people = Person.rows().find({"_id": {"$in": [row["owner"] for row in found]}}, {"name": 1})
    names = {row["_id"]: row["name"] for row in people}
    return [{**row, "owner_name": names.get(row["owner"])} for row in found]


def row_of(found: Agreed) -> Row:
    """It as it is stored, described."""
    return described([{**found.to_mongo().to_dict(), "_id": found.id}])[0]


def _owe(found: Agreed, due_at: datetime, now: datetime, *, overdue: bool) -> None:
    duties.add(
        "issues.agreed_due",
        found.id,
        now=now,
        due_at=due_at,
        key=f"issues.agreed_due:{found.id}:{'overdue' if overdue else 'due'}",
        payload={"overdue": overdue},
    )


def _named(found: Agreed) -> Row:
    return {"meeting": found.meeting, "n": found.n}


def _seeing(issue: Issue, keys: set[str]) -> set[str]:
    """Those of the people who are active and may see the issue."""
    wanted = {"_id": {"$in": [ObjectId(key) for key in keys]}, "active": True}
    ties = issue_ties(issue)
    return {
        str(row["_id"])
        for row in Person.rows().find(wanted)
        if allowed(
            login.as_who(row["_id"], row["name"], row.get("grants", [])), "issue.see_whole", ties
        )
    }


def _check_doer(who: Who, found: Agreed, issue: Issue) -> None:
    if found.owner in who.ids:
        return
    heads = {held.department for held in who.having("head")}
    if not heads & departments_of(found.owner, issue):
        raise Forbidden("forbidden")
