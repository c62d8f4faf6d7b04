"""What is decided about a department: whether answers are reviewed, its next name, its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.departments.documents import CLOSE, RENAME, Coming, Department
from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.district import pack
from app.foundation.errors import Conflict, Invalid
from app.foundation.ids import object_id
from app.foundation.reasons import Reason
from app.people.access import Ties, actor, require
from app.people.who import Who

REORGANISE = "departments.reorganise"
DESK = "desk"


@dataclass(frozen=True, slots=True)
class When:
    """From which of the district's days on a change holds, and why it is made."""

    effective_on: date
    reason: str


def require_review(who: Who, key: str, required: bool, now: datetime) -> None:
    """Say whether answers of the department go out only after its head has seen them.

    By its head or an admin. The same again changes nothing. Raises Conflict for a closed department.
    """

    def work() -> None:
        department = Department.get(key)
        ties = Ties(departments=(department.id,))
        require(who, "department.review", ties)
        _check_open(department)
        if department.review_answers == required:
            return
        change(department, {"$set": {"review_answers": required}})
        by = actor(who, "department.review", ties)
        data = {"required": required}
        history.append("department", department.id, "review", by=by, now=now, data=data)

    transaction(work)


def rename(who: Who, key: str, name: str, when: When, now: datetime) -> None:
    """Decide on the department's next name, at once when the day is today or past.

    Raises Conflict when it is closed or will be by then, when another name is coming already, or when
    another department has the name or will have it.
    """
    require(who, "department.reorganise")
    name = name.strip()

    def work() -> None:
        department = Department.get(key)
        _check_may_come(department, RENAME)
        closing = next((each for each in department.coming if each.kind == CLOSE), None)
        if closing is not None and closing.at <= begins(when.effective_on):
            raise Conflict("department.ends_before", effective_on=closing.effective_on)
        taken = {"$or": [{"name": name, "active": True}, {"coming.name": name}]}
        if Department.rows().find_one(taken):
            raise Conflict("department.name_taken", name=name)
        _decide(who, department, Coming(kind=RENAME, name=name), when, now)

    transaction(work)


def close(who: Who, key: str, successor_id: str, when: When, now: datetime) -> None:
    """Decide that the department ends and another one takes its place, at once like `rename`.

    Raises Conflict when it is closed or its end is coming already, or its successor would lead back to
    it; Invalid for a successor that is not there, is itself, or is no desk where a desk must be.
    """
    require(who, "department.reorganise")

    def work() -> None:
        department = Department.get(key)
        _check_may_come(department, CLOSE)
        successor = registry.active(object_id(successor_id))
        desk_lost = department.kind == DESK and successor.kind != DESK
        if desk_lost or successor.id == department.id:
            reason = Reason("department.successor_unfit")
            raise Invalid("department.successor_unfit", fields={"successor_id": [reason]})
        if _leads_to(successor, department.id):
            raise Conflict("department.successor_leads_back", department=successor.name)
        # Two closings at once that name each other meet here.
        change(successor, {})
        _decide(who, department, Coming(kind=CLOSE, successor=successor.id), when, now)

    transaction(work)


def recall(who: Who, key: str, reason: str, now: datetime) -> None:
    """Call off whatever is coming. Raises Conflict when nothing is."""
    require(who, "department.reorganise")

    def work() -> None:
        department = Department.get(key)
        if not department.coming:
            raise Conflict("department.nothing_coming")
        data = {"plans": [each.row for each in department.coming]}
        change(department, {"$set": {"coming": []}})
        by = who.acting("admin")
        history.append(
            "department", department.id, "recall", by=by, now=now, text=reason, data=data
        )

    transaction(work)


def begins(day: date) -> datetime:
    """The first moment of the district's day, in UTC."""
    return datetime.combine(day, time(), pack().zone).astimezone(UTC)


def change(department: Department, update: Mapping[str, Any]) -> None:
    """Change the department if it still is as it was read. Raises Conflict else."""
    same = {"_id": department.id, "version": department.version}
    result = Department.rows().update_one(same, {**update, "$inc": {"version": 1}})
    if not result.modified_count:
        raise Conflict("changed_meanwhile")


def _check_open(department: Department) -> None:
    if not department.active:
        raise Conflict("department.closed", department=department.name)


def _check_may_come(department: Department, kind: str) -> None:
    _check_open(department)
    coming = next((each for each in department.coming if each.kind == kind), None)
    if coming is not None:
        raise Conflict("department.change_coming", effective_on=coming.effective_on)


def _leads_to(start: Department, goal: ObjectId) -> bool:
    """Whether closings that are coming lead from `start` to `goal`."""
    seen: set[ObjectId] = set()
    at: Department | None = start
    while at is not None and at.id not in seen:
        if at.id == goal:
            return True
        seen.add(at.id)
        onward = next((each.successor for each in at.coming if each.kind == CLOSE), at.successor)
        at = Department.objects(id=onward).first() if onward else None
    return False


def _decide(who: Who, department: Department, coming: Coming, when: When, now: datetime) -> None:
    at, day = begins(when.effective_on), when.effective_on.isoformat()
    coming.reason, coming.effective_on, coming.at = when.reason, day, at
    coming.row = history.append(
        "department",
        department.id,
        f"plan_{coming.kind}",
        by=who.acting("admin"),
        now=now,
        text=when.reason,
        data={"effective_on": day, "name": coming.name, "successor": coming.successor},
    )
    change(department, {"$push": {"coming": coming.to_mongo()}})
    duties.add(
        REORGANISE,
        department.id,
        now=now,
        due_at=max(at, now),
        key=f"{REORGANISE}:{coming.row}",
        payload={"row": coming.row},
    )
