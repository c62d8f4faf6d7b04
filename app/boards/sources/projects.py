"""Facts of projects: where they stand, what the five rates count of them, when they were last visited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bson import ObjectId

from app.boards.cells import Made, mark
from app.boards.sources.base import At, Owner, by_id, day_of, scopes
from app.foundation.db import Row
from app.issues.documents import Issue
from app.projects.documents import EXITED, Project
from app.projects.exits.documents import ExitCase
from app.projects.milestones.documents import Milestone
from app.projects.rates import rollups
from app.projects.rates.documents import StoredStanding
from app.projects.rates.formulas import STEPS
from app.projects.rates.standing import of_row
from app.projects.warnings.documents import KeptWarning
from app.visits.documents import Visit

_SHOWN = dict.fromkeys(("unit", "leader", "commissioner", "stage", "course", "created_at"), 1)
SPENDING = "j.spending"
_HANGING = (
    ("issue", Issue),
    ("warning", KeptWarning),
    ("exit", ExitCase),
    ("milestone", Milestone),
)


def make(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """One fact a project."""
    wanted = {"_id": {"$in": list(keys)}}
    standings = by_id(StoredStanding.rows().find(wanted))
    visited = last_visits("project", keys)
    for row in Project.rows().find(wanted, _SHOWN):
        yield row["_id"], _project(row, standings.get(row["_id"]), visited.get(row["_id"]))


def hang(keys: Sequence[ObjectId]) -> Iterator[Owner]:
    """What counts by a project's unit and people."""
    for name, kind in _HANGING:
        for row in kind.rows().find({"project": {"$in": list(keys)}}, {"_id": 1}):
            yield name, row["_id"]


def last_visits(field: str, keys: Sequence[ObjectId]) -> Mapping[ObjectId, str]:
    """The local day of the last visit to each."""
    pipeline: list[Row] = [
        {"$match": {field: {"$in": list(keys)}}},
        {"$group": {"_id": f"${field}", "last": {"$max": "$started_at"}}},
    ]
    return {row["_id"]: day_of(row["last"]) for row in Visit.rows().aggregate(pipeline)}


def _project(row: Row, standing: Row | None, visited: str | None) -> Made:
    marks: list[str] = []
    sums: dict[str, dict[str, int]] = {}
    if row.get("course") != EXITED:
        marks += ["j.going", mark("j.stage", row["stage"]), mark("p.seen", visited or "")]
        marks.append(mark("j.course", row.get("course", "going")))
    if standing is not None:
        rated, sums = _rated(standing)
        marks += rated
    ties = tuple(row.get(name) for name in ("unit", "leader", "commissioner"))
    return Made(
        key=f"project:{row['_id']}",
        kind="project",
        subject=row["_id"],
        scopes=scopes(*ties),
        marks=tuple(marks),
        rank=row["created_at"],
        sums=sums,
        ties=ties,
    )


def _rated(standing: Row) -> tuple[list[str], dict[str, dict[str, int]]]:
    """By the very numbers that cells of rates are made of."""
    marks: list[str] = []
    sums: dict[str, dict[str, int]] = {}
    for span, values in rollups.spans_of(of_row(standing)).items():
        if len(span) == len("2026"):
            sums[mark(SPENDING, span)] = {k: int(v) for k, v in rollups.stored(values).items()}
            marks.append(mark(SPENDING, span))
            continue
        marks += _of_month(span, values)
    return marks, sums


def _of_month(month: str, values: Mapping[str, object]) -> Iterable[str]:
    for rate in STEPS:
        if values.get(f"{rate}_all"):
            yield mark(f"j.{rate}.of", month)
        if values.get(f"{rate}_got"):
            yield mark(f"j.{rate}.in", month)
