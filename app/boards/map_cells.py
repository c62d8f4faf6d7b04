"""Cells of a map as of a moment: those of now, less what came since, and with what went since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.boards import cells, tiles
from app.boards.cells import Counts
from app.boards.documents import FOREVER, BoardCell, Fact
from app.boards.map_scopes import Seen
from app.boards.reading import marker
from app.boards.sources.places import ISSUES, PROJECTS, STATE, VISITS, kind_of, of_category
from app.foundation.db import Row
from app.foundation.errors import Invalid
from app.issues.moves import machine_of
from app.projects.documents import STAGES
from app.visits.documents import STATES

Numbers = Mapping[str, int]
MOST_TILES = 1000
"""So many cells are looked for at most; of a box that has more the coarser level is told."""


@dataclass(slots=True)
class Grid:
    """The cells of one map, of all or of one category, as they were at a moment that is kept."""

    seen: Seen
    category: str | None
    gen: int
    at: datetime
    since: Counts = field(default_factory=dict)

    @classmethod
    def of(cls, seen: Seen, category: str | None, as_of: datetime | None) -> Grid:
        """As of a moment, else as it was last folded. Raises Invalid for a moment that is not kept."""
        state = marker()
        at = as_of or state["as_of"]
        if not state["kept_from"] <= at <= state["as_of"]:
            raise Invalid("boards.not_kept", fields={"as_of": []})
        found = cls(seen, category, state["gen"], at)
        if at < state["as_of"]:
            for query, index, sign in changed_since(kind_of(seen.name), state["gen"], at):
                for row in Fact.rows().find(query, {"cells": 1, "sums": 1}, hint=index):
                    cells.count(found.since, row, sign)
        return found

    def within(self, box: tiles.Box, level: int) -> dict[str, Numbers]:
        """By tile the cells of a level that a box touches and something is in."""
        if cells.of_few(self.seen.scope):
            found = self.below("", level)
            return {tile: found[tile] for tile in found if tiles.touches(box, tile)}
        keys = [self.key(level, tile) for tile in tiles.covering(box, level)]
        return self._found({"$in": keys}, keys)

    def below(self, prefix: str, level: int) -> dict[str, Numbers]:
        """By tile the cells of a level within a tile of a wider one; with no tile, all there are."""
        few = cells.of_few(self.seen.scope)
        of = tiles.DEEPEST if few else level
        first, last = self.key(of, prefix or "0"), self.key(of, f"{prefix}{cells.LAST}")
        keys = [key for key in self.since if first <= key < last]
        found = self._found({"$gte": first, "$lt": last}, keys)
        return _wider(found, level) if few else found

    def nowhere(self) -> Numbers:
        """What has no known place."""
        key = self.key(tiles.DEEPEST, "")
        return self._found(key, [key]).get("", {})

    def key(self, level: int, tile: str) -> str:
        """The id of a cell."""
        of = tiles.at_level(kind_of(self.seen.name), level)
        return cells.cell(self.gen, self.seen.scope, cells.mark(of, tile))

    def _found(self, wanted: object, keys: Iterable[str]) -> dict[str, Numbers]:
        rows = BoardCell.rows().find({"_id": wanted}, self._shown())
        now = {row["_id"]: {"n": row["n"], **row.get("sums", {})} for row in rows}
        for key in keys:
            if key in self.since:
                now[key] = cells.together([now.get(key, {}), self.since[key]])
        found = {key.rpartition("|")[2]: self._narrowed(now[key]) for key in sorted(now)}
        return {tile: values for tile, values in found.items() if values["n"]}

    def _shown(self) -> Row:
        """Of a cell of all categories those numbers that are asked for: there may be hundreds."""
        states = _STATES[self.seen.name]()
        names = (
            [f"{STATE}{state}" for state in states]
            if self.category is None
            else [of_category(self.category, state) for state in states]
        )
        return dict.fromkeys(("n", "sums.x", "sums.y", *(f"sums.{each}" for each in names)), 1)

    def _narrowed(self, values: Numbers) -> Numbers:
        """The numbers of one category as if there were no other, where all of the tile are."""
        if self.category is None or not values["n"]:
            return values
        start = of_category(self.category, "")
        states = {
            f"{STATE}{name.removeprefix(start)}": count
            for name, count in values.items()
            if name.startswith(start) and count
        }
        n = sum(states.values())
        place = {name: values.get(name, 0) * n // values["n"] for name in ("x", "y")}
        return {"n": n, **place, **states}


def _wider(found: Mapping[str, Numbers], level: int) -> dict[str, Numbers]:
    """The tiles of a level that tiles of the last one are in."""
    grouped: dict[str, list[Numbers]] = {}
    for tile, values in found.items():
        grouped.setdefault(tile[:level], []).append(values)
    return {tile: cells.together(some) for tile, some in grouped.items()}


_STATES: Mapping[str, Callable[[], Iterable[str]]] = {
    ISSUES: lambda: machine_of("issue").states,
    PROJECTS: lambda: STAGES,
    VISITS: lambda: STATES,
}
"""By map, in which states there may be something on it."""


def changed_since(kind: str, gen: int, at: datetime) -> list[tuple[Row, str, int]]:
    """What finds the facts of a map that count now and did not at a moment (-1), and the other way (1).

    With the index that does, whatever the number of facts.
    """
    of = {"kind": kind, "gen": gen}
    begun = {**of, "since": {"$gt": at}, "until": FOREVER}
    ended = {**of, "until": {"$gt": at, "$lt": FOREVER}, "since": {"$lte": at}}
    return [(begun, "began_on_map", -1), (ended, "ended_on_map", 1)]
