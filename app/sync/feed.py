"""What changed for a person: issues they may see, their own visits and photos, their notices.

All changes are read in the order of their stamps (`foundation.changes`), some at a time. A change that
commits late has an earlier stamp than others that were read already, so going on from the last stamp
would lose it. Therefore a pass over the changes ends where all was settled when it began, two minutes
back, and the next pass begins there. What the passes before have told of that time is remembered in
`Position.told` by its stamp and not told again; where that is more than fits, it is told again, which does
no harm, since each change is the thing as it is now.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bson import Timestamp

from app.foundation.changes import STAMP, Tracked, cluster_time, settled
from app.issues.access import ISSUE_COLUMNS
from app.issues.documents import Issue
from app.notices.documents import Notice
from app.people.access import scope
from app.people.who import Who
from app.photos.documents import Photo
from app.visits.documents import Visit

MOST_REMEMBERED = 100

Row = dict[str, Any]
Change = tuple[str, Row]
Read = Callable[[Timestamp, int], Iterable[list[Change]]]
"""Of each kind the first rows, this many at most, that changed after a stamp, in the order of stamps."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a person has read. Stamps are numbers, in order: seconds << 32 | count.

    `after` is the last stamp read in this pass, `base` where the next pass begins; None between passes.
    `told` are stamps past the base that were told of.
    """

    after: int = 0
    base: int | None = None
    told: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """Some changes in the order they happened, each with its kind; then `position` to go on from."""

    changes: list[Change]
    position: Position
    has_more: bool


KINDS: Mapping[str, type[Tracked]] = {
    "issues": Issue,
    "visits": Visit,
    "notices": Notice,
    "photos": Photo,
}


def changed_since(who: Who, position: Position, most: int) -> Page:
    """At most `most` changes behind `position`; never none of those that are visible by now."""

    def read(after: Timestamp, limit: int) -> Iterator[list[Change]]:
        for kind, document in KINDS.items():
            query = {"$and": [_theirs(who, kind), {STAMP: {"$gt": after}}]}
            rows = document.rows().find(query).sort(STAMP, 1).limit(limit)
            yield [(kind, row) for row in rows]

    return paged(read, position, most)


def paged(read: Read, position: Position, most: int) -> Page:
    """The same of whatever is tracked: `read` gives, by kind, the first changes after a stamp."""
    base = position.base
    if base is None:
        base = max(position.after, number(settled(cluster_time())))
    after = Timestamp(position.after >> 32, position.after & 0xFFFFFFFF)
    # Enough of each kind that `most` are left without those told already, and one more.
    found = heapq.merge(*read(after, most + len(position.told) + 1), key=_key)
    fresh = [each for each in found if _key(each) not in position.told]
    changes, has_more = fresh[:most], len(fresh) > most
    told = position.told | {_key(each) for each in changes}
    if has_more:
        last = _key(changes[-1])
        return Page(changes, Position(last, base, _kept(told, min(last, base))), True)
    return Page(changes, Position(base, None, _kept(told, base)), False)


def number(stamp: Timestamp) -> int:
    """The stamp as one number that keeps the order."""
    return stamp.time << 32 | stamp.inc


def _theirs(who: Who, kind: str) -> dict[str, Any]:
    if kind == "issues":
        return scope(who, "issue.see", ISSUE_COLUMNS)
    return {"person" if kind == "notices" else "owner": who.id}


def _key(change: Change) -> int:
    return number(change[1][STAMP])


def _kept(told: Iterable[int], behind: int) -> frozenset[int]:
    """The newest of what was told, as far as it may be met again."""
    return frozenset(
        sorted((each for each in told if each > behind), reverse=True)[:MOST_REMEMBERED]
    )
