"""The week of a leader: which linked projects moved, which are held up and by whom, what is overdue.

One for each leader and week, as of a stated moment, made by the same looks that the API has, and kept. The
week is named by its Monday. Workers that slept make the last week that is due; it covers all since the one
before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, ListField, ObjectIdField, StringField

from app.calendars import registry as calendars
from app.foundation import days, duties, history
from app.foundation.db import TRANSACTION_SECONDS, Row, snapshot, transaction
from app.foundation.district import local, pack
from app.foundation.documents import Document
from app.foundation.duties import Duty
from app.foundation.entries import STANDING
from app.foundation.errors import NotFound
from app.foundation.history import SYSTEM
from app.foundation.ids import object_id
from app.foundation.reasons import Reason
from app.issues.documents import Issue
from app.oversight import instructions
from app.oversight.links_situation import ISSUE, LEADER, LEADS, Situation, situations
from app.oversight.orders import Order
from app.oversight.orders_looking import seen
from app.oversight.orders_standing import is_overdue, stand
from app.people.access import Ties, allowed, require, scope
from app.people.announcing import announce, telling
from app.people.documents import Person
from app.people.login import as_who
from app.people.who import Who
from app.projects.documents import Project
from app.projects.milestones.documents import DONE, Milestone
from app.projects.stages.documents import ACTUAL, StageEntry
from app.projects.ties import COLUMNS

KIND, THING, TOLD = "oversight.digest", "digest", "link.digest"
LEASE = timedelta(minutes=2)
WEEK = timedelta(days=7)
LATE = timedelta(seconds=TRANSACTION_SECONDS)
"""So long after its time what is written may come to be seen."""


class Digest(Document):
    """What a `leader` was told of the `week` (its Monday), from `since` to before `as_of`.

    `figures` count {linked, moved, held, red, overdue, instructions, instructions_late}; `projects` are
    those of which there is something to say {project, code, name, unit, stage, course, moved, held, red,
    overdue}, `moved` {what: stage|milestone, id, name, on}; `instructions` {order, text, subject, due_at,
    late}.
    """

    leader: ObjectId = ObjectIdField(required=True)
    week: str = StringField(required=True)
    since: datetime = DateTimeField(required=True)
    as_of: datetime = DateTimeField(required=True)
    figures: dict[str, int] = DictField(required=True)
    projects: list[dict[str, Any]] = ListField(DictField())
    instructions: list[dict[str, Any]] = ListField(DictField())

    meta: ClassVar[dict[str, Any]] = {"collection": "leader_digests"}


def begin(now: datetime) -> None:
    """See to it that the next week's is due. Does nothing where it is already."""
    if not duties.rows().find_one({"kind": KIND, "state": "due"}):
        _add(_next_week(now), now)


def digest(duty: Duty, now: datetime) -> None:
    """Make and tell the digest of each leader who has none of this week yet, and owe the next week.

    Each in a transaction of its own: a worker that dies leaves the rest to the next one.
    """
    week, wanted = latest_week(now), date.fromisoformat(duty.payload["week"])
    if week < wanted:
        # The calendar was changed meanwhile, and its day is off.
        transaction(lambda: duties.again(duty, moment(wanted)))
        return
    made = set(Digest.rows().distinct("leader", {"week": week.isoformat()}))
    for leader in _leaders():
        if leader["_id"] not in made:
            _make(duty, leader, week, now)

    def work() -> None:
        _add(_next_week(now), now)
        duties.finish(duty, now)

    transaction(work)


def mine(who: Who, *, page: int, page_size: int) -> tuple[list[Row], int]:
    """A page of the digests of `who`, or of whom they stand in for, the newest first, and how many.

    Raises Forbidden for who is no leader.
    """
    require(who, LEADS)
    query = scope(who, LEADS, LEADER)
    found = Digest.rows().find(query).sort([("as_of", -1), ("_id", -1)])
    rows = list(found.skip((page - 1) * page_size).limit(page_size))
    return _still_known(who, rows), Digest.rows().count_documents(query)


def see(who: Who, key: str) -> Row:
    """A digest, by its leader. Raises NotFound for others."""
    found = Digest.rows().find_one({"_id": object_id(key)})
    if found is None or not allowed(who, LEADS, Ties(owner=found["leader"])):
        raise NotFound("not_found")
    return _still_known(who, [found])[0]


def compose(
    who: Who, since: datetime, now: datetime, heard: Collection[ObjectId] = frozenset()
) -> Row:
    """What there is to say to a leader of the time from `since` to `now`, with the figures.

    What moved shortly before `since` and could be seen only later is in it, unless it was `heard` already.
    """
    wanted = {"$and": [{"leader": who.id}, scope(who, "project.see", COLUMNS)]}
    rows = list(Project.rows().find(wanted).sort([("code", 1), ("_id", 1)]))
    found = situations(who, rows, now)
    moved = _moved([row["_id"] for row in rows], since - LATE, now, heard)
    orders = stand(instructions.open_of(who, who.id))
    told = [_project(each, moved.get(each.project["_id"], [])) for each in found]
    return {
        "figures": {
            "linked": len(rows),
            "moved": sum(bool(each["moved"]) for each in told),
            "held": sum(bool(each["held"]) for each in told),
            "red": sum(each["red"] for each in told),
            "overdue": sum(each["overdue"] for each in told),
            "instructions": len(orders),
            "instructions_late": sum(is_overdue(row, now) for row in orders),
        },
        "projects": [each for each in told if _worth_telling(each)],
        "instructions": [_instruction(row, now) for row in orders],
    }


