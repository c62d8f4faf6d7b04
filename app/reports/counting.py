"""Figures of every department and clerk in a period, from one reading of the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from bson import ObjectId

from app.calendars import registry
from app.departments.documents import Department
from app.reports.facts import facts
from app.reports.frozen import DISTRICT, Key
from app.reports.rates import Facts, Figures, Period, figures


def everywhere() -> list[ObjectId]:
    """All departments there ever were: figures of the past are theirs too."""
    return [row["_id"] for row in Department.rows().find({}, {"_id": 1}).sort("code", 1)]


def count(period: Period, departments: Collection[ObjectId]) -> Mapping[Key, Figures]:
    """The figures of these departments, of each clerk in them, and of all of them together."""
    found, minutes = facts(period, departments), registry.current().working_minutes
    parts: dict[Key, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for name in ("works", "receipts", "answers", "endings"):
        for fact in getattr(found, name):
            for key in _keys(fact.department, fact.clerk):
                parts[key][name].append(fact)
    whole = {DISTRICT: figures(found, period, minutes)}
    return whole | {key: figures(_together(of), period, minutes) for key, of in parts.items()}


def _keys(department: ObjectId, clerk: ObjectId | None) -> Iterable[Key]:
    yield department, None
    if clerk is not None:
        yield department, clerk


def _together(parts: Mapping[str, list[Any]]) -> Facts:
    return Facts(**{name: tuple(some) for name, some in parts.items()})
