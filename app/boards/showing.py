"""Records behind figures, as far as somebody may see them: ids, numbers, titles, where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.boards.sources.base import by_id
from app.enterprises.documents import Enterprise
from app.foundation.db import Row
from app.foundation.documents import Document
from app.issues.access import ties_of_issue_row, ties_of_row
from app.issues.documents import Issue, Ticket
from app.issues.pressing import orders
from app.issues.pressing.orders import Supervision
from app.notices.documents import Call
from app.oversight import orders_looking
from app.oversight.orders import Order, seen_by
from app.people.access import Ties, allowed
from app.people.who import Who
from app.policies.claims import steps as claims
from app.policies.claims.documents import Claim
from app.projects.documents import Project
from app.projects.exits import queries as exits
from app.projects.exits.documents import ExitCase
from app.projects.milestones import queries as milestones
from app.projects.milestones.documents import Milestone
from app.projects.ties import project_ties
from app.projects.warnings.documents import KeptWarning
from app.visits.documents import Visit

TITLE = 60
Rows = Mapping[ObjectId, Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A record: its `number` (or code), `title`, `state` (a code of its kind), unit, when it is due.

    `issue` and `project` are what it belongs to.
    """

    id: ObjectId
    number: str | None = None
    title: str = ""
    state: str | None = None
    unit: str | None = None
    due_at: datetime | str | None = None
    issue: ObjectId | None = None
    project: ObjectId | None = None


Show = Callable[[Who, Sequence[ObjectId]], Iterator[Shown]]


def shown(who: Who, facts: Iterable[Row]) -> Mapping[tuple[str, ObjectId], Shown]:
    """By kind and id those of the records behind some facts that `who` may see now."""
    keys: dict[str, dict[ObjectId, None]] = {}
    for row in facts:
        keys.setdefault(row["kind"], {})[row["subject"]] = None
    return {
        (kind, each.id): each for kind, some in keys.items() for each in SHOW[kind](who, list(some))
    }


def _issues(who: Who, keys: Sequence[ObjectId]) -> Iterator[Shown]:
    for row in _rows(Issue, keys, {"grams": 0, "sought": 0}).values():
        ties = ties_of_issue_row(row)
        if allowed(who, "issue.see", ties):
            text = row["text"][:TITLE] if allowed(who, "issue.see_whole", ties) else ""
            yield Shown(
                id=row["_id"],
                number=row["number"],
                title=text,
                state=row["state"],
                unit=row.get("unit"),
                due_at=(row.get("promise") or {}).get("resolve_by"),
                issue=row["_id"],
                project=row.get("project"),
            )


def _tickets(who: Who, keys: Sequence[ObjectId]) -> Iterator[Shown]:
    for row in _rows(Ticket, keys, {"grams": 0, "sought": 0}).values():
        if allowed(who, "ticket.see", ties_of_row(row)):
            yield Shown(
                id=row["_id"],
                number=row["number"],
                title=row["excerpt"][:TITLE],
                state=row["state"],
                unit=row.get("unit"),
                due_at=row["due_at"],
                issue=row["issue"],
            )


def _projects(who: Who, keys: Sequence[ObjectId]) -> Iterator[Shown]:
    for row in _rows(Project, keys).values():
        if allowed(who, "project.see", project_ties(row)):
            yield Shown(
                id=row["_id"],
                number=row["code"],
                title=row["name"],
                state=row["stage"],
                unit=row["unit"],
                project=row["_id"],
            )


def _enterprises(who: Who, keys: Sequence[ObjectId]) -> Iterator[Shown]:
    for row in _rows(Enterprise, keys).values():
        if allowed(who, "enterprise.see", Ties(enterprise=row["_id"], unit=row.get("unit"))):
            yield Shown(id=row["_id"], title=row["name"], unit=row.get("unit"))


def _visits(who: Who, keys: Sequence[ObjectId]) -> Iterator[Shown]:
    rows = _rows(Visit, keys)
    firms = _rows(Enterprise, [row.get("enterprise") for row in rows.values()])
    projects = _rows(Project, [row.get("project") for row in rows.values()])
    for row in rows.values():
        firm, project = row.get("enterprise"), row.get("project")
        ties = Ties(owner=row["owner"], enterprise=firm, unit=row.get("unit"))
        if allowed(who, "visit.see", ties):
            place = projects.get(project) if project else firms.get(firm)  # type: ignore[arg-type]
            yield Shown(
                id=row["_id"],
                title=(place or {}).get("name", ""),
                state=row["state"],
                unit=row.get("unit"),
                due_at=row["started_at"],
                project=project,
            )


