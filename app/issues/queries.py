"""Looking at issues and tickets: lists, boxes, and the one call that shows an issue whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.enterprises.documents import Enterprise
from app.foundation import history
from app.issues.access import ISSUE_COLUMNS, TICKET_COLUMNS, sees_internal
from app.issues.documents import Issue, Ticket
from app.issues.moves import machine_of
from app.issues.pairs import compared
from app.issues.reporters import hides_reporter, masked, persons
from app.people.access import scope
from app.people.documents import Person
from app.people.who import Who
from app.projects.documents import Project

BOXES = ("todo", "mine", "department", "overdue", "waiting", "done")
WORKING = ("dispatched", "accepted", "in_progress")

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; None means any. `q` finds text and numbers."""

    state: str | None = None
    kind: str | None = None
    category: str | None = None
    unit: str | None = None
    enterprise: ObjectId | None = None
    source: str | None = None
    q: str | None = None
    sort: str = "newest"
    page: int = 1
    page_size: int = 20


ORDERS = {
    "newest": [("created_at", -1), ("_id", -1)],
    "due": [("due_at", 1), ("_id", 1)],
    "dispatched": [("dispatched_at", -1), ("_id", -1)],
}


def issues(who: Who, filters: Filters) -> tuple[Rows, int]:
    """A page of the issues `who` may see, newest first, and how many there are."""
    fields = ("state", "kind", "category", "unit", "enterprise", "source")
    narrowed = _narrow(filters, "text", fields)
    return _page(Issue, [scope(who, "issue.see", ISSUE_COLUMNS), *narrowed], filters)


def tickets(who: Who, box: str, filters: Filters, now: datetime) -> tuple[Rows, int]:
    """A page of a box of `who`, and how many there are. Boxes: see `box_filter`."""
    narrowed = _narrow(filters, "excerpt", ("state", "category", "unit"))
    seen = scope(who, "ticket.see", TICKET_COLUMNS)
    rows, total = _page(Ticket, [seen, box_filter(who, box, now), *narrowed], filters)
    return described(rows), total


def box_filter(who: Who, box: str, now: datetime) -> dict[str, Any]:
    """What is in a box, beside what `who` may see at all.

    todo: to be taken by me, or mine and unanswered; mine: taken by me and open; department: all open;
    overdue: open past the next promise; waiting: answered, the enterprise's turn; done: ended.
    """
    match box:
        case "todo":
            return {"state": {"$in": list(WORKING)}, "$or": [{"assignee": who.id}, _to_take(who)]}
        case "mine":
            return {"live": True, "assignee": who.id}
        case "department":
            return {"live": True}
        case "overdue":
            return {"state": {"$in": list(WORKING)}, "due_at": {"$lt": now}}
        case "waiting":
            return {"state": "answered"}
        case _:
            return {"live": False}


def _to_take(who: Who) -> dict[str, Any]:
    """Untaken tickets of my level: clerks at level 0, heads above (and at 0 where they are clerks too)."""
    clerk_of = [held.department for held in who.having("clerk")]
    head_of = [held.department for held in who.having("head")]
    return {
        "assignee": None,
        "state": "dispatched",
        "$or": [
            {"department": {"$in": clerk_of}, "level": 0},
            {"department": {"$in": head_of}, "level": {"$gte": 1}},
        ],
    }


def box_counts(who: Who, now: datetime) -> dict[str, int]:
    """How many tickets are in each box."""
    seen = scope(who, "ticket.see", TICKET_COLUMNS)
    return {
        box: Ticket.rows().count_documents({"$and": [seen, box_filter(who, box, now)]})
        for box in BOXES
    }


def waiting_for(who: Who) -> int:
    """How many issues wait for a dispatcher, for those who may see them."""
    seen = scope(who, "issue.see", ISSUE_COLUMNS)
    return Issue.rows().count_documents({"$and": [seen, {"state": "dispatching"}]})


def portrait(who: Who, issue: Issue) -> dict[str, Any]:
    """Everything of an issue that `who` may see, in one read: tickets, history, names, next steps."""
    row = issue.to_mongo().to_dict()
    of_issue = list(
        Ticket.rows().find({"issue": issue.id}).sort([("dispatched_at", 1), ("_id", 1)])
    )
    told = history.of("issue", issue.id, internal=sees_internal(who, issue))
    said = [issue.confirmation] if issue.confirmation else []
    if hides_reporter(who, issue):
        told, said = masked(told, issue), masked(said, issue)
    return {
        **row,
        "enterprise_name": _name(Enterprise, issue.enterprise),
        "project_name": _name(Project, issue.project),
        "tickets": described(of_issue),
        "history": told,
        "confirmation": said[0] if said else None,
        "pairs": compared(issue.pairs),
        **persons(who, issue, of_issue),
    }


def of_visit(visit: ObjectId) -> list[ObjectId]:
    """The issues that were found on a visit, the oldest first."""
    return [row["_id"] for row in Issue.rows().find({"visit": visit}, {"_id": 1}).sort("_id", 1)]


def open_at(places: list[ObjectId]) -> dict[ObjectId, int]:
    """How many issues each of these projects and enterprises has that are not ended."""
    unended = {"state": {"$nin": list(machine_of("issue").ended)}}
    found: dict[ObjectId, int] = {}
    for field in ("project", "enterprise"):
        pipeline: Rows = [
            {"$match": {field: {"$in": places}, **unended}},
            {"$group": {"_id": f"${field}", "count": {"$sum": 1}}},
        ]
        found |= {row["_id"]: row["count"] for row in Issue.rows().aggregate(pipeline)}
    return found


def described(rows: Rows) -> Rows:
    """Tickets with the names of their departments and people, and the steps their state allows."""
    names = registry.names({row["department"] for row in rows})
    people = _people({row["assignee"] for row in rows if row.get("assignee")})
    rules = machine_of("ticket")
    return [
        {
            **row,
            "department_name": names.get(row["department"], ""),
            "assignee_name": people.get(row.get("assignee")),
            "legal": rules.legal(row["state"]),
        }
        for row in rows
    ]


def _people(ids: set[ObjectId]) -> Mapping[ObjectId | None, str]:
    rows = Person.rows().find({"_id": {"$in": list(ids)}}, {"name": 1})
    return {row["_id"]: row["name"] for row in rows}


def _name(kind: Any, key: ObjectId | None) -> str | None:
    row = kind.rows().find_one({"_id": key}, {"name": 1}) if key else None
    return row["name"] if row else None


def _narrow(filters: Filters, text_field: str, fields: tuple[str, ...]) -> Rows:
    wanted = {name: getattr(filters, name) for name in fields}
    found: Rows = [{name: value} for name, value in wanted.items() if value is not None]
    if filters.q:
        pattern = {"$regex": re.escape(filters.q), "$options": "i"}
        found.append({"$or": [{text_field: pattern}, {"number": pattern}]})
    return found


def _page(kind: Any, parts: Rows, filters: Filters) -> tuple[Rows, int]:
    query = {"$and": [part for part in parts if part] or [{}]}
    found = kind.rows().find(query).sort(ORDERS[filters.sort])
    skip = (filters.page - 1) * filters.page_size
    return list(found.skip(skip).limit(filters.page_size)), kind.rows().count_documents(query)
