"""One issue or ticket whole: with names, history and the steps that somebody may take next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.enterprises.documents import Enterprise
from app.enterprises.sites import Site
from app.foundation import history
from app.issues.access import ISSUE_COLUMNS, sees_internal
from app.issues.desk import following
from app.issues.documents import Issue, Ticket
from app.issues.hidden import without_hidden
from app.issues.looking.listing import UNSEEN
from app.issues.looking.steps import steps_for, ticket_steps_for
from app.issues.moves import machine_of
from app.issues.pairs import compared
from app.issues.pressing import meeting, orders, planning
from app.issues.reporters import hides_reporter, masked, persons
from app.people.access import scope
from app.people.documents import Person
from app.people.who import Who
from app.projects.documents import Project

Rows = list[dict[str, Any]]


def portrait(who: Who, issue: Issue) -> dict[str, Any]:
    """Everything of an issue that `who` may see, in one read: tickets, history, names, next steps."""
    row = issue.to_mongo().to_dict()
    of_issue = list(
        Ticket.rows().find({"issue": issue.id}, UNSEEN).sort([("dispatched_at", 1), ("_id", 1)])
    )
    inside = sees_internal(who, issue)
    told = history.of("issue", issue.id, internal=inside)
    said = [issue.confirmation] if issue.confirmation else []
    if hides_reporter(who, issue):
        told, said = masked(told, issue), masked(said, issue)
    whole = {
        **row,
        **following.relations(who, issue),
        "enterprise_name": _name(Enterprise, issue.enterprise),
        "project_name": _name(Project, issue.project),
        "site_name": _name(Site, issue.site),
        "tickets": described(of_issue, who),
        "inside": inside,
        "supervisions": orders.about(issue.id, who) if inside else [],
        "meetings": meeting.held_on(who, issue) if inside else [],
        "actions": [*steps_for(who, issue), *planning.steps_for(who, issue)],
        "history": told,
        "confirmation": said[0] if said else None,
        "pairs": compared(issue.pairs),
        **persons(who, issue, of_issue),
    }
    shown: dict[str, Any] = without_hidden(who, following.portrayed(who, issue, whole))
    return shown


def seen_as(who: Who, rows: Rows) -> Rows:
    """Rows of issues in a list, as `who` may see them."""
    shown: Rows = without_hidden(who, following.listed(who, rows))
    return shown


def row_of(ticket: Ticket) -> dict[str, Any]:
    """A ticket as it is stored, with its id."""
    return {**ticket.to_mongo().to_dict(), "_id": ticket.id}


def of_visit(who: Who, visit: ObjectId) -> list[ObjectId]:
    """The issues that were found on a visit, the oldest first; restricted ones for those who see them."""
    open_to = {"$or": [{"restricted": None}, scope(who, "issue.see", ISSUE_COLUMNS)]}
    rows = Issue.rows().find({"visit": visit, **open_to}, {"_id": 1}).sort("_id", 1)
    return [row["_id"] for row in rows]


def open_at(places: list[ObjectId]) -> dict[ObjectId, int]:
    """How many open issues each of these projects and enterprises has, without restricted ones."""
    unended = {"state": {"$nin": list(machine_of("issue").ended)}, "restricted": None}
    found: dict[ObjectId, int] = {}
    for field in ("project", "enterprise"):
        pipeline: Rows = [
            {"$match": {field: {"$in": places}, **unended}},
            {"$group": {"_id": f"${field}", "count": {"$sum": 1}}},
        ]
        found |= {row["_id"]: row["count"] for row in Issue.rows().aggregate(pipeline)}
    return found


def described(rows: Rows, who: Who) -> Rows:
    """Tickets with the names of their departments and people, and the steps that `who` may take.

    `inside` says whether what is only for departments may be shown.
    """
    rows = without_hidden(who, rows)
    names = registry.names({row["department"] for row in rows})
    people = _people({row["assignee"] for row in rows if row.get("assignee")})
    return [
        {
            **row,
            "department_name": names.get(row["department"], ""),
            "assignee_name": people.get(row.get("assignee")),
            **ticket_steps_for(who, row),
        }
        for row in rows
    ]


def _people(ids: set[ObjectId]) -> Mapping[ObjectId | None, str]:
    rows = Person.rows().find({"_id": {"$in": list(ids)}}, {"name": 1})
    return {row["_id"]: row["name"] for row in rows}


def _name(kind: Any, key: ObjectId | None) -> str | None:
    row = kind.rows().find_one({"_id": key}, {"name": 1}) if key else None
    return row["name"] if row else None
