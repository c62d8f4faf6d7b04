"""Lists of surveys and replies, and how far a survey has reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation import history
from app.foundation.db import Row
from app.people.documents import Person
from app.people.who import Who
from app.surveys.access import seen, within
from app.surveys.documents import Reply, Survey
from app.surveys.results import BY_CLASS, BY_INDUSTRY, BY_UNIT, COLUMN
from app.surveys.states import REACHED, REPLY_STATES

BY_COMMISSIONER = "commissioner"
GROUPS = (BY_UNIT, BY_COMMISSIONER, BY_INDUSTRY, BY_CLASS)
NONE = "none"
"""Stands for firms that have no such mark."""


def surveys(
    who: Who, *, page: int, page_size: int, state: str | None = None
) -> tuple[list[Row], int]:
    """A page of the surveys that `who` may know of, the newest first, and how many there are."""
    query = {"$and": [seen(who), {"state": state} if state else {}]}
    found = Survey.rows().find(query).sort([("created_at", -1), ("_id", -1)])
    rows = list(found.skip((page - 1) * page_size).limit(page_size))
    return rows, Survey.rows().count_documents(query)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Which replies of a survey; `question` was answered with `answer`. A mark of `none` is no mark."""

    state: str | None = None
    reached: bool | None = None
    unit: str | None = None
    industry: str | None = None
    growth_class: str | None = None
    commissioner: str | None = None
    question: str | None = None
    answer: str | None = None
    enterprise_id: str | None = None


def query_of(who: Who, survey: Row, which: Narrowed) -> Row:
    """What finds them, of those that `who` may see."""
    parts: list[Row] = [{"survey": survey["_id"]}, within(who)]
    if which.state:
        parts.append({"state": which.state})
    if which.reached is not None:
        parts.append({"state": {"$in" if which.reached else "$nin": list(REACHED)}})
    for by, column in COLUMN.items():
        if (mark := getattr(which, by)) is not None:
            parts.append({column: {"$in": [None, ""]} if mark == NONE else mark})
    if which.commissioner is not None:
        key = None if which.commissioner == NONE else ObjectId(which.commissioner)
        firms = Reply.rows().distinct("enterprise", {"survey": survey["_id"]})
        query = {"_id": {"$in": firms}, "commissioner": key}
        parts.append({"enterprise": {"$in": Enterprise.rows().distinct("_id", query)}})
    if which.question is not None:
        answered = {"$exists": True} if which.answer is None else which.answer
        parts.append({f"answers.{which.question}": answered})
    if which.enterprise_id is not None:
        parts.append({"enterprise": ObjectId(which.enterprise_id)})
    return {"$and": parts}


def replies(
    who: Who, survey: Row, which: Narrowed, *, page: int, page_size: int
) -> tuple[list[Row], int]:
    """A page of the replies of a stored survey that `who` may see, by firm, and how many there are."""
    query = query_of(who, survey, which)
    found = Reply.rows().find(query).sort([("enterprise", 1), ("_id", 1)])
    rows = list(found.skip((page - 1) * page_size).limit(page_size))
    return described(rows), Reply.rows().count_documents(query)


def described(rows: Iterable[Row]) -> list[Row]:
    """Replies with the names of their firms, and who serves these now."""
    found = list(rows)
    firms = _firms(found)
    people = _names(firm.get("commissioner") for firm in firms.values())
    return [
        {
            **row,
            "enterprise_name": firms.get(row["enterprise"], {}).get("name", ""),
            "commissioner": (key := firms.get(row["enterprise"], {}).get("commissioner")),
            "commissioner_name": people.get(key),
        }
        for row in found
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many firms of a group are in which state; `group` is empty for all of them."""

    group: str
    name: str | None
    counts: Mapping[str, int]

    @property
    def firms(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def reached(self) -> int:
        """With how many somebody spoke."""
        return sum(self.counts[state] for state in REACHED)


def reach(who: Who, survey: Row, by: str) -> tuple[list[Reach], Reach]:
    """How far a stored survey has reached, of the firms that `who` may see: by group, and in all."""
    shown = dict.fromkeys(("state", "enterprise", *COLUMN.values()), 1)
    rows = list(Reply.rows().find(query_of(who, survey, Narrowed()), shown))
    marks = {row["_id"]: row[COLUMN[by]] for row in rows} if by in COLUMN else _serving(rows)
    names = _names(marks.values()) if by == BY_COMMISSIONER else {}
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(marks[row["_id"]] or None, []).append(row)
    lines = [
        Reach(group=str(mark or NONE), name=names.get(mark), counts=_counts(some))
        for mark, some in groups.items()
    ]
    return sorted(lines, key=lambda line: line.group), Reach(
        group="", name=None, counts=_counts(rows)
    )


def history_of(thing: str, row: Row) -> list[Row]:
    """What was done, in order."""
    return history.of(thing, row["_id"], internal=True)


def _counts(rows: Iterable[Row]) -> dict[str, int]:
    counts = dict.fromkeys(REPLY_STATES, 0)
    for row in rows:
        counts[row["state"]] += 1
    return counts


def _serving(rows: Iterable[Row]) -> dict[ObjectId, ObjectId | None]:
    found = list(rows)
    firms = _firms(found)
    return {row["_id"]: firms.get(row["enterprise"], {}).get("commissioner") for row in found}


def _firms(rows: Iterable[Row]) -> dict[ObjectId, Row]:
    wanted = [row["enterprise"] for row in rows]
    shown = {"name": 1, "commissioner": 1}
    return {row["_id"]: row for row in Enterprise.rows().find({"_id": {"$in": wanted}}, shown)}


def _names(keys: Iterable[ObjectId | None]) -> dict[Any, str]:
    wanted = list({key for key in keys if key})
    rows = Person.rows().find({"_id": {"$in": wanted}}, {"name": 1}) if wanted else ()
    return {row["_id"]: row["name"] for row in rows}
