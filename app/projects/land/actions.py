"""Parcels as people state them, one at a time, and looking at them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.db import Row
from app.foundation.errors import Invalid, NotFound
from app.foundation.reasons import Reason
from app.people.access import allowed, scope
from app.people.who import Who
from app.projects.land.documents import Parcel
from app.projects.land.register import COLUMNS, REGISTER, ties
from app.projects.land.sums import Amount, Sums, sums
from app.registers.stating import batch_of, loaded, state_line, whole
from app.units.shapes import Unsound, shape_of


def create(
    who: Who, raw: Mapping[str, Any], area: Any, client_id: str, now: datetime
) -> tuple[Row, bool]:
    """Enter a parcel by the names of the register's fields: (it, whether it is new).

    `area` is GeoJSON in WGS-84, or None. Raises Invalid by field, Forbidden; Conflict when its code is
    taken, or the client_id was used for something else.
    """
    line, batch = loaded(REGISTER, raw), batch_of(who, now)
    extra = {"area": _shape(area)}
    draft, new = state_line(REGISTER, batch, line, extra=extra, client_id=client_id)
    return draft.after, new


def change(
    who: Who,
    key: str,
    raw: Mapping[str, Any],
    area: Any,
    *,
    version: int,
    reason: str,
    now: datetime,
) -> Row:
    """Change a parcel as a whole, if it still is this `version`. Its code stays.

    With a `reason` it is a correction, which may go into any state. Raises like `create`; NotFound, Stale
    when it was changed meanwhile.
    """
    parcel = see_parcel(who, key)
    if raw.get("code") != parcel["code"]:
        raise Invalid("request.invalid", fields={"code": [Reason("register.key_stays")]})
    line, batch = whole(REGISTER, raw), batch_of(who, now, reason=reason)
    state_line(REGISTER, batch, line, extra={"area": _shape(area)}, version=version)
    return see_parcel(who, key)


def see_parcel(who: Who, key: str) -> Row:
    """The stored parcel, if `who` may know of it. Raises NotFound else."""
    row = Parcel.rows().find_one({"_id": ObjectId(key)})
    if row is None or not allowed(who, "parcel.see", ties(row)):
        raise NotFound("not_found")
    return row


def parcels(
    who: Who,
    *,
    page: int,
    page_size: int,
    q: str | None = None,
    project_id: str | None = None,
    **fields: str | None,
) -> tuple[list[Row], int]:
    """A page of the parcels `who` may see, by code, and how many there are; `fields`: unit, state."""
    parts: list[Row] = [scope(who, "parcel.see", COLUMNS)]
    parts += [{name: value} for name, value in fields.items() if value]
    if project_id:
        parts.append({"project": ObjectId(project_id)})
    if q:
        pattern = {"$regex": re.escape(q), "$options": "i"}
        parts.append({"$or": [{"name": pattern}, {"code": pattern}]})
    query = {"$and": parts}
    found = Parcel.rows().find(query).sort("code", 1).skip((page - 1) * page_size).limit(page_size)
    return list(found), Parcel.rows().count_documents(query)


def history_of(who: Who, key: str) -> list[Row]:
    """What was changed of a parcel, oldest first. Raises NotFound."""
    return history.of("parcel", see_parcel(who, key)["_id"], internal=False)


def sums_for(who: Who) -> tuple[Sums, list[Sums]]:
    """The sums of all parcels `who` may see, and those of their units."""
    stages: list[Row] = [
        {"$match": scope(who, "parcel.see", COLUMNS)},
        {
            "$group": {
                "_id": {"unit": "$unit", "state": "$state"},
                "parcels": {"$sum": 1},
                "mu": {"$sum": "$mu"},
            }
        },
    ]
    return sums(
        (row["_id"]["unit"], row["_id"]["state"], Amount(row["parcels"], row["mu"].to_decimal()))
        for row in Parcel.rows().aggregate(stages)
    )


def _shape(area: Any) -> Row | None:
    if area is None:
        return None
    try:
        return shape_of(area, "wgs84").geometry
    except Unsound as unsound:
        raise Invalid("request.invalid", fields={"area": list(unsound.reasons)}) from unsound
