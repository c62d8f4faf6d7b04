"""One sweep over the duties that are due, among few and among many open tickets.

Each size has a database of its own in the same server. Every ticket is open and has its duty to climb the
next rung waiting; 500 rungs are due. A turn is what beat and workers do about them: look for what is due,
then claim and climb each, one after the other in one process. The sizes take turns; a time is the median
over its turns, the ratio that of each round's own. What a size costs in keys is read from MongoDB's
profiler. The cost has to follow what is due, not what is there.

`python -m bench.sweep --sizes 10000,50000` measures others.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as time_of_day
from statistics import median
from urllib.parse import urlsplit, urlunsplit

from app.foundation import clock, db, duties
from app.foundation.district import local, pack
from app.issues import clocks
from app.issues.pressing import climbing
from bench.rig import figures
from bench.rig import house as rig
from bench.rig.figures import Figure, at_most
from bench.rig.rungs import LEASE, Dispatched, fall_due, wait
from migrations.run import migrate

SIZES = (10_000, 100_000, 1_000_000)
DUE = 500
RATIO_AIM = 1.5
_LOOKS = 20
_WARM = 20
_PROFILE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn took: seconds to look for what is due, and to claim and climb all of it."""

    looking: float
    climbing: float

    @property
    def whole(self) -> float:
        """Both."""
        return self.looking + self.climbing


def run(sizes: Sequence[int] = SIZES, due: int = DUE, rounds: int = 5) -> list[Figure]:
    """Fill a database for each size, then let them take turns."""
    with rig.house():
        now = _by_day()
        stock = {size: _filled(size, now) for size in sizes}
        for size, one in stock.items():
            _turn(size, one, min(due, _WARM), now)
        made: list[dict[int, Turn]] = []
        for number in range(rounds):
            order = sizes if number % 2 else sizes[::-1]
            made.append({size: _turn(size, stock[size], due, now) for size in order})
            print(_told(made[-1]), file=sys.stderr, flush=True)
        keys = {size: _keys(size, stock[size], due, now) for size in sizes}
    return [*_figures(made, keys, sizes, due)]


def _figures(
    made: Sequence[dict[int, Turn]],
    keys: dict[int, tuple[int, int]],
    sizes: Sequence[int],
    due: int,
) -> Iterator[Figure]:
    for size in sizes:
        turns, among = [each[size] for each in made], f"among {size:,} open"
        yield Figure(
            f"looking for {due} due, {among}", 1000 * median(t.looking for t in turns), "ms"
        )
        each = 1000 * median(t.climbing for t in turns) / due
        yield Figure(f"claiming and climbing one, {among}", each, "ms")
        looked, climbed = keys[size]
        yield at_most(f"keys examined to look, {among}", looked, "keys", due + 1)
        yield Figure(f"keys examined to climb one, {among}", climbed, "keys")
    few, many = min(sizes), max(sizes)
    ratio = median(each[many].whole / each[few].whole for each in made)
    yield at_most(f"a sweep of {due} among {many:,} : among {few:,}", ratio, "times", RATIO_AIM)


def _filled(size: int, now: datetime) -> Dispatched:
    with _connected(size):
        migrate(pack())
        one = Dispatched.made(now)
        wait(size, one, now)
        return one


def _turn(size: int, one: Dispatched, due: int, now: datetime) -> Turn:
    with _connected(size):
        fall_due(due, one, now)
        looks = []
        for _ in range(_LOOKS):
            begun = time.perf_counter()
            found = duties.due(now)
            looks.append(time.perf_counter() - begun)
        assert len(found) == due, f"{len(found)} due instead of {due}"
        begun = time.perf_counter()
        for _, key in found:
            _climb(key, now)
        climbed = time.perf_counter() - begun
        _tell_nobody()
        return Turn(median(looks), climbed)


def _keys(size: int, one: Dispatched, due: int, now: datetime) -> tuple[int, int]:
    """Keys that MongoDB examined for one look, and on average for one climb."""
    with _connected(size):
        fall_due(due, one, now)
        server = db.database()
        server.create_collection("system.profile", capped=True, size=_PROFILE_BYTES)
        server.command("profile", 2)
        found = duties.due(now)
        looked = _profiled()
        some = found[:_WARM]
        for _, key in some:
            _climb(key, now)
        server.command("profile", 0)
        return looked, round((_profiled() - looked) / len(some))


def _profiled() -> int:
    rows = db.database()["system.profile"].find({"ns": {"$not": {"$regex": "system.profile$"}}})
    return sum(row.get("keysExamined", 0) for row in rows)


def _climb(key: object, now: datetime) -> None:
    duty = duties.claim(key, now=now, lease=LEASE)  # type: ignore[arg-type]
    assert duty is not None
    climbing.climb(duty, now)


def _tell_nobody() -> None:
    """What climbing owed to others is not part of the next turn."""
    owed = {"kind": "notices.deliver", "state": "due"}
    duties.rows().update_many(owed, {"$set": {"state": "done"}})


@contextmanager
def _connected(size: int) -> Iterator[None]:
    """To the database of this size, for this block."""
    parts = urlsplit(os.environ["MONGODB_URI"])
    db.disconnect()
    db.connect(urlunsplit(parts._replace(path=f"/steward_sweep_{size}")))
    yield


def _by_day() -> datetime:
    """Ten o'clock of the last working day: at night most rungs wait."""
    day = local(clock.now()).date()
    opened = clocks.calendar().add_working_days(day, -1)
    return datetime.combine(opened, time_of_day(10), pack().zone).astimezone(UTC)


def _told(turns: dict[int, Turn]) -> str:
    return "  ".join(
        f"{size:,}: {1000 * each.looking:.2f} ms + {each.climbing:.2f} s"
        for size, each in sorted(turns.items())
    )


def sizes_of(text: str) -> tuple[int, ...]:
    """`10000,50000` as numbers. Raises ValueError."""
    return tuple(map(int, text.split(",")))


def main(arguments: Sequence[str]) -> None:
    """Measure and print the table."""
    asked = argparse.ArgumentParser(prog="python -m bench.sweep", description="Sweeps for duties.")
    asked.add_argument("--sizes", type=sizes_of, default=SIZES, help="open tickets, by commas")
    asked.add_argument("--rounds", type=int, default=5, help="turns of each size")
    given = asked.parse_args(arguments)
    print(figures.table(run(given.sizes, rounds=given.rounds)))


if __name__ == "__main__":
    main(sys.argv[1:])
