"""A list as people look at it: a page at a time, counted as far as it matters, found by words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bson import ObjectId
from pymongo.collection import Collection

from app.foundation.db import Row
from app.issues.looking import walking
from app.issues.looking.walking import Branch, Index, Order, Walk
from app.issues.search_terms import Sought

MOST_COUNTED = 999
"""Beyond this many nobody counts: people read "999+"."""
MOST_CANDIDATES = 5000
"""Rows with the rarest term of a search, up to which all of them are looked at."""
TERMS_TRIED = 8
UNSEEN: Row = {"grams": 0, "sought": 0}
"""What no list shows: it is there to be searched."""
_BY_GRAMS = "by_grams"


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; with `more`, at least so many."""

    count: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A narrowed list: its branches (apart from each other), its order, and what it is searched for."""

    rows: Collection[Row]
    order: Order
    indexes: Sequence[Index]
    branches: Sequence[Branch]
    sought: Sought | None = None

    def walks(self) -> list[Walk]:
        """The queries whose rows, merged, are the list."""
        found = []
        for each in self.branches:
            branch = each.checked(self.sought.conditions()) if self.sought else each
            index, parts = walking.fitting(branch, self.indexes)
            found += [Walk(self.rows, part, index, self.order) for part in parts]
        return found

    def page(self, number: int, size: int, known: Count | None = None) -> tuple[list[Row], Count]:
        """A page, from 1 on, and how many rows there are in all; `known` where that was counted before."""
        skip = (number - 1) * size
        hits = self._hits()
        if hits is not None:
            return walking.by_id(self.rows, hits[skip : skip + size], UNSEEN), Count(len(hits))
        walks = self.walks()
        rows = walking.page(walks, skip, size, UNSEEN)
        reached = skip + len(rows)
        if len(rows) < size and (rows or not skip):
            return rows, Count(reached)
        total = known or count(walks)
        return rows, Count(max(total.count, reached if rows else 0), total.more)

    def count(self) -> Count:
        """How many rows there are in all, as far as anybody counts."""
        hits = self._hits()
        return count(self.walks()) if hits is None else Count(len(hits))

    def ids(self, most: int) -> list[ObjectId]:
        """The ids of all rows in order, `most` at most."""
        hits = self._hits()
        if hits is not None:
            return hits[:most]
        keys = dict.fromkeys((name for name, _ in self.order), 1)
        rows = walking.in_order(self.walks(), keys)
        return [row["_id"] for row, _ in zip(rows, range(most), strict=False)]

    def _hits(self) -> list[ObjectId] | None:
        """The ids of what is searched for, in order; None without a search, and where a walk is better.

        A term that few rows have leads to those few. Where all are common, a walk meets hits soon.
        """
        if not self.branches:
            return []
        if self.sought is None:
            return None
        term, having = self._rarest(self.sought)
        if having > MOST_CANDIDATES:
            return None
        either = {"$or": [branch.query() for branch in self.branches]}
        wanted = {"$and": [{"grams": term}, self.sought.conditions(), either]}
        keys = dict.fromkeys((name for name, _ in self.order), 1)
        rows = self.rows.find(wanted, keys, hint=_BY_GRAMS)
        ordered = sorted(rows, key=lambda row: walking.position(row, self.order))
        return [row["_id"] for row in ordered]

    def _rarest(self, sought: Sought) -> tuple[str, int]:
        """The rarest of some terms, and how many rows have it, counted to just beyond the candidates."""
        terms = sorted(sought.terms, key=len, reverse=True)  # the longer, the rarer
        some = terms[:: -(-len(terms) // TERMS_TRIED)]
        best, fewest = some[0], MOST_CANDIDATES + 1
        for term in some:
            having = self.rows.count_documents({"grams": term}, limit=fewest, hint=_BY_GRAMS)
            if having < fewest:
                best, fewest = term, having
            if not fewest:
                break
        return best, fewest


def count(walks: Iterable[Walk]) -> Count:
    """How many rows some walks have together."""
    found = 0
    for walk in walks:
        found += walk.count(MOST_COUNTED + 1 - found)
        if found > MOST_COUNTED:
            break
    return Count(min(found, MOST_COUNTED), found > MOST_COUNTED)
