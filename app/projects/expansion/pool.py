"""The pool of expansion intents: lists, sums, and one as people look at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation import amounts, history
from app.foundation.db import Row
from app.people.access import require
from app.people.documents import Person
from app.people.who import Who
from app.projects.documents import Project
from app.projects.expansion.access import see_intent, within
from app.projects.expansion.actions import THING
from app.projects.expansion.documents import DIRECTIONS, Intent

SUMMED = ("amount", "funds_needed", "land_needed_mu")


@dataclass(frozen=True, slots=True)
class Pool:
    """A page of intents; `count` and `sums` (of SUMMED) are of all found, by direction too."""

    rows: list[Row]
    count: int
    sums: dict[str, Decimal]
    by_direction: list[Row]


def pool(
    who: Who,
    *,
    page: int,
    page_size: int,
    direction: str | None = None,
    state: str | None = None,
    unit: str | None = None,
    enterprise_id: str | None = None,
    owner_id: str | None = None,
) -> Pool:
    """A page of the intents that `who` may see, the last caught first, with the sums of all of them.

    Amounts are 万元 and mu; an intent that names none adds nothing. Raises Forbidden.
    """
    require(who, "expansion.see")
    parts: list[Row] = [within(who)]
    wanted: Row = {
        "direction": direction,
        "state": state,
        "enterprise": ObjectId(enterprise_id) if enterprise_id else None,
        "owner": ObjectId(owner_id) if owner_id else None,
    }
    parts += [{name: value} for name, value in wanted.items() if value is not None]
    if unit is not None:
        parts.append({"enterprise": {"$in": Enterprise.rows().distinct("_id", {"unit": unit})}})
    query = {"$and": parts}
    found = Intent.rows().find(query).sort([("caught_on", -1), ("_id", -1)])
    rows = list(found.skip((page - 1) * page_size).limit(page_size))
    groups = {row["_id"]: row for row in Intent.rows().aggregate([{"$match": query}, _SUMS])}
    by_direction = [_group(code, groups[code]) for code in DIRECTIONS if code in groups]
    return Pool(
        rows=described(rows),
        count=sum(each["count"] for each in by_direction),
        sums={name: amounts.total(each[name] for each in by_direction) for name in SUMMED},
        by_direction=by_direction,
    )


def whole(who: Who, key: str) -> Row:
    """An intent with its meetings and history. Raises NotFound."""
    return portrait(see_intent(who, key).id)


def portrait(key: ObjectId) -> Row:
    """The same for who has just done something with it, and perhaps given it away."""
    [row] = described(Intent.rows().find({"_id": key}))
    return {**row, "history": history.of(THING, key, internal=True)}


def described(rows: Iterable[Row]) -> list[Row]:
    """Intents with the names of enterprise, owner and project."""
    rows = list(rows)
    firms = _by_id(Enterprise, (row["enterprise"] for row in rows), "unit")
    people = _by_id(Person, (row["owner"] for row in rows))
    projects = _by_id(Project, (row.get("project") for row in rows))
    return [
        {
            **row,
            "enterprise_name": firms.get(row["enterprise"], {}).get("name", ""),
            "unit": firms.get(row["enterprise"], {}).get("unit"),
            "owner_name": people.get(row["owner"], {}).get("name", ""),
            "project_name": projects.get(row.get("project"), {}).get("name"),
        }
        for row in rows
    ]


_SUMS: Row = {
    "$group": {
        "_id": "$direction",
        "count": {"$sum": 1},
        **{name: {"$sum": f"${name}"} for name in SUMMED},
    }
}


def _group(code: str, row: Row) -> Row:
    # Of nothing but nulls MongoDB sums an integer 0.
    sums = {name: amounts.read(row[name]) for name in SUMMED}
    return {"direction": code, "count": row["count"], **sums}


def _by_id(kind: Any, keys: Iterable[ObjectId | None], *fields: str) -> dict[Any, Row]:
    wanted = list({key for key in keys if key is not None})
    shown = dict.fromkeys(("name", *fields), 1)
    return {row["_id"]: row for row in kind.rows().find({"_id": {"$in": wanted}}, shown)}
