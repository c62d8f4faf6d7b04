"""Walking through lists in order by an index, never sorting or looking through a whole collection.

A list is one or more branches that have no row in common. What a branch fixes by equality stands at the
front of an index, what the order goes by stands behind it, so MongoDB merges some ranges of that one index.
The index is named in each query: a planner that guesses would now and then guess a sort in memory.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from math import prod
from typing import Any

from pymongo.collection import Collection

from app.foundation.db import Row

Points = Mapping[str, tuple[Any, ...]]
Order = Sequence[tuple[str, int]]

MOST_RANGES = 120
"""Ranges of an index that one query merges at most; MongoDB itself gives up at 200 and sorts."""
_LOWEST = {"$lt": min, "$gte": max}


@dataclass(frozen=True, slots=True)
class Branch:
    """Rows that have one of the `points` in each of those fields, lie in the `ranges`, and fit the `rest`.

    `ranges` are {"$lt": …, "$gte": …}. Only the rest is looked up in rows that the index has found.
    """

    points: Points
    ranges: Mapping[str, Row] = field(default_factory=dict)
    rest: tuple[Row, ...] = ()

    def narrowed(self, points: Points) -> Branch | None:
        """The same with these values only; None when nothing is left."""
        found = dict(self.points)
        for name, values in points.items():
            found[name] = tuple(v for v in found[name] if v in values) if name in found else values
        return replace(self, points=found) if all(found.values()) else None

    def between(self, ranges: Mapping[str, Row]) -> Branch:
        """The same, no further than these bounds."""
        found = {name: dict(bounds) for name, bounds in self.ranges.items()}
        for name, bounds in ranges.items():
            own = found.setdefault(name, {})
            for side, value in bounds.items():
                own[side] = _LOWEST[side](own[side], value) if side in own else value
        return replace(self, ranges=found)

    def checked(self, *conditions: Row) -> Branch:
        """The same, of rows that also fit these conditions."""
        return replace(self, rest=(*self.rest, *conditions))

    def query(self) -> Row:
        """As MongoDB is asked for it."""
        own = {name: _one_of(values) for name, values in self.points.items()}
        parts = [own, *({name: bounds} for name, bounds in self.ranges.items()), *self.rest]
        return {"$and": parts}


@dataclass(frozen=True, slots=True)
class Index:
    """An index for one order: fields fixed by equality, then those of the order.

    It serves a branch with points in all of `first`; with `only`, just one with exactly these points.
    """

    name: str
    first: tuple[str, ...]
    only: Points = field(default_factory=dict)

    def serves(self, branch: Branch) -> bool:
        """Whether all its equal fields are fixed by the branch."""
        fixed = branch.points
        return all(name in fixed for name in self.first) and all(
            fixed.get(name) == values for name, values in self.only.items()
        )


@dataclass(frozen=True, slots=True)
class Walk:
    """One indexed query of a list, and the order it goes in."""

    rows: Collection[Row]
    branch: Branch
    index: Index
    order: Order

    def find(self, most: int | None = None, *, skip: int = 0, shown: Row | None = None) -> Any:
        """The rows in order."""
        found = self.rows.find(self.branch.query(), shown, hint=self.index.name)
        return found.sort(list(self.order)).skip(skip).limit(most or 0)

    def count(self, most: int) -> int:
        """How many there are, counting no further than `most`."""
        return count(self.rows, self.branch, self.index, most)


def count(rows: Collection[Row], branch: Branch, index: Index, most: int) -> int:
    """How many rows a branch has, counting no further than `most` (0: all)."""
    options: dict[str, Any] = {"limit": most} if most else {}
    return rows.count_documents(branch.query(), hint=index.name, **options)


def apart(branches: Iterable[Branch]) -> list[Branch]:
    """The branches so that none has a row of an earlier one."""
    found: list[Branch] = []
    for branch in branches:
        found.append(branch.checked(*({"$nor": [earlier.query()]} for earlier in found)))
    return found


def fitting(branch: Branch, indexes: Sequence[Index]) -> tuple[Index, list[Branch]]:
    """The first index that serves the branch; and the branch, in parts where it has too many ranges."""
    index = next(each for each in indexes if each.serves(branch))
    fixed = {name: len(branch.points[name]) for name in index.first}
    if prod(fixed.values()) <= MOST_RANGES:
        return index, [branch]
    widest = max(fixed, key=lambda name: fixed[name])
    size = max(1, MOST_RANGES * fixed[widest] // prod(fixed.values()))
    values = iter(branch.points[widest])
    parts = []
    while some := tuple(islice(values, size)):
        parts.append(replace(branch, points={**branch.points, widest: some}))
    return index, parts


def in_order(walks: Sequence[Walk], shown: Row | None = None) -> Iterator[Row]:
    """All rows of some walks in the one order they share."""
    feeds = [walk.find(shown=shown) for walk in walks]
    yield from heapq.merge(*feeds, key=lambda row: position(row, walks[0].order))


def page(walks: Sequence[Walk], skip: int, size: int, shown: Row | None = None) -> list[Row]:
    """Some rows of the walks, merged, from the `skip`th on."""
    if not walks:
        return []
    if len(walks) == 1:
        return list(walks[0].find(size, skip=skip, shown=shown))
    rows, order = walks[0].rows, walks[0].order
    keys = dict.fromkeys((name for name, _ in order), 1)
    feeds = [walk.find(skip + size, shown=keys) for walk in walks]
    merged = heapq.merge(*feeds, key=lambda row: position(row, order))
    return by_id(rows, [row["_id"] for row in islice(merged, skip, skip + size)], shown)


def by_id(rows: Collection[Row], ids: Sequence[Any], shown: Row | None = None) -> list[Row]:
    """The rows with these ids, in this order; those that are gone are left out."""
    found = (
        {row["_id"]: row for row in rows.find({"_id": {"$in": list(ids)}}, shown)} if ids else {}
    )
    return [found[key] for key in ids if key in found]


def position(row: Row, order: Order) -> tuple[Any, ...]:
    """Where a row stands in the order."""
    return tuple(_Turned(row[name]) if way < 0 else row[name] for name, way in order)


@dataclass(frozen=True, slots=True)
class _Turned:
    """A value that sorts the other way round."""

    value: Any

    def __lt__(self, other: _Turned) -> bool:
        return bool(other.value < self.value)


def _one_of(values: tuple[Any, ...]) -> Any:
    return values[0] if len(values) == 1 else {"$in": list(values)}
