"""Looking at cases: who knows of which, what they may do, what the standing ones add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.foundation import history
from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.foundation.ids import object_id
from app.oversight.cases_documents import DEPARTMENT, NEGATIVE, POSITIVE, THING, UNIT, Case
from app.oversight.cases_states import OPEN_INSIDE, WITHDRAWN, legal
from app.oversight.checks_queries import unit_name
from app.people.access import Columns, Ties, allowed, may, scope
from app.people.who import Who

SEE, READ, INSIDE = "case.see", "case.read", "case.see_inside"
COLUMNS = Columns(owner="by", followers="known_to")
_SERVED = frozenset({"reply", "appeal"})
ANSWERS = ("reject_appeal", "uphold_appeal")
IMPARTIAL = frozenset({"approve", "drop", *ANSWERS})
"""What only somebody else than who proposed it may do, and nobody whom it is about."""
UNCONCERNED = IMPARTIAL | {"withdraw"}
"""What nobody may do whom it is about; who proposed it may take it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilters:
    """Which cases; None means any."""

    kind: str | None = None
    state: str | None = None
    subject_kind: str | None = None
    department_id: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """The circulated cases of a department or unit (`key`), and those withdrawn, with their ids."""

    key: str
    name: str
    positive: int
    negative: int
    withdrawn: int
    ids: tuple[ObjectId, ...]


def permission(action: str) -> str:
    """What of the policy allows a step."""
    return "case.answer_appeal" if action in ANSWERS else f"case.{action}"


def ties(case: Mapping[str, Any], action: str = "") -> Ties:
    """What binds a stored case to people; who may reply or appeal are those it was served on."""
    to = case["served_to"] if action in _SERVED or action == INSIDE else case["known_to"]
    return Ties(owner=case["by"], followers=tuple(to))


def see(who: Who, key: str) -> Row:
    """A stored case, if `who` may know of it. Raises NotFound else."""
    row = Case.rows().find_one({"_id": object_id(key)})
    if row is None or not _knows(who, row):
        raise NotFound("not_found")
    return row


def inside(who: Who, case: Row) -> bool:
    """Whether `who` proposed it, decides on it, or has it served on them: they see all of it."""
    return allowed(who, INSIDE, ties(case, INSIDE))


def listed(who: Who, filters: CaseFilters, *, page: int, page_size: int) -> tuple[list[Row], int]:
    """A page of the cases `who` may see, the newest first, and how many."""
    query = _query(who, filters)
    rows = Case.rows().find(query).sort([("created_at", -1), ("_id", -1)])
    found = list(rows.skip((page - 1) * page_size).limit(page_size))
    return found, Case.rows().count_documents(query)


def figures(who: Who, by: str, filters: CaseFilters) -> list[Count]:
    """How many positive and negative cases departments, or units, have among those `who` may see."""
    column = "department" if by == DEPARTMENT else "unit"
    circulated = {
        "circulation": {"$ne": None},
        "state": {"$in": [*OPEN_INSIDE, WITHDRAWN]},
        column: {"$ne": None},
    }
    groups: dict[Any, list[Row]] = {}
    for row in Case.rows().find({"$and": [_query(who, filters), circulated]}).sort("_id", 1):
        groups.setdefault(row[column], []).append(row)
    names = registry.names(groups) if by == DEPARTMENT else {key: unit_name(key) for key in groups}
    lines = [_count(str(key), names.get(key, str(key)), rows) for key, rows in groups.items()]
    return sorted(lines, key=lambda each: each.key)


def steps(who: Who, case: Row) -> list[str]:
    """What `who` may do to the case now, as far as roles and states say."""
    waiting = open_appeal(case) is not None
    return [
        action
        for action in legal(case["state"])
        if ((action in ANSWERS) == waiting or action == "withdraw")
        and allowed(who, permission(action), ties(case, action))
        and not partial(who, case, action)
    ]


def partial(who: Who, case: Row, action: str) -> bool:
    """Whether `who` may not judge: they proposed it, it is about them, or they judged it before."""
    if action not in UNCONCERNED:
        return False
    known = {*case["served_to"]}
    if action in IMPARTIAL:
        known.add(case["by"])
    if action in ANSWERS and case["decision"]:
        known.add(case["decision"]["by"])
    return bool(known & set(who.ids)) or _is_of(who, case)


def open_appeal(case: Mapping[str, Any]) -> Row | None:
    """The appeal that waits for an answer."""
    waiting = [each for each in case["appeals"] if each["answer"] is None]
    return waiting[0] if waiting else None


def history_of(case: Row) -> list[Row]:
    """What was done, in order."""
    return history.of(THING, case["_id"], internal=True)


def _knows(who: Who, case: Row) -> bool:
    open_ = case["open_to_staff"] and may(who, READ)
    return bool(open_) or allowed(who, SEE, ties(case))


def _is_of(who: Who, case: Mapping[str, Any]) -> bool:
    """Whether it is about `who`, or about what they answer for, even before it is served."""
    if case["subject_kind"] == DEPARTMENT:
        return any(each.department == case["department"] for each in who.having("head", "clerk"))
    if case["subject_kind"] == UNIT:
        return any(each.unit == case["unit"] for each in who.having("unit_admin"))
    return case["subject"] in map(str, who.ids)


def _query(who: Who, filters: CaseFilters) -> Row:
    mine = scope(who, SEE, COLUMNS)
    reached = {"$or": [mine, {"open_to_staff": True}]} if may(who, READ) else mine
    wanted: Row = {
        "kind": filters.kind,
        "state": filters.state,
        "subject_kind": filters.subject_kind,
        "unit": filters.unit,
        "department": ObjectId(filters.department_id) if filters.department_id else None,
    }
    return {"$and": [reached, {name: value for name, value in wanted.items() if value}]}


def _count(key: str, name: str, rows: list[Row]) -> Count:
    standing = [row["kind"] for row in rows if row["state"] in OPEN_INSIDE]
    return Count(
        key,
        name,
        positive=standing.count(POSITIVE),
        negative=standing.count(NEGATIVE),
        withdrawn=sum(row["state"] == WITHDRAWN for row in rows),
        ids=tuple(row["_id"] for row in rows),
    )
