"""Figures as they are stored for good, and what a later count finds different."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, ObjectIdField, StringField

from app.foundation.db import Row
from app.foundation.documents import Document
from app.reports.rates import RATES, Behalf, Coverage, Figures, Median, Rate

Key = tuple[ObjectId | None, ObjectId | None]
"""Department and clerk that figures are of: a department has no clerk, the district neither."""
DISTRICT: Key = (None, None)


class FrozenFigures(Document):
    """The figures of a department or clerk in a month, as they were when it was frozen. Never changed.

    Those without a department are the whole district's; that row says that the month is frozen.
    """

    month: str = StringField(required=True)
    department: ObjectId | None = ObjectIdField(null=True, default=None)
    person: ObjectId | None = ObjectIdField(null=True, default=None)
    figures: dict[str, Any] = DictField()
    frozen_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "frozen_figures"}


@dataclass(frozen=True, slots=True)
class Correction:
    """A number of a frozen month that is counted otherwise today; None where there was, or is, none."""

    field: str
    then: float | None
    now: float | None


def as_row(found: Figures) -> Row:
    """The stored form of figures."""
    return {
        **{name: _pair(getattr(found, name)) for name in RATES},
        "coverage": {
            **asdict(found.coverage),
            "asked": list(found.coverage.asked),
            "on_behalf_by": [asdict(each) for each in found.coverage.on_behalf_by],
        },
        "hours_to_answer": {
            "hours": found.hours_to_answer.hours,
            "of": list(found.hours_to_answer.of),
        },
    }


def from_row(row: Row) -> Figures:
    """The figures that a stored row tells."""
    coverage, hours = row["coverage"], row["hours_to_answer"]
    told = {
        **coverage,
        "asked": tuple(coverage["asked"]),
        "on_behalf_by": tuple(Behalf(**each) for each in coverage["on_behalf_by"]),
    }
    return Figures(
        **{name: Rate(**{k: tuple(v) for k, v in row[name].items()}) for name in RATES},
        coverage=Coverage(**told),
        hours_to_answer=Median(hours["hours"], tuple(hours["of"])),
    )


def frozen_at(month: str) -> datetime | None:
    """When a month was frozen; None while it is not."""
    whole = {"month": month, "department": None, "person": None}
    row = FrozenFigures.rows().find_one(whole, {"frozen_at": 1})
    return row["frozen_at"] if row else None


def of_month(month: str, departments: Collection[ObjectId]) -> dict[Key, Figures]:
    """The frozen figures of the district, of these departments and of their clerks."""
    wanted = {"month": month, "department": {"$in": [None, *departments]}}
    rows = FrozenFigures.rows().find(wanted)
    return {(row["department"], row["person"]): from_row(row["figures"]) for row in rows}


def corrections(then: Figures, now: Figures) -> list[Correction]:
    """Every number that differs, in the order of the figures."""
    before, after = dict(_numbers(then)), dict(_numbers(now))
    return [
        Correction(name, before.get(name), after.get(name))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]


def _pair(rate: Rate) -> Row:
    return {"numerator": list(rate.numerator), "denominator": list(rate.denominator)}


def _numbers(found: Figures) -> Iterator[tuple[str, float | None]]:
    for name in RATES:
        rate: Rate = getattr(found, name)
        yield f"{name}.numerator", len(rate.numerator)
        yield f"{name}.denominator", len(rate.denominator)
    coverage = found.coverage
    yield "coverage.asked", len(coverage.asked)
    for each in fields(Coverage):
        value = getattr(coverage, each.name)
        if isinstance(value, int):
            yield f"coverage.{each.name}", value
    yield "hours_to_answer.hours", found.hours_to_answer.hours
    yield "hours_to_answer.count", len(found.hours_to_answer.of)