def _warnings(who: Who, keys: Sequence[ObjectId]) -> Iterator[Shown]:
    for row, project in _hanging(KeptWarning, keys):
        ties = project_ties(project) if project else Ties(unit=row["unit"])
        if allowed(who, "warning.see", ties):
            yield _of_project(row, project, state=row["level"], due_at=row["since"])


def _exits(who: Who, keys: Sequence[ObjectId]) -> Iterator[Shown]:
    for row, project in _hanging(ExitCase, keys):
        if project and allowed(who, exits.SEE, exits.ties(row, project)):
            yield _of_project(row, project, state=row["state"])


def _milestones(who: Who, keys: Sequence[ObjectId]) -> Iterator[Shown]:
    for row, project in _hanging(Milestone, keys):
        if not project or not allowed(who, "milestone.see", milestones.ties(row, project)):
            continue
        if milestones.seen_of(who, [row], project):
            yield _of_project(
                row, project, title=row["name"], state=row["state"], due_at=row["due_on"]
            )


def _calls(who: Who, keys: Sequence[ObjectId]) -> Iterator[Shown]:
    for row in _rows(Call, keys).values():
        apart = row.get("restricted") is not None
        if allowed(who, "call.see", Ties(owner=row.get("commissioner"), restricted=apart)):
            yield Shown(
                id=row["_id"],
                number=row["number"],
                state=row["state"],
                due_at=row["due_at"],
                issue=row["issue"],
            )


def _supervisions(who: Who, keys: Sequence[ObjectId]) -> Iterator[Shown]:
    for row in _rows(Supervision, keys).values():
        if allowed(who, "supervision.see", orders.ties(row)):
            yield Shown(
                id=row["_id"],
                number=row["number"],
                title=row.get("text", "")[:TITLE],
                state=row["state"],
                unit=row.get("unit"),
                due_at=row["due_at"],
                issue=row["issue"],
            )


def _orders(who: Who, keys: Sequence[ObjectId]) -> Iterator[Shown]:
    for row in _rows(Order, keys).values():
        if allowed(who, orders_looking.SEE, seen_by(row)):
            yield Shown(
                id=row["_id"],
                title=row["text"][:TITLE],
                state=row["state"],
                unit=row.get("unit"),
                due_at=row["due_at"],
                project=row.get("project"),
            )


def _claims(who: Who, keys: Sequence[ObjectId]) -> Iterator[Shown]:
    rows = _rows(Claim, keys)
    firms = _rows(Enterprise, [row["enterprise"] for row in rows.values()])
    for row in rows.values():
        firm = firms.get(row["enterprise"])
        if firm and allowed(who, claims.SEE, claims.claim_ties(row, firm)):
            yield Shown(
                id=row["_id"],
                number=row["code"],
                title=row["title"][:TITLE],
                state=row["state"],
                due_at=row.get("due_at"),
                project=row.get("project"),
                issue=row.get("issue"),
            )


def _of_project(row: Row, project: Row | None, **more: Any) -> Shown:
    of = project or {}
    named = {"number": of.get("code"), "title": of.get("name", ""), "unit": of.get("unit")}
    return Shown(id=row["_id"], project=of.get("_id"), **{**named, **more})


def _hanging(kind: type[Document], keys: Sequence[ObjectId]) -> Iterator[tuple[Row, Row | None]]:
    rows = _rows(kind, keys)
    projects = _rows(Project, [row.get("project") for row in rows.values()])
    for row in rows.values():
        key = row.get("project")
        yield row, projects.get(key) if key else None


def _rows(kind: type[Document], keys: Sequence[ObjectId | None], shown: Row | None = None) -> Rows:
    wanted = [key for key in keys if key]
    return by_id(kind.rows().find({"_id": {"$in": wanted}}, shown)) if wanted else {}


SHOW: Mapping[str, Show] = {
    "issue": _issues,
    "ticket": _tickets,
    "project": _projects,
    "enterprise": _enterprises,
    "visit": _visits,
    "warning": _warnings,
    "exit": _exits,
    "milestone": _milestones,
    "call": _calls,
    "supervision": _supervisions,
    "order": _orders,
    "claim": _claims,
}
"""By the kind of the record."""
