"""What is known of firms, as conditions ask for it: of one or of thousands, a few looks for each 2,000."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bson import ObjectId

from app.enterprises import scale
from app.foundation.amounts import ZERO, read
from app.foundation.db import Row
from app.foundation.entries import STANDING
from app.policies.rules.conditions import (
    ENTERPRISE,
    AboveScale,
    Condition,
    Facts,
    Figure,
    OneOf,
    Stated,
    asks,
)
from app.projects.documents import EXITED, Project
from app.projects.figures.documents import ENTERPRISE as OF_FIRM
from app.projects.figures.documents import PROJECT as OF_PROJECT
from app.projects.figures.documents import FigureEntry

IN_ONE_LOOK = 2000
FIELDS = dict.fromkeys(
    (
        *("name", "unit", "sector", "growth_class", "tags", "founded_on", "production_on"),
        *("commissioner", "provisional", "credit_code"),
    ),
    1,
)
"""What is looked at of a stored enterprise."""


def cheap(rows: Sequence[Row], conditions: Sequence[Condition]) -> dict[ObjectId, Facts]:
    """What is known of stored enterprises without their figures, by id; what no condition asks is left out.

    The tags of a firm that is registered are what it has; of a provisional one nobody knows them yet.
    """
    keys = [row["_id"] for row in rows]
    inside: Mapping[ObjectId, str] = {}
    if asked := any(asks(each, _is_scale) for each in conditions):
        inside = scale.entered(keys)
    sizes = _sizes(keys) if any(asks(each, _is_size) for each in conditions) else None
    return {row["_id"]: _facts(row, inside if asked else None, sizes) for row in rows}


def stated(
    keys: Sequence[ObjectId], figures: Collection[Figure], day: date
) -> dict[ObjectId, dict[Figure, Stated]]:
    """What is stated of these figures, by enterprise. One look, or two, for each figure and 2,000 firms."""
    found: dict[ObjectId, dict[Figure, Stated]] = {key: {} for key in keys}
    for figure in figures:
        for some in _some(keys):
            read_of = _of_firms if figure.whose == ENTERPRISE else _of_projects
            for key, sum_ in read_of(some, figure, day).items():
                found[key][figure] = sum_
    return found


def _is_scale(condition: Condition) -> bool:
    return isinstance(condition, AboveScale)


def _is_size(condition: Condition) -> bool:
    return isinstance(condition, OneOf) and condition.of == "size_class"


def _facts(
    row: Row,
    inside: Mapping[ObjectId, str] | None,
    sizes: Mapping[ObjectId, frozenset[str]] | None,
) -> Facts:
    key, provisional = row["_id"], bool(row.get("provisional"))
    return Facts(
        tags=None if provisional else frozenset(row.get("tags", ())),
        industry=row.get("sector") or None,
        unit=row.get("unit"),
        growth_class=row.get("growth_class"),
        size_classes=sizes.get(key) if sizes is not None else None,
        founded_on=row.get("founded_on"),
        production_on=row.get("production_on"),
        above_scale=None if inside is None or provisional else key in inside,
    )


def _sizes(keys: Sequence[ObjectId]) -> dict[ObjectId, frozenset[str]]:
    """The classes of the projects that have not left; firms that have one without are left out."""
    found: dict[ObjectId, set[str]] = {key: set() for key in keys}
    unknown: set[ObjectId] = set()
    for row in _projects(keys, {"enterprise": 1, "size_class": 1}):
        if row.get("size_class"):
            found[row["enterprise"]].add(row["size_class"])
        else:
            unknown.add(row["enterprise"])
    return {key: frozenset(of) for key, of in found.items() if key not in unknown}


def _projects(keys: Sequence[ObjectId], shown: Row) -> Iterator[Row]:
    for some in _some(keys):
        query = {"enterprise": {"$in": some}, "course": {"$ne": EXITED}}
        yield from Project.rows().find(query, shown)


def _of_firms(keys: list[ObjectId], figure: Figure, day: date) -> dict[ObjectId, Stated]:
    return {
        row["_id"]: Stated(read(row["total"]) or ZERO, frozenset(row["months"]))
        for row in _sums(keys, OF_FIRM, figure, day)
    }


def _of_projects(keys: list[ObjectId], figure: Figure, day: date) -> dict[ObjectId, Stated]:
    """Of a firm's projects together; a month counts as stated once any of them states it."""
    query = {"enterprise": {"$in": keys}}
    firms = {row["_id"]: row["enterprise"] for row in Project.rows().find(query, {"enterprise": 1})}
    found: dict[ObjectId, Stated] = {}
    for row in _sums(list(firms), OF_PROJECT, figure, day):
        firm, total = firms[row["_id"]], read(row["total"]) or ZERO
        other = found.get(firm, Stated(ZERO, frozenset()))
        found[firm] = Stated(other.total + total, other.months | frozenset(row["months"]))
    return found


def _sums(
    subjects: list[ObjectId], kind: str, figure: Figure, day: date
) -> Iterator[Mapping[str, Any]]:
    match = {
        "subject": {"$in": subjects},
        "kind": kind,
        "month": {"$in": list(figure.months(day))},
        figure.measure: {"$ne": None},
        **STANDING,
    }
    group = {
        "_id": "$subject",
        "total": {"$sum": f"${figure.measure}"},
        "months": {"$push": "$month"},
    }
    return iter(FigureEntry.rows().aggregate([{"$match": match}, {"$group": group}]))


def _some(keys: Sequence[ObjectId]) -> Iterator[list[ObjectId]]:
    return (list(keys[at : at + IN_ONE_LOOK]) for at in range(0, len(keys), IN_ONE_LOOK))
