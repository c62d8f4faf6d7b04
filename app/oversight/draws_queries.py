"""Looking at draws, and recomputing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.foundation import history
from app.foundation.db import Row
from app.foundation.errors import Conflict, NotFound
from app.foundation.ids import object_id
from app.oversight import draws
from app.oversight.draws import Item
from app.oversight.draws_documents import DRAW, DRAWN, Check, Draw, Population
from app.people.access import require
from app.people.who import Who

SEE = "draw.see"


@dataclass(frozen=True, slots=True)
class Verified:
    """What came out when a draw was made again from what is stored of it.

    `seed_fits`: the seed is the one that was committed to. `population_fits`: the stored population has the
    hash that was stated. `lots_fit`: the checks are those that seed and population give.
    """

    seed_fits: bool
    population_fits: bool
    lots_fit: bool
    drawn: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether all of it fits."""
        return self.seed_fits and self.population_fits and self.lots_fit


def see(who: Who, key: str) -> Row:
    """A stored draw. Raises Forbidden, NotFound."""
    require(who, SEE)
    row = Draw.rows().find_one({"_id": object_id(key)})
    if row is None:
        raise NotFound("not_found")
    return row


def listed(
    who: Who, *, page: int, page_size: int, state: str | None = None
) -> tuple[list[Row], int]:
    """A page of the draws, the newest first, and how many. Raises Forbidden."""
    require(who, SEE)
    query = {"state": state} if state else {}
    rows = Draw.rows().find(query).sort([("created_at", -1), ("_id", -1)])
    found = list(rows.skip((page - 1) * page_size).limit(page_size))
    return found, Draw.rows().count_documents(query)


def lines(who: Who, key: str, *, page: int, page_size: int) -> tuple[list[str], int]:
    """A page of the population, sorted, and how many lines. Raises Conflict until it is drawn."""
    row = _drawn(see(who, key))
    cut = {"lines": {"$slice": [(page - 1) * page_size, page_size]}}
    stored = Population.rows().find_one({"_id": row["_id"]}, cut) or {}
    return list(stored.get("lines", ())), row["count"]


def verify(who: Who, key: str) -> Verified:
    """Make the draw again from its seed and the stored population, and compare it with the checks.

    Raises Forbidden, NotFound; Conflict until it is drawn.
    """
    row = _drawn(see(who, key))
    stored = Population.rows().find_one({"_id": row["_id"]}) or {"lines": []}
    items = [_item(line) for line in stored["lines"]]
    size = draws.wanted(len(items), size=row["size"], percent=row["percent"])
    again = draws.draw(row["seed"], items, size)
    checks = Check.rows().find({"draw": row["_id"]}, {"item": 1, "item_id": 1, "rank": 1})
    kept = {(f"{each['item']}:{each['item_id']}", each["rank"]) for each in checks}
    return Verified(
        seed_fits=again.commitment == row["commitment"] == _published(row),
        population_fits=again.population_hash == row["population_hash"]
        and len(items) == row["count"],
        lots_fit=kept == {(each.item.id, each.rank) for each in again.lots},
        drawn=tuple(each.item.id for each in again.lots),
    )


def history_of(row: Mapping[str, Any]) -> list[Row]:
    """What was done with a draw, in order."""
    return history.of(DRAW, row["_id"], internal=True)


def _published(row: Row) -> str | None:
    """The commitment as history has it from the day it was planned."""
    told = (each["data"] for each in history_of(row) if each["action"] == "plan")
    return next((data["commitment"] for data in told), None)


def _drawn(row: Row) -> Row:
    if row["state"] != DRAWN:
        raise Conflict("draw.not_drawn", fields={"state": [row["state"]]})
    return row


def _item(line: str) -> Item:
    name, _, stratum = line.partition(" ")
    return Item(name, stratum)
