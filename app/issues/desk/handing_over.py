"""Another commissioner serves an enterprise or project: its open work follows, each issue by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.serving_documents import PROJECT
from app.foundation import duties
from app.foundation.db import Row, transaction
from app.foundation.duties import Duty
from app.foundation.history import SYSTEM
from app.foundation.reasons import Reason
from app.issues.documents import Issue
from app.issues.moves import machine_of, move_issue
from app.people.documents import Person
from app.projects import following
from app.projects.documents import Project

LEASE = timedelta(minutes=2)
SLICE = 50


def hand_over(duty: Duty, now: datetime) -> None:
    """Give open work of the named subjects to who serves them by now, where it was its server's before.

    Visits that are open stay with whoever began them, and issues with another commissioner than the one
    before. Where nobody serves a subject any more, work stays until somebody does. Doing it again changes
    nothing, so a worker that dies half-way costs nothing.
    """
    kind = duty.payload["kind"]
    for n, each in enumerate(duty.payload["changes"]):
        if n % SLICE == 0:
            transaction(lambda: duties.renew(duty, now=now, lease=LEASE))
        subject, was = each["subject"], each["was"]
        for key in _open_issues(kind, subject, was):
            transaction(partial(_move, key, kind, was, now))
        transaction(partial(following.follow, kind, subject, was, now))
    transaction(lambda: duties.finish(duty, now))


def _open_issues(kind: str, subject: ObjectId, was: ObjectId | None) -> Iterable[ObjectId]:
    query = {
        kind: subject,
        "commissioner": was,
        "state": {"$nin": [*machine_of("issue").ended]},
    }
    return [row["_id"] for row in Issue.rows().find(query, {"_id": 1}).sort("_id", 1)]


def _move(key: ObjectId, kind: str, was: ObjectId | None, now: datetime) -> None:
    issue = Issue.get(key)
    new = _server(issue, kind)
    if issue.commissioner != was or new in (None, was) or issue.state in machine_of("issue").ended:
        return
    people = {"_id": {"$in": [was, new]}}
    names = {row["_id"]: row["name"] for row in Person.rows().find(people, {"name": 1})}
    reason = (
        Reason("serving.issue_over", {"was": names.get(was, ""), "new": names.get(new, "")})
        if was
        else Reason("serving.issue_taken", {"new": names.get(new, "")})
    )
    data = {"was": was, "commissioner": new}
    change: Row = {"commissioner": new}
    move_issue(issue, "hand_over", SYSTEM, now, change=change, reasons=[reason], data=data)


def _server(issue: Issue, kind: str) -> ObjectId | None:
    """Who serves it by now. None where its project has a server of its own and its firm's changed."""
    project = Project.rows().find_one({"_id": issue.project}, {"commissioner": 1}) or {}
    own: ObjectId | None = project.get("commissioner")
    if kind == PROJECT:
        return own
    firm = Enterprise.rows().find_one({"_id": issue.enterprise}, {"commissioner": 1}) or {}
    return None if own else firm.get("commissioner")
