"""Looking at checks, and what they add up to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.foundation import history
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import NotFound
from app.foundation.ids import object_id
from app.oversight.checks_hidden import hidden_from
from app.oversight.draws_documents import (
    BY_DEPARTMENT,
    CHECK,
    CONFIRMED,
    DOUBTFUL,
    FAKE,
    OPEN,
    RECORDED,
    Check,
)
from app.oversight.draws_population import span
from app.people.access import Columns, Ties, allowed, scope
from app.people.who import Who

SEE, FIGURES = "check.see", "check.figures"
COLUMNS = Columns(owner="inspector", unit="shown_unit", departments="shown_department")
Z95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFilters:
    """Which checks; None means any. `since` and `until` are local days of the recording."""

    draw_id: str | None = None
    state: str | None = None
    outcome: str | None = None
    unit: str | None = None
    department_id: str | None = None
    mine: bool | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What the checks of a department or unit (`key`) came to, with the ids of those recorded.

    `share` of the recorded that were confirmed, between `low` and `high` by 95 % (Wilson's interval); all
    None where nothing is recorded. `small`: of too few to say much.
    """

    key: str
    name: str
    open: int
    confirmed: int
    doubtful: int
    fake: int
    ids: tuple[ObjectId, ...]

    @property
    def recorded(self) -> int:
        """How many were looked at."""
        return self.confirmed + self.doubtful + self.fake

    @property
    def share(self) -> float | None:
        """The part that was confirmed, 0 to 1."""
        return round(self.confirmed / self.recorded, 4) if self.recorded else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the true share lies, by 95 %."""
        return wilson(self.confirmed, self.recorded) if self.recorded else None

    @property
    def small(self) -> bool:
        """Whether it is of fewer checks than the district's least."""
        return self.recorded < pack().checks.small_sample


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Wilson's score interval of a share, 95 %: (low, high), four places. `count` is at least 1."""
    share, z2 = hits / count, Z95 * Z95
    middle = share + z2 / (2 * count)
    spread = Z95 * math.sqrt(share * (1 - share) / count + z2 / (4 * count * count))
    low, high = (middle - spread) / (1 + z2 / count), (middle + spread) / (1 + z2 / count)
    return round(max(low, 0.0), 4), round(min(high, 1.0), 4)


def ties(check: Mapping[str, Any]) -> Ties:
    """What binds a stored check to people."""
    shown = check["shown_department"]
    return Ties(
        owner=check["inspector"],
        unit=check["shown_unit"],
        departments=(shown,) if shown else (),
    )


def see(who: Who, key: str) -> Row:
    """A stored check, if `who` may know of it. Raises NotFound else."""
    row = Check.rows().find_one({"_id": object_id(key)})
    if row is None or not allowed(who, SEE, ties(row)) or hidden_from(who, [row["issue"]]):
        raise NotFound("not_found")
    return row


def inside(who: Who, check: Row) -> bool:
    """Whether the words of the call, and who looked, are for these eyes."""
    return allowed(who, "check.see_inside", ties(check))


def listed(who: Who, filters: CheckFilters, *, page: int, page_size: int) -> tuple[list[Row], int]:
    """A page of the checks `who` may see, the soonest due first, and how many."""
    query = _query(who, SEE, filters)
    rows = Check.rows().find(query).sort([("due_at", 1), ("_id", 1)])
    found = list(rows.skip((page - 1) * page_size).limit(page_size))
    return found, Check.rows().count_documents(query)


def figures(who: Who, by: str, filters: CheckFilters) -> tuple[list[Share], Share]:
    """What the checks `who` may count came to, by department or unit, and all of them together."""
    column = "department" if by == BY_DEPARTMENT else "unit"
    query = {"$and": [_query(who, FIGURES, filters), {column: {"$ne": None}}]}
    rows = list(Check.rows().find(query, {column: 1, "state": 1, "outcome": 1}).sort("_id", 1))
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    names = _names(by, groups)
    lines = [_share(str(key), names.get(key, str(key)), some) for key, some in groups.items()]
    return sorted(lines, key=lambda each: each.key), _share("", "", rows)


def steps(who: Who, check: Row) -> list[str]:
    """What `who` may do with it now."""
    if check["state"] != OPEN:
        return []
    return [step for step in ("assign", "record") if allowed(who, f"check.{step}", ties(check))]


def history_of(check: Row) -> list[Row]:
    """What was done with a check, in order."""
    return history.of(CHECK, check["_id"], internal=True)


def unit_name(code: str) -> str:
    """The name of a unit; its code where the pack does not know it."""
    return next((each.name for each in pack().units if each.code == code), code)


def _query(who: Who, action: str, filters: CheckFilters) -> Row:
    parts: list[Row] = [scope(who, action, COLUMNS)]
    plain = {"state": filters.state, "outcome": filters.outcome, "unit": filters.unit}
    keys = {"draw": filters.draw_id, "department": filters.department_id}
    parts += [{name: value} for name, value in plain.items() if value is not None]
    parts += [{name: ObjectId(key)} for name, key in keys.items() if key is not None]
    if filters.mine:
        parts.append({"inspector": {"$in": list(who.ids)}})
    if filters.since is not None:
        parts.append({"recorded_at": {"$gte": span(*[filters.since.isoformat()] * 2)[0]}})
    if filters.until is not None:
        parts.append({"recorded_at": {"$lt": span(*[filters.until.isoformat()] * 2)[1]}})
    hidden = hidden_from(who, Check.rows().distinct("issue", {"$and": parts}))
    if hidden:
        parts.append({"issue": {"$nin": list(hidden)}})
    return {"$and": parts}


def _share(key: str, name: str, rows: Iterable[Row]) -> Share:
    some = list(rows)
    count = {
        each: sum(row["outcome"] == each for row in some) for each in (CONFIRMED, DOUBTFUL, FAKE)
    }
    recorded = tuple(row["_id"] for row in some if row["state"] == RECORDED)
    return Share(
        key,
        name,
        open=len(some) - len(recorded),
        confirmed=count[CONFIRMED],
        doubtful=count[DOUBTFUL],
        fake=count[FAKE],
        ids=recorded,
    )


def _names(by: str, keys: Iterable[Any]) -> Mapping[Any, str]:
    if by == BY_DEPARTMENT:
        return registry.names(keys)
    return {key: unit_name(key) for key in keys}
