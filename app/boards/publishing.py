"""What everybody may see, taken from the boards once an hour: the duty `boards.publish`.

Tables are counted in families whose sums are known together. The numbers of a family change at most once
an hour, and only when k records or more of one of its tables changed: so the difference of two answers tells
of no single one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, StringField

from app.boards import cells
from app.boards.cells import LAST
from app.boards.documents import FOREVER, ONE, BoardCell, Fact, Marker
from app.boards.reading import money
from app.boards.withholding import K, moved
from app.foundation import days, duties
from app.foundation.db import Row, snapshot, transaction
from app.foundation.district import pack
from app.foundation.documents import Document
from app.foundation.duties import Duty
from app.issues.moves import machine_of
from app.projects.documents import Project
from app.projects.rates.formulas import STEPS, percent

PUBLISH = "boards.publish"
EVERY = timedelta(hours=1)
SOON = timedelta(minutes=1)
MONTHS = 24
KEY = "public"
ISSUES, PROJECTS, VISITS = FAMILIES = ("issues", "projects", "visits")
PARTS = "parts"
"""The table of a family that rates are made of: numerators and denominators."""

Tables = dict[str, dict[str, int]]


class PublicFigures(Document):
    """The one row of what is published: `made_at`, and the counts of each family as of a moment.

    `families` has by name {as_of, day, tables}: counts by table and key as they are, before any is withheld.
    """

    id: str = StringField(primary_key=True)  # type: ignore[assignment]
    made_at: datetime = DateTimeField(required=True)
    families: dict[str, Any] = DictField()

    meta: ClassVar[dict[str, Any]] = {"collection": "public_figures"}


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells of the boards of one building."""

    gen: int

    def count(self, scope: str, family: str) -> int:
        """That of a mark without a value."""
        row = BoardCell.rows().find_one({"_id": cells.cell(self.gen, scope, family)})
        return int(row["n"]) if row else 0

    def values(self, family: str, first: str = "", last: str = LAST) -> dict[str, Row]:
        """By value those of a family, of the district."""
        low, high = (
            cells.cell(self.gen, cells.DISTRICT, cells.mark(family, each)) for each in (first, last)
        )
        found = BoardCell.rows().find({"_id": {"$gte": low, "$lte": high}})
        return {row["_id"].rpartition("|")[2]: row for row in found}

    def counts(self, family: str, first: str = "", last: str = LAST) -> dict[str, int]:
        """The same as numbers."""
        return {key: int(row["n"]) for key, row in self.values(family, first, last).items()}

    def by_unit(self, family: str) -> dict[str, int]:
        """A mark by unit; what is of none under an empty key."""
        found = {
            each.code: self.count(cells.unit_scope(each.code), family) for each in pack().units
        }
        rest = self.count(cells.DISTRICT, family) - sum(found.values())
        return {**found, "": rest} if rest > 0 else found


def begin(now: datetime) -> None:
    """See to it that figures are published. Does nothing where that is so."""
    duties.add(PUBLISH, ObjectId(), now=now, key=PUBLISH)


def publish(duty: Duty, now: datetime) -> None:
    """Take the figures of this hour from the boards; a little later, where these are not built yet."""
    fresh = snapshot(_counted)

    def work() -> None:
        if fresh is not None:
            before = PublicFigures.rows().find_one({"_id": KEY}) or {"families": {}}
            families = {
                name: _held(before["families"].get(name), family) for name, family in fresh.items()
            }
            made = {"made_at": now, "families": families}
            PublicFigures.rows().update_one({"_id": KEY}, {"$set": made}, upsert=True)
        duties.again(duty, now + (SOON if fresh is None else EVERY))

    transaction(work)


def _held(before: Row | None, fresh: Row) -> Row:
    """The family as it was, unless enough of it changed."""
    if before is None:
        return fresh
    tables = before["tables"]
    changed = max(moved(tables.get(code, {}), counts) for code, counts in fresh["tables"].items())
    return fresh if changed >= K else before


def _counted() -> dict[str, Row] | None:
    marker = Marker.rows().find_one({"_id": ONE}, {"gen": 1, "as_of": 1})
    if marker is None:
        return None
    day, known = days.today(marker["as_of"]), _Cells(marker["gen"])
    told = {
        ISSUES: _issues(known, day),
        PROJECTS: _projects(known, day),
        VISITS: _visits(known, day),
    }
    common = {"as_of": marker["as_of"], "day": day.isoformat()}
    return {
        **{name: {**common, "tables": tables} for name, tables in told.items()},
        PROJECTS: {**common, "tables": told[PROJECTS], "completion": _completion(known, day)},
    }


def _issues(known: _Cells, day: date) -> Tables:
    ended = machine_of("issue").ended
    states = known.counts("i.state")
    of = known.count(cells.DISTRICT, "i.open")
    return {
        "issues.by_state": {key: n for key, n in states.items() if key not in ended},
        "issues.by_category": known.counts("i.category"),
        "issues.by_unit": known.by_unit("i.open"),
        "issues.opened": _by_month(known, "i.opened_m", day),
        "issues.closed": _by_month(known, "i.closed_m", day),
        PARTS: {"on_time.in": of - known.count(cells.DISTRICT, "i.late"), "on_time.of": of},
    }


def _projects(known: _Cells, day: date) -> Tables:
    year = f"{day.year}-01", days.month_of(day)
    parts = {
        f"{rate}.{side}": sum(known.counts(f"j.{rate}.{side}", *year).values())
        for rate in STEPS
        for side in ("in", "of")
    }
    return {
        "projects.by_stage": known.counts("j.stage"),
        "projects.by_unit": known.by_unit("j.going"),
        PARTS: parts,
    }


def _visits(known: _Cells, day: date) -> Tables:
    return {"visits.made": _by_month(known, "v.made_m", day)}


def _by_month(known: _Cells, family: str, day: date) -> dict[str, int]:
    first = days.months_later(day.replace(day=1), 1 - MONTHS)
    months = [days.month_of(days.months_later(first, n)) for n in range(MONTHS)]
    found = known.counts(family, months[0], months[-1])
    return {month: found.get(month, 0) for month in months}


def _completion(known: _Cells, day: date) -> str | None:
    """Of the investment planned for this year what was made, in %; None of fewer than k firms'."""
    year = str(day.year)
    row = known.values("j.spending", year, year).get(year)
    if row is None or _firms(known.gen, year) < K:
        return None
    share = percent(*money(row.get("sums", {}), day))
    return None if share is None else str(round(share))


def _firms(gen: int, year: str) -> int:
    """How many firms' projects it is of: enough to know whether these are enough."""
    cell = cells.cell(gen, cells.DISTRICT, cells.mark("j.spending", year))
    of: Iterable[Mapping[str, Any]] = (
        Fact.rows().find({"cells": cell, "until": FOREVER}, {"subject": 1}).limit(1000)
    )
    wanted = {"_id": {"$in": [each["subject"] for each in of]}, "enterprise": {"$ne": None}}
    return len(Project.rows().distinct("enterprise", wanted))
