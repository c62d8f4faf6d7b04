"""What changed since the last turn, by the stamps of the database.

A change that commits late has an earlier stamp than others (see `foundation.changes`). So each turn reads
again from where all was settled at the one before, and passes over the stamps that it knows.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bson import Timestamp

from app.boards.sources.base import Feed, Owner
from app.boards.sources.table import FEEDS
from app.foundation.changes import STAMP, settled
from app.foundation.db import Row

MOST = 2000
"""Changes of one feed that one turn folds at most; where there are more, the next turn follows at once."""
MOST_TOLD = 20_000
"""Stamps that are remembered of each feed; what is forgotten is folded again, which changes nothing."""


@dataclass(slots=True)
class Changes:
    """Whose facts are to be made anew, how far that is of each feed, and how many changes are left over."""

    owners: dict[Owner, None] = field(default_factory=dict)
    bases: dict[str, int] = field(default_factory=dict)
    told: dict[str, list[int]] = field(default_factory=dict)
    pending: int = 0


def since(
    bases: Mapping[str, int], told: Mapping[str, Sequence[int]], moment: Timestamp
) -> Changes:
    """What changed since those bases, but for what is `told`, as it is to be seen after `moment`.

    A feed without a base has changed as a whole.
    """
    found = Changes()
    for feed in FEEDS:
        _read(feed, bases.get(feed.name, 0), set(told.get(feed.name, ())), moment, found)
    return found


def number(stamp: Timestamp) -> int:
    """A stamp as one number that keeps the order."""
    return stamp.time << 32 | stamp.inc


def settled_bases(moment: Timestamp) -> dict[str, int]:
    """The bases of a building that begins after `moment`."""
    return {feed.name: number(settled(moment)) for feed in FEEDS}


def _read(feed: Feed, base: int, known: set[int], moment: Timestamp, into: Changes) -> None:
    rows = feed.document.rows()
    shown = dict.fromkeys((STAMP, *feed.fields), 1)
    changed = rows.find(_after(base), shown).sort(STAMP, 1)
    some: list[Row] = list(
        itertools.islice((row for row in changed if number(row[STAMP]) not in known), MOST)
    )
    for row in some:
        into.owners |= dict.fromkeys(feed.owners(row))
    stamps = [number(row[STAMP]) for row in some]
    left = rows.count_documents(_after(stamps[-1])) if len(some) == MOST else 0
    into.pending += left
    now = number(settled(moment))
    into.bases[feed.name] = reached = max(base, min(now, stamps[-1]) if left else now)
    fresh = sorted(each for each in {*known, *stamps} if each > reached)
    into.told[feed.name] = fresh[-MOST_TOLD:]


def _after(base: int) -> Row:
    return {STAMP: {"$gt": Timestamp(base >> 32, base & 0xFFFFFFFF)}}
