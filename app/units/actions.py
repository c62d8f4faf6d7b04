"""Stating areas, one or many at once, and taking one off the map."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError, OperationFailure

from app.foundation import history
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.errors import Conflict, Invalid, NotFound, Stale
from app.foundation.geo import CoordType
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.people.access import Ties, actor
from app.people.who import Who
from app.units import queries
from app.units.documents import THERE, UNIT, Area
from app.units.shapes import Unsound, shape_of

MADE, CHANGED, UNCHANGED = "made", "changed", "unchanged"
_REPEATED = re.compile(r"\[ .*\] ")
_NO_GEOMETRY = 16755
"""What MongoDB says of a shape that it cannot index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An area as somebody states it; `geometry` is GeoJSON in the datum `coord_type`."""

    name: str
    kind: str
    geometry: Mapping[str, Any]
    unit: str | None = None
    rank: int = 5
    coord_type: CoordType = "wgs84"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """An area that may be stored: of a known unit, its shape sound and in WGS-84."""

    name: str
    kind: str
    unit: str | None
    rank: int
    shape: Mapping[str, Any]
    vertices: int


def checked(said: Said, units: Collection[str] | None = None, at: str = "") -> Content:
    """The area, fit to be stored; `units` are the known codes (the pack's), `at` stands before fields.

    Raises Invalid for an unknown unit, one that is missing or too much, and for each fault of the shape.
    """
    known = {each.code for each in pack().units} if units is None else units
    if (said.kind == UNIT) != (said.unit is not None):
        raise Invalid("area.unit_of_units", fields={f"{at}unit": [Reason("area.unit_of_units")]})
    if said.unit is not None and said.unit not in known:
        raise Invalid("unit.unknown", fields={f"{at}unit": [said.unit]})
    try:
        shape = shape_of(said.geometry, said.coord_type)
    except Unsound as error:
        raise Invalid("area.unsound", fields={f"{at}geometry": error.reasons}) from error
    return Content(
        name=said.name,
        kind=said.kind,
        unit=said.unit,
        rank=said.rank,
        shape=shape.geometry,
        vertices=shape.vertices,
    )


def is_replay(found: Row | None, content: Content) -> bool:
    """Whether the area is just that already."""
    return found is not None and _content(found) == asdict(content)


def state(who: Who, code: str, content: Content, version: int, now: datetime) -> Row:
    """State one area, if it still is the `version` that was looked at; 0 makes it.

    Raises Forbidden; Stale when it was changed, made or removed meanwhile; Invalid for a shape that the
    database refuses.
    """
    by = _by(who)

    def work() -> None:
        _write(code, content, version, by, now)

    transaction(work)
    return queries.see_area(who, code)


def take_in(
    who: Who, stated: Sequence[tuple[str, Content]], now: datetime
) -> list[tuple[str, str]]:
    """State many areas, all of them or none: code by code whether it was made, changed or unchanged.

    Areas that are not named stay as they are. Raises Forbidden; Invalid like `state`, and for a code that
    stands twice; Conflict when somebody else stated one of them at the same moment.
    """
    by = _by(who)
    codes = [code for code, _ in stated]
    twice = {
        f"features.{n}.properties.code": [Reason("area.code_twice")]
        for n, code in enumerate(codes)
        if code in codes[:n]
    }
    if twice:
        raise Invalid("area.code_twice", fields=twice)

    def work() -> list[tuple[str, str]]:
        return [
            (code, _take_in(code, content, by, now, f"features.{n}."))
            for n, (code, content) in enumerate(stated)
        ]

    try:
        return transaction(work)
    except Stale as error:
        raise Conflict("changed_meanwhile") from error


def remove(who: Who, code: str, now: datetime) -> None:
    """Take an area off the map. Raises Forbidden, and NotFound when there is none."""
    by = _by(who)

    def work() -> None:
        found = queries.find(code)
        if found is None:
            raise NotFound("not_found")
        gone = {"$set": {"removed_at": now, "updated_at": now}, "$unset": {"shape": ""}}
        Area.rows().update_one({"_id": found["_id"]}, {**gone, "$inc": {"version": 1}})
        _note(found["_id"], "remove", by, now, {"code": code, "before": _brief(found)})

    transaction(work)


def bring(code: str, content: Content, now: datetime) -> bool:
    """Make an area that the pack brings, unless there ever was one of this code: whether it was made."""

    def work() -> bool:
        if Area.rows().find_one({"code": code}, {"_id": 1}) is not None:
            return False
        _write(code, content, 0, history.SYSTEM, now)
        return True

    try:
        return transaction(work)
    except Stale:
        return False  # another process was faster


def _by(who: Who) -> Actor:
    return actor(who, "area.change", Ties())


def _take_in(code: str, content: Content, by: Actor, now: datetime, at: str) -> str:
    found = queries.find(code)
    if is_replay(found, content):
        return UNCHANGED
    _write(code, content, found["version"] if found else 0, by, now, at)
    return CHANGED if found else MADE


def _write(
    code: str, content: Content, version: int, by: Actor, now: datetime, at: str = ""
) -> None:
    """Inside a transaction. One that was removed is made anew, its version going on."""
    row = {**asdict(content), "updated_at": now}
    before = queries.find(code)
    try:
        if version:
            guard = {"code": code, "version": version, **THERE}
            key = _update(guard, row)
        else:
            key = _make(code, row)
    except DuplicateKeyError as error:
        raise Stale("changed_meanwhile") from error
    except OperationFailure as error:
        if error.code != _NO_GEOMETRY:
            raise
        refused = Reason("area.refused", {"error": _words(error)})
        raise Invalid("area.unsound", fields={f"{at}geometry": [refused]}) from error
    if key is None:
        raise Stale("changed_meanwhile")
    data = {"code": code, "before": _brief(before) if before else None, "after": asdict(content)}
    _note(key, "change" if before else "create", by, now, data)


def _make(code: str, row: Row) -> ObjectId | None:
    """The id of what is now there; None when it was there already."""
    removed = {"code": code, "removed_at": {"$ne": None}}
    if Area.rows().find_one({"code": code, **THERE}, {"_id": 1}) is not None:
        return None
    return _update(removed, row) or Area.insert_row(code=code, **row)["_id"]


def _update(guard: Row, row: Row) -> ObjectId | None:
    change = {"$set": {**row, "removed_at": None}, "$inc": {"version": 1}}
    found = Area.rows().find_one_and_update(guard, change, projection={"_id": 1})
    return found["_id"] if found else None


def _words(error: OperationFailure) -> str:
    """MongoDB's reason without the shape that it repeats."""
    said = str((error.details or {}).get("errmsg", error))
    return _REPEATED.sub("", said.rpartition("}  ")[2])[:200]


def _content(row: Row) -> Row:
    """What is stated of an area, as it is stored."""
    return {name: row.get(name) for name in Content.__slots__}


def _brief(row: Row) -> Row:
    """The same without the shape, which the row of history before this one holds."""
    return {name: value for name, value in _content(row).items() if name != "shape"}


def _note(key: ObjectId, action: str, by: Actor, now: datetime, data: Row) -> None:
    history.append("area", key, action, by=by, now=now, data=data)
