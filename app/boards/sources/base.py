"""What makes facts of records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId

from app.boards.cells import (
    DISTRICT,
    Made,
    commissioner_scope,
    leader_scope,
    mark,
    unit_scope,
)
from app.foundation import days
from app.foundation.changes import Tracked
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.documents import Document

Owner = tuple[str, ObjectId]
"""A source by name, and the record of it whose facts are made together."""


@dataclass(frozen=True, slots=True)
class At:
    """The moment by which facts are made, and the local day that it lies in."""

    now: datetime
    today: date

    @classmethod
    def of(cls, now: datetime) -> At:
        """That of a moment."""
        return cls(now, days.today(now))


Make = Callable[[Sequence[ObjectId], At], Iterator[tuple[ObjectId, Made]]]
"""The facts of some records, each with the record that owns it. A record may have none."""


@dataclass(frozen=True, slots=True)
class Source:
    """Facts of the records of `document`. What changes `ties` of one changes those that `hang` on it.

    `hang` gives them by the ids of records.
    """

    name: str
    document: type[Document]
    make: Make
    hang: Callable[[Sequence[ObjectId]], Iterable[Owner]] | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """Changes of a tracked document, and whose facts each of its rows is part of (by `fields` of it)."""

    document: type[Tracked]
    owners: Callable[[Mapping[str, Any]], Iterable[Owner]]
    fields: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Of its collection."""
        return str(self.document._get_collection_name())


def of(*names: str) -> Callable[[Mapping[str, Any]], Iterable[Owner]]:
    """The owners that a row is, one of each of these sources."""

    def owners(row: Mapping[str, Any]) -> Iterable[Owner]:
        return [(name, row["_id"]) for name in names]

    return owners


@dataclass(frozen=True, slots=True)
class Projects:
    """What projects lend to what hangs on them: unit, leader, commissioner."""

    rows: Mapping[ObjectId, Row] = field(default_factory=dict)

    @classmethod
    def of(cls, kind: type[Document], keys: Iterable[ObjectId | None]) -> Projects:
        """Those with these ids."""
        wanted = {"_id": {"$in": list({key for key in keys if key})}}
        shown = {"unit": 1, "leader": 1, "commissioner": 1}
        return cls(by_id(kind.rows().find(wanted, shown)))

    def scopes(self, key: ObjectId | None, unit: str | None = None) -> tuple[str, ...]:
        """On whose boards it is; `unit` where there is no such project."""
        row = self.rows.get(key, {}) if key else {}
        return scopes(row.get("unit") or unit, row.get("leader"), row.get("commissioner"))


def scopes(
    unit: str | None, leader: ObjectId | None, commissioner: ObjectId | None
) -> tuple[str, ...]:
    """The district's board, and those of the unit and people, where there are such."""
    found = [DISTRICT]
    if unit:
        found.append(unit_scope(unit))
    if leader:
        found.append(leader_scope(leader))
    if commissioner:
        found.append(commissioner_scope(commissioner))
    return tuple(found)


def due(prefix: str, due_at: datetime | None, at: At) -> tuple[list[str], datetime | None]:
    """Late, or due on a local day: the mark of it, and when that changes by itself."""
    if due_at is None:
        return [], None
    if due_at < at.now:
        return [f"{prefix}.late"], None
    # Late is what lies before: of a moment, from the next millisecond on.
    return [mark(f"{prefix}.due", day_of(due_at))], due_at + timedelta(milliseconds=1)


def due_on(prefix: str, day: str, at: At) -> tuple[list[str], datetime | None]:
    """The same of a local day, at whose end it is due."""
    end = date.fromisoformat(day) + timedelta(days=1)
    if at.today >= end:
        return [f"{prefix}.late"], None
    return [mark(f"{prefix}.due", day)], start_of(end)


def day_of(moment: datetime) -> str:
    """The local day of a moment, as `2026-11-24`."""
    return days.today(moment).isoformat()


def start_of(day: date) -> datetime:
    """When a local day begins."""
    return datetime.combine(day, datetime.min.time(), pack().zone)


def by_id(rows: Iterable[Row]) -> dict[ObjectId, Row]:
    """Rows by their id."""
    return {row["_id"]: row for row in rows}


def grouped(rows: Iterable[Row], field: str) -> dict[ObjectId, list[Row]]:
    """Rows by a field."""
    found: dict[ObjectId, list[Row]] = {}
    for row in rows:
        found.setdefault(row[field], []).append(row)
    return found
