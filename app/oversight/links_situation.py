"""How a leader's projects stand: warnings, overdue milestones, what is lacking, and who holds them up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.foundation import days
from app.foundation.db import Row
from app.foundation.district import pack
from app.issues.access import ISSUE_COLUMNS
from app.issues.documents import Issue, Ticket
from app.oversight.orders import Order
from app.oversight.orders_looking import seen
from app.oversight.orders_standing import in_states
from app.oversight.orders_states import OPEN as OPEN_ORDER
from app.people.access import Columns, scope
from app.people.documents import Person
from app.people.who import Who
from app.projects.approvals.documents import Approval
from app.projects.approvals.states import OPEN as OPEN_APPROVAL
from app.projects.documents import SUSPENDED, Project
from app.projects.milestones.documents import OPEN, Milestone
from app.projects.ties import COLUMNS
from app.projects.warnings.documents import KeptWarning
from app.projects.warnings.facts import RED

LEADS = "digest.see"
LEADER = Columns(owner="leader")
MILESTONE, ISSUE, APPROVAL, SUSPENSION = "milestone", "issue", "approval", "suspension"


@dataclass(slots=True)
class Situation:
    """One project as it stands. Lists hold stored rows, what matters most first.

    `gaps` are open issues of a factor {category, count, days of the oldest}; `held` says what holds it up
    {what, id, name, by, days}: by whom, and for how many days.
    """

    project: Row
    warnings: list[Row] = field(default_factory=list)
    overdue: list[Row] = field(default_factory=list)
    gaps: list[Row] = field(default_factory=list)
    held: list[Row] = field(default_factory=list)
    open_orders: int = 0

    @property
    def red(self) -> int:
        """How many of its warnings are red."""
        return sum(row["level"] == RED for row in self.warnings)


def linked(who: Who, now: datetime, *, page: int, page_size: int) -> tuple[list[Situation], int]:
    """A page of the projects that `who`, or whom they stand in for, is linked to, by code; how many.

    None for whoever was linked and is no leader any more.
    """
    query = {"$and": [scope(who, LEADS, LEADER), scope(who, "project.see", COLUMNS)]}
    rows = Project.rows().find(query).sort([("code", 1), ("_id", 1)])
    some = list(rows.skip((page - 1) * page_size).limit(page_size))
    return situations(who, some, now), Project.rows().count_documents(query)


def situations(who: Who, projects: Sequence[Row], now: datetime) -> list[Situation]:
    """How these stored projects stand, as far as `who` may know; a fixed number of looks."""
    found = {row["_id"]: Situation(row) for row in projects}
    keys = {"$in": list(found)}
    theirs = {"$in": Project.rows().distinct("_id", _within(who, keys))}
    open_ = {"project": theirs, "cleared_at": None}
    for row in KeptWarning.rows().find(open_).sort([("level", 1), ("opened_at", -1)]):
        found[row["project"]].warnings.append(row)
    today = days.today(now)
    late = {"project": keys, "state": OPEN, "due_on": {"$lt": today.isoformat()}}
    for row in Milestone.rows().find(late).sort([("due_on", 1), ("code", 1)]):
        found[row["project"]].overdue.append(row)
    for situation in found.values():
        situation.held += _suspended(situation.project)
    _hold(found, _milestones([each for one in found.values() for each in one.overdue], today))
    _hold(found, _approvals(keys, today))
    _lack(found, _issues(who, keys), now)
    standing = {"$and": [{"project": keys}, seen(who), in_states(OPEN_ORDER)]}
    for row in Order.rows().find(standing, {"project": 1}):
        found[row["project"]].open_orders += 1
    return list(found.values())


def _within(who: Who, keys: Row) -> Row:
    return {"$and": [{"_id": keys}, scope(who, "warning.see", COLUMNS)]}


def _hold(found: Mapping[ObjectId, Situation], rows: Iterable[tuple[ObjectId, Row]]) -> None:
    for project, held in rows:
        found[project].held.append(held)


def _suspended(project: Row) -> list[Row]:
    if project.get("course") != SUSPENDED:
        return []
    return [{"what": SUSPENSION, "id": project["_id"], "name": "", "by": "", "days": 0}]


def _milestones(rows: Sequence[Row], today: date) -> list[tuple[ObjectId, Row]]:
    people = {"_id": {"$in": [row["responsible"] for row in rows]}}
    names = {row["_id"]: row["name"] for row in Person.rows().find(people, {"name": 1})}
    return [
        (row["project"], _held(MILESTONE, row, names.get(row["responsible"], ""), row, today))
        for row in rows
    ]


def _approvals(keys: Row, today: date) -> list[tuple[ObjectId, Row]]:
    wanted = {
        "project": keys,
        "state": {"$in": list(OPEN_APPROVAL)},
        "due_on": {"$lt": today.isoformat(), "$ne": None},
    }
    rows = list(Approval.rows().find(wanted).sort([("due_on", 1), ("_id", 1)]))
    names = registry.names({row["department"] for row in rows})
    return [
        (row["project"], _held(APPROVAL, row, names.get(row["department"], ""), row, today))
        for row in rows
    ]


def _held(what: str, row: Row, by: str, due: Row, today: date) -> Row:
    over = (today - date.fromisoformat(due["due_on"])).days
    return {"what": what, "id": row["_id"], "name": row["name"], "by": by, "days": over}


def _issues(who: Who, keys: Row) -> list[Row]:
    """The open issues of factors that `who` may see, with who has their lead ticket, the oldest first."""
    factors = [each.code for each in pack().categories if each.factor]
    wanted = {"project": keys, "ended_at": None, "category": {"$in": factors}}
    theirs = {"$and": [wanted, scope(who, "issue.see_whole", ISSUE_COLUMNS)]}
    shown = {"project": 1, "category": 1, "created_at": 1}
    rows = list(Issue.rows().find(theirs, shown).sort([("created_at", 1), ("_id", 1)]))
    leads = {"issue": {"$in": [row["_id"] for row in rows]}, "role": "lead", "live": True}
    has = {row["issue"]: row["department"] for row in Ticket.rows().find(leads)}
    names = registry.names(set(has.values()))
    return [
        {**row, "by": names.get(has[row["_id"]], "") if row["_id"] in has else ""} for row in rows
    ]


def _lack(found: Mapping[ObjectId, Situation], rows: Sequence[Row], now: datetime) -> None:
    by_factor: dict[tuple[ObjectId, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_factor[row["project"], row["category"]].append(row)
        since = (now - row["created_at"]).days
        name = pack().category(row["category"]).name
        held = {"what": ISSUE, "id": row["_id"], "name": name, "by": row["by"], "days": since}
        found[row["project"]].held.append(held)
    for (project, category), some in by_factor.items():
        oldest: Any = some[0]["created_at"]
        gap = {"category": category, "count": len(some), "days": (now - oldest).days}
        found[project].gaps.append(gap)