def is_nothing(figures: Mapping[str, int]) -> bool:
    """Whether a week has nothing to tell."""
    return not any(count for name, count in figures.items() if name != "linked")


def summary(figures: Mapping[str, int]) -> Reason:
    """A week in one sentence."""
    if is_nothing(figures):
        return Reason("digest.nothing", {"linked": figures["linked"]})
    return Reason("digest.summary", dict(figures))


def _make(duty: Duty, leader: Row, week: date, now: datetime) -> None:
    who = as_who(leader["_id"], leader["name"], leader["grants"])
    before = Digest.rows().find_one({"leader": who.id}, sort=[("as_of", -1)])
    since = before["as_of"] if before else now - WEEK
    heard = {
        moved["id"]
        for project in (before["projects"] if before else ())
        for moved in project["moved"]
    }
    content = snapshot(lambda: compose(who, since, now, heard))

    def work() -> None:
        duties.renew(duty, now=now, lease=LEASE)
        made = {"leader": who.id, "week": week.isoformat(), "since": since, "as_of": now}
        if Digest.rows().find_one({"leader": who.id, "week": made["week"]}, {"_id": 1}):
            return
        row = Digest.insert_row(**made, **content)
        name = f"{local(since):%Y-%m-%d} — {local(now):%Y-%m-%d}"
        told = history.append(
            THING,
            row["_id"],
            "make",
            by=SYSTEM,
            now=now,
            reasons=[summary(content["figures"])],
            data=telling([who.id], name),
        )
        announce(TOLD, row["_id"], told, now)

    transaction(work)


def _project(situation: Situation, moved: Sequence[Row]) -> Row:
    row = situation.project
    return {
        "project": row["_id"],
        **{name: row.get(name) for name in ("code", "name", "unit", "stage", "course")},
        "moved": list(moved),
        "held": situation.held,
        "red": situation.red,
        "overdue": len(situation.overdue),
    }


def _worth_telling(row: Row) -> bool:
    return any(row[name] for name in ("moved", "held", "red", "overdue"))


def _instruction(row: Row, now: datetime) -> Row:
    return {
        "order": row["_id"],
        "text": row["text"],
        "subject": row["subject_name"],
        "due_at": row["due_at"],
        "late": is_overdue(row, now),
    }


def _moved(
    projects: Sequence[ObjectId], since: datetime, now: datetime, told: Collection[ObjectId]
) -> dict[ObjectId, list[Row]]:
    """Stages that were said to have come, and milestones that were done, in the time; by project."""
    of: Row = {"project": {"$in": list(projects)}, "_id": {"$nin": list(told)}}
    found: dict[ObjectId, list[Row]] = {}
    came = {**of, "kind": ACTUAL, **STANDING, "known_at": {"$gte": since, "$lt": now}}
    for row in StageEntry.rows().find(came).sort([("on", 1), ("_id", 1)]):
        moved = {"what": "stage", "id": row["_id"], "name": row["stage"], "on": row["on"]}
        found.setdefault(row["project"], []).append(moved)
    done = {**of, "state": DONE, "updated_at": {"$gte": since, "$lt": now}}
    for row in Milestone.rows().find(done).sort([("done_on", 1), ("_id", 1)]):
        moved = {"what": "milestone", "id": row["_id"], "name": row["name"], "on": row["done_on"]}
        found.setdefault(row["project"], []).append(moved)
    return found


def _still_known(who: Who, rows: list[Row]) -> list[Row]:
    """Digests without what they say of issues and orders that `who` may know of no more."""
    held = [each for row in rows for project in row["projects"] for each in project["held"]]
    keys = [each["id"] for each in held if each["what"] == ISSUE]
    few = {"_id": {"$in": keys}, "restricted": {"$ne": None}}
    gone = set(Issue.rows().distinct("_id", few)) if keys else set()
    orders = [each["order"] for row in rows for each in row["instructions"]]
    known = {"$and": [{"_id": {"$in": orders}}, seen(who)]}
    there = set(Order.rows().distinct("_id", known)) if orders else set()
    return [
        {
            **row,
            "projects": [
                {**each, "held": [one for one in each["held"] if one["id"] not in gone]}
                for each in row["projects"]
            ],
            "instructions": [each for each in row["instructions"] if each["order"] in there],
        }
        for row in rows
    ]


def _leaders() -> list[Row]:
    held = {"grants.role": "leader", "active": True}
    return list(Person.rows().find(held, {"name": 1, "grants": 1}).sort("_id", 1))


def _add(week: date, now: datetime) -> None:
    name = week.isoformat()
    key, payload = f"{KIND}:{name}", {"week": name}
    duties.add(KIND, ObjectId(), now=now, due_at=moment(week), key=key, payload=payload)


def moment(week: date) -> datetime:
    """When the digest of the week that begins on this Monday is due: on a working day."""
    terms = pack().oversight
    day = week + timedelta(days=terms.digest_weekday)
    worked = calendars.current().add_working_days(day, 0)
    return datetime.combine(worked, terms.digest_at, pack().zone)


def latest_week(now: datetime) -> date:
    """The Monday of the last week whose digest is due by now."""
    today = days.today(now)
    week = today - timedelta(days=today.weekday())
    while moment(week) > now:
        week -= WEEK
    return week


def _next_week(now: datetime) -> date:
    return latest_week(now) + WEEK
