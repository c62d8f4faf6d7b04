"""Stored rows by the names of a register's fields, as JSON has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.registers.fields import Ref
from app.registers.register import Register


def shown(register: Register, rows: Iterable[Row]) -> list[Row]:
    """Each row by field, what it refers to by what people call it. One look for each kind of reference."""
    found = list(rows)
    names = {ref.name: names_of(ref, found) for ref in register.refs}
    return [_one(register, row, names) for row in found]


def _one(register: Register, row: Row, names: Mapping[str, Mapping[ObjectId, Any]]) -> Row:
    made: Row = {}
    for field in register.fields:
        if isinstance(field, Ref):
            made[field.name] = names[field.name].get(row.get(field.into))  # type: ignore[arg-type]
        else:
            made[field.name] = field.show(field.recall(row.get(field.name)))
    return made


def names_of(ref: Ref, rows: Iterable[Row]) -> dict[ObjectId, Any]:
    """What people call the things that the rows refer to, by id."""
    wanted = {row[ref.into] for row in rows if row.get(ref.into)}
    if not wanted:
        return {}
    keys = {ref.key: 1, **({ref.also: 1} if ref.also else {})}
    found = ref.document.rows().find({"_id": {"$in": list(wanted)}}, keys)
    return {row["_id"]: row.get(ref.key) or row.get(ref.also or "") for row in found}
