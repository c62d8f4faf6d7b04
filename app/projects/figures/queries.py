"""Looking at monthly figures and annual plans, for any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.queries import see_enterprise
from app.enterprises.ties import enterprise_ties
from app.foundation import days
from app.foundation.db import Row
from app.foundation.documents import Document
from app.foundation.errors import NotFound
from app.people.access import require
from app.people.who import Who
from app.projects.asking import Asked
from app.projects.figures.documents import ENTERPRISE, PROJECT, FigureEntry, PlanEntry
from app.projects.queries import see_project
from app.projects.ties import project_ties

SEE = "figure.see"


@dataclass(frozen=True, slots=True)
class Found:
    """The entries that hold, by month or year, and those that others superseded, oldest first."""

    rows: tuple[Row, ...]
    past: tuple[Row, ...]


def project_figures(who: Who, key: str, asked: Asked) -> Found:
    """The monthly figures of a project. Raises NotFound, Forbidden."""
    project = see_project(who, key)
    require(who, SEE, project_ties(project))
    return _figures(PROJECT, project.id, asked)


def enterprise_figures(who: Who, key: str, asked: Asked) -> Found:
    """The monthly figures of an enterprise as a whole. Raises NotFound, Forbidden."""
    firm = see_enterprise(who, key).id
    row = Enterprise.rows().find_one({"_id": firm})
    if row is None:
        raise NotFound("not_found")
    require(who, SEE, enterprise_ties(row))
    return _figures(ENTERPRISE, firm, asked)


def plans(who: Who, key: str, asked: Asked) -> Found:
    """The annual plans of a project. Raises NotFound, Forbidden."""
    project = see_project(who, key)
    require(who, SEE, project_ties(project))
    return _found(PlanEntry, {"project": project.id}, "year", asked)


def _figures(kind: str, subject: ObjectId, asked: Asked) -> Found:
    """Those of months that had begun by the day, where what was true then is asked for."""
    about: Row = {"subject": subject, "kind": kind}
    if asked.truly:
        until = days.month_of(date.fromisoformat(asked.truly))
        about["month"] = {"$lte": until}
    return _found(FigureEntry, about, "month", asked)


def _found(entries: type[Document], about: Row, name: str, asked: Asked) -> Found:
    rows = entries.rows().find({**about, **asked.standing()}).sort(name, 1)
    past: list[Row] = []
    if asked.history:
        gone = entries.rows().find({**about, **asked.past()})
        past = list(gone.sort([("known_at", 1), ("_id", 1)]))
    return Found(tuple(map(asked.seen, rows)), tuple(map(asked.seen, past)))


def see_entry(entries: type[Document], key: ObjectId) -> Row:
    """An entry that was just stated. Raises NotFound."""
    row = entries.rows().find_one({"_id": key})
    if row is None:
        raise NotFound("not_found")
    return row
