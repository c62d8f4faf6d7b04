"""The pace of the district's projects, made anew each hour from their standings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import pairwise
from statistics import median
from typing import Any

from bson import ObjectId

from app.foundation import duties
from app.foundation.db import Row, collection, transaction
from app.foundation.district import local
from app.foundation.duties import Duty
from app.projects.forecasts.documents import ALL, Pace
from app.projects.forecasts.forecast import STEPS, Paces

LEAST = 5
"""Of fewer projects a median says nothing."""
KIND = "projects.pace"
_SHOWN = {"kind": 1, "size_class": 1, **{f"dates.{stage}": 1 for stage in STEPS}}
Key = tuple[str, str, str, str]


def paces_of(standings: Iterable[Mapping[str, Any]]) -> dict[Key, tuple[int, int]]:
    """(kind, size, stage, later stage) → (days at the median, count), also for all kinds and sizes.

    Between two stages stands each pair that follow one another in a project: where one is skipped, the pair
    around it. A later stage that came earlier (phased works) counts as no days.
    """
    found: dict[Key, list[int]] = defaultdict(list)
    for row in standings:
        for since, until, days in _steps(row.get("dates") or {}):
            kind, size = row.get("kind") or ALL, row.get("size_class") or ALL
            for key in {(kind, size), (kind, ALL), (ALL, ALL)}:
                found[*key, since, until].append(days)
    return {
        key: (round(median(days)), len(days)) for key, days in found.items() if len(days) >= LEAST
    }


def _steps(dates: Mapping[str, str]) -> Iterator[tuple[str, str, int]]:
    reached = [(stage, date.fromisoformat(dates[stage])) for stage in STEPS if dates.get(stage)]
    for (since, begun), (until, came) in pairwise(reached):
        yield since, until, max((came - begun).days, 0)


def known(kind: str, size_class: str | None) -> Paces:
    """What is known for a project of this kind and size: of those just like it, else of more."""
    rows = Pace.rows().find(
        {"kind": {"$in": [kind, ALL]}, "size_class": {"$in": [size_class or ALL, ALL]}}
    )
    alike = sorted(rows, key=lambda row: (row["kind"] != ALL, row["size_class"] != ALL))
    return {(row["since"], row["until"]): (row["days"], row["count"]) for row in alike}


def begin(now: datetime) -> None:
    """See to it that the paces are made anew within the hour."""
    duties.add(KIND, ObjectId(), now=now, key=f"{KIND}:{local(now):%Y-%m-%dT%H}")


def make(duty: Duty, now: datetime) -> None:
    """Make all paces anew."""
    made = _made()

    def work() -> None:
        _keep(made, now)
        duties.finish(duty, now)

    transaction(work)


def remake(now: datetime) -> None:
    """Make all paces anew from what the standings are now."""
    made = _made()
    transaction(lambda: _keep(made, now))


def _made() -> dict[Key, tuple[int, int]]:
    return paces_of(collection("standings").find({}, _SHOWN))


def _keep(made: Mapping[Key, tuple[int, int]], now: datetime) -> None:
    Pace.rows().delete_many({})
    if rows := [_row(key, value, now) for key, value in made.items()]:
        Pace.rows().insert_many(rows)


def _row(key: Key, value: tuple[int, int], now: datetime) -> Row:
    names = ("kind", "size_class", "since", "until")
    named = dict(zip(names, key, strict=True))
    return {**named, "days": value[0], "count": value[1], "made_at": now}
