"""Registers on their way out as files: with the headings that an import understands, and its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.exchange import catalog
from app.exchange.words import heading_of
from app.foundation import history
from app.foundation.db import Row
from app.foundation.entries import STANDING
from app.foundation.errors import Invalid
from app.foundation.reasons import Reason
from app.people.who import Who
from app.projects.documents import Project
from app.registers.fields import Field, Ref, Shown
from app.registers.register import Register
from app.registers.showing import names_of

MOST_ROWS = 50_000
BATCH = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of a register: of a unit, of a project, written `since`."""

    unit: str | None = None
    project: ObjectId | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of the rows, in order, and the fields that are shown of them."""

    register: Register
    fields: Sequence[Field]
    ids: Sequence[ObjectId]

    def headings(self, language: str) -> list[str]:
        """The headings of the columns."""
        return [heading_of(field, language) for field in self.fields]

    def lines(self, language: str) -> Iterator[list[Shown]]:
        """The rows as cells; read while they are sent."""
        shown = _Cells(self.register, self.fields, language)
        for start in range(0, len(self.ids), BATCH):
            some = self.ids[start : start + BATCH]
            rows = {
                row["_id"]: row
                for row in self.register.document.rows().find({"_id": {"$in": list(some)}})
            }
            yield from shown.of([rows[key] for key in some if key in rows])


def export(who: Who, register: Register, wanted: Wanted, form: str, now: datetime) -> Found:
    """The rows that `who` may see, once it is written down that they take them away.

    Raises Invalid for more than 50,000, and for a project where rows are of none.
    """
    query = _query(who, register, wanted)
    rows = register.document.rows().find(query, {"_id": 1}).sort("_id", 1).limit(MOST_ROWS + 1)
    ids = [row["_id"] for row in rows]
    if len(ids) > MOST_ROWS:
        raise Invalid("export.too_many", most=MOST_ROWS)
    narrowed = {"unit": wanted.unit, "project": wanted.project, "since": wanted.since}
    filters = {name: value for name, value in narrowed.items() if value is not None}
    data = {"list": register.name, "format": form, "filters": filters, "rows": len(ids)}
    history.append("export", ObjectId(), "export", by=who.acting(), now=now, data=data)
    return Found(register, catalog.columns_for(who, register), ids)


def _query(who: Who, register: Register, wanted: Wanted) -> Row:
    unit = register.columns.unit
    narrowed = {unit: wanted.unit} if wanted.unit and unit else None
    query = catalog.rows_of(who, register, narrowed)
    asked: list[Row] = [query]
    if register.entries:
        asked.append(STANDING)
    else:
        # What has no key yet cannot be told from others when it comes back.
        asked.append({register.key[0]: {"$ne": None}})
    if wanted.since:
        when = "known_at" if register.entries else "updated_at"
        asked.append({when: {"$gte": wanted.since}})
    if wanted.project:
        asked.append({_project_field(register): wanted.project})
    return {"$and": asked}


def _project_field(register: Register) -> str:
    """Where a row names its project. Raises Invalid."""
    if register.document is Project:
        return "_id"
    for ref in register.refs:
        if ref.document is Project:
            return ref.into
    raise Invalid("request.invalid", fields={"project_id": [Reason("request.unknown_field")]})


class _Cells:
    """Cells of rows; what a field keeps is put into words once, since most rows hold the same."""

    def __init__(self, register: Register, fields: Sequence[Field], language: str) -> None:
        self._register, self._fields, self._language = register, fields, language
        self._known: dict[tuple[str, str], Shown] = {}

    def of(self, rows: Sequence[Row]) -> Iterator[list[Shown]]:
        names = {ref.name: names_of(ref, rows) for ref in self._register.refs}
        for row in rows:
            yield [self._cell(field, row, names) for field in self._fields]

    def _cell(self, field: Field, row: Row, names: Mapping[str, Mapping[Any, Any]]) -> Shown:
        if isinstance(field, Ref):
            found: Shown = names[field.name].get(row.get(field.into))
            return found
        kept = row.get(field.name)
        key = field.name, str(kept)
        if key not in self._known:
            self._known[key] = field.cell(field.recall(kept), self._language)
        return self._known[key]
