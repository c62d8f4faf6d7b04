"""Making standings anew: the duty `projects.restand`, and what makes all of them anew when a month ends.

A standing is read from before what it is made of is read, and written only if nobody wrote it since: so of
two workers at the same project the slower begins again, and no change of a cell is lost or comes twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from app.foundation import clock, days, duties
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.duties import Duty
from app.foundation.entries import CURRENT, STANDING, known_from
from app.foundation.errors import Stale
from app.foundation.writes import Change, Insert, Write, write_all
from app.projects.documents import Project
from app.projects.figures.documents import PROJECT, FigureEntry, PlanEntry
from app.projects.rates import rollups
from app.projects.rates.documents import Cell, PastParticulars, StoredStanding
from app.projects.rates.rollups import Cells
from app.projects.rates.standing import (
    of_row,
    particulars,
    row_of,
    standing_of,
)
from app.projects.stages.documents import StageEntry
from app.projects.ties import CHANGE, TIME, owe_judging, owe_standing

TURN = "projects.turn_month"
TRIES = 5
_OWN = ("_id", "version", "made_at", "changed")


@dataclass(frozen=True, slots=True)
class _Made:
    """A new standing of a project beside the stored one."""

    before: Row | None
    after: Row
    cells: Cells

    @property
    def differs(self) -> bool:
        return self.before is None or _content(self.before) != _content(self.after)


def restand(duty: Duty, now: datetime) -> None:
    """Make the standings of the duty's projects anew, their cells with them; owe that they are judged.

    Raises Stale when others were faster time and again.
    """
    keys, begun = list(duty.payload["projects"]), clock.now()

    def work(made: Sequence[_Made]) -> None:
        moment = now + clock.since(begun)
        _write(made, moment)
        owe_judging(keys, moment, duty.payload.get("cause", CHANGE))
        duties.finish(duty, moment)

    for tried in range(1, TRIES + 1):
        made = _make(keys, now + clock.since(begun))
        try:
            transaction(lambda made=made: work(made))  # type: ignore[misc]
        except (Stale, BulkWriteError):
            if tried == TRIES:
                raise
        else:
            return


class EntriesOf:
    """The entries of many projects: of one, those of its stages, its plans and its figures."""

    def __init__(self, keys: Sequence[ObjectId], held: Mapping[str, Any]) -> None:
        """Read all that `held` finds, in three queries."""
        self._stages = _by("project", StageEntry.rows().find({"project": {"$in": keys}, **held}))
        self._plans = _by("project", PlanEntry.rows().find({"project": {"$in": keys}, **held}))
        own = {"subject": {"$in": keys}, "kind": PROJECT}
        self._figures = _by("subject", FigureEntry.rows().find({**own, **held}))

    def __call__(self, key: ObjectId) -> tuple[list[Row], list[Row], list[Row]]:
        """Of one project."""
        return self._stages.get(key, []), self._plans.get(key, []), self._figures.get(key, [])


def _make(keys: Sequence[ObjectId], now: datetime) -> list[_Made]:
    """What the standings of these projects come to now, beside what is stored."""
    stored = {row["_id"]: row for row in StoredStanding.rows().find({"_id": {"$in": keys}})}
    projects = list(Project.rows().find({"_id": {"$in": keys}}))
    of = EntriesOf([row["_id"] for row in projects], STANDING)
    terms = pack().rates.target
    made = []
    for row in projects:
        after = standing_of(row, *of(row["_id"]), now, terms)
        before = stored.get(row["_id"])
        cells = rollups.change(of_row(before) if before else None, after)
        made.append(_Made(before, row_of(after), cells))
    return made


def begin(now: datetime) -> None:
    """See to it that all standings are made anew when this month ends. Does nothing where that is due."""
    last = days.end_of_month(days.today(now))
    zone = pack().zone
    due_at = datetime.combine(last, datetime.min.time(), zone) + timedelta(minutes=5)
    payload = {"month": days.month_of(last)}
    key = f"{TURN}:{days.month_of(last)}"
    duties.add(TURN, ObjectId(), now=now, due_at=due_at, key=key, payload=payload)


def turn_month(duty: Duty, now: datetime) -> None:
    """Owe it of all projects that their standing is made anew, since one more month is over."""
    keys = Project.rows().distinct("_id")

    def work() -> None:
        owe_standing(keys, now, TIME)
        duties.finish(duty, now)

    transaction(work)


def pending() -> int:
    """Of how many projects the standing is being made anew; one that waits twice counts twice."""
    waiting = {"kind": "projects.restand", "state": "due"}
    rows = duties.rows().find(waiting, {"payload.projects": 1})
    return sum(len(row["payload"]["projects"]) for row in rows)


def write_cells(cells: Cells) -> None:
    """Add numbers to stored cells, making those that are not there. Joins the surrounding transaction."""
    writes = [
        UpdateOne(
            {"_id": key.id},
            {"$inc": rollups.stored(values), "$setOnInsert": key.fields()},
            upsert=True,
        )
        for key, values in sorted(cells.items(), key=lambda each: each[0].id)
    ]
    if writes:
        Cell.rows().bulk_write(writes, ordered=False)


def _write(made: Sequence[_Made], now: datetime) -> None:
    changed = [each for each in made if each.differs]
    sums: Cells = {}
    for each in changed:
        rollups.add(sums, each.cells)
    write_all(StoredStanding, [_standing_write(each) for each in changed])
    write_all(PastParticulars, _past(changed, now))
    write_cells(sums)


def _standing_write(made: _Made) -> Write:
    if made.before is None:
        return Insert({**made.after, "version": 1})
    guard = {"_id": made.after["_id"], "version": made.before["version"]}
    return Change(guard, {"$set": made.after, "$inc": {"version": 1}})


def _past(made: Sequence[_Made], now: datetime) -> list[Write]:
    """What they were made with, where that differs from before; each known later than the one before it."""
    differ = [
        each
        for each in made
        if each.before is None or particulars(each.before) != particulars(each.after)
    ]
    held = {"project": {"$in": [each.after["_id"] for each in differ]}, **CURRENT}
    earlier = {row["project"]: row for row in PastParticulars.rows().find(held)}
    writes: list[Write] = []
    for each in differ:
        key = each.after["_id"]
        before = earlier.get(key)
        at = known_from(now, before)
        if before is not None:
            gone = {"$set": {"superseded_at": at}}
            writes.append(Change({"_id": before["_id"], **CURRENT}, gone))
        row = {"_id": ObjectId(), "project": key, "known_at": at, "superseded_at": None}
        writes.append(Insert({**row, **particulars(each.after)}))
    return writes


def _content(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _OWN}


def _by(field: str, rows: Iterable[Row]) -> dict[ObjectId, list[Row]]:
    found: dict[ObjectId, list[Row]] = {}
    for row in rows:
        found.setdefault(row[field], []).append(row)
    return found
