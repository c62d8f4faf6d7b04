"""Judging all projects and units each working night: clocks run on though nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from bson import ObjectId

from app.calendars import registry as calendars
from app.foundation import days, duties
from app.foundation.db import transaction
from app.foundation.district import pack
from app.foundation.duties import Duty
from app.projects.rates.documents import StoredStanding
from app.projects.ties import PROJECTS_A_DUTY, TIME
from app.projects.warnings import units

KIND, JUDGE = "projects.judge_all", "projects.judge"
LEASE = timedelta(minutes=10)
AT_ONCE = 20
"""So many slices are owed in one transaction."""

Slice = list[ObjectId]


def begin(now: datetime) -> None:
    """See to it that the next night is due. Does nothing where it is already."""
    if not duties.rows().find_one({"kind": KIND, "state": "due"}):
        today = days.today(now)
        ahead = calendars.current().is_working_day(today) and _moment(today) > now
        _add(today if ahead else _next_day(today), now)


def judge_all(duty: Duty, now: datetime) -> None:
    """Judge the units; owe it of all projects, slice by slice; owe the next night.

    A slice is a duty of its own, so all workers share the night, and one that dies leaves the rest. Begun
    again, no slice of the same night is owed twice.
    """
    transaction(lambda: units.judge(now))
    slices = _slices()
    while some := list(islice(slices, AT_ONCE)):
        transaction(lambda some=some: _owe(duty, some, now))  # type: ignore[misc]

    def end() -> None:
        _add(_next_day(days.today(now)), now)
        duties.finish(duty, now)

    transaction(end)


def _slices() -> Iterator[Slice]:
    """All projects, in the order of their ids."""
    rows = StoredStanding.rows().find({}, {"_id": 1}).sort("_id", 1)
    while keys := [row["_id"] for row in islice(rows, PROJECTS_A_DUTY)]:
        yield keys


def _owe(duty: Duty, slices: list[Slice], now: datetime) -> None:
    duties.renew(duty, now=now, lease=LEASE)
    for keys in slices:
        key = f"{JUDGE}:{duty.id}:{keys[0]}"
        duties.add(JUDGE, keys[0], now=now, key=key, payload={"projects": keys, "cause": TIME})


def _add(day: date, now: datetime) -> None:
    key = f"{KIND}:{day.isoformat()}"
    duties.add(KIND, ObjectId(), now=now, due_at=_moment(day), key=key)


def _moment(day: date) -> datetime:
    return datetime.combine(day, pack().warnings.at, pack().zone)


def _next_day(today: date) -> date:
    return calendars.current().add_working_days(today, 1)
