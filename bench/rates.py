"""All five rates by unit and industry: 100,000 projects with a million events, over HTTP.

The projects are of six years, sixteen units and twelve industries, each with about ten entries. They are
stored as the API stores them; the cells that the rates are read from are made by the house's own rebuild.
The floor is what there would be without cells: reading all current entries anew and counting, done as
plainly as Python can, in the same run. It must be at least twenty times slower, and come to the same numbers.

`python -m bench.rates --size 5000` measures fewer.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import Any

from app.foundation import clock, days
from app.foundation.db import Row
from app.foundation.entries import STANDING
from app.people.documents import Grant
from app.projects.documents import Project
from app.projects.figures.documents import PROJECT, FigureEntry, PlanEntry
from app.projects.rates import rebuilding
from app.projects.rates.formulas import SINCE, months_over
from app.projects.stages.documents import StageEntry
from bench.rig import figures, ledger
from bench.rig import house as rig
from bench.rig.figures import Figure, against, at_most
from bench.rig.reads import Reader, reader

SIZE = 100_000
AIM_MS, AIM_TIMES = 300, 20
_NEXT = {"filed": "filed", "started": "started", "production": "production"}

Groups = dict[tuple[str, str], dict[str, Any]]


def run(size: int = SIZE, requests: int = 100) -> list[Figure]:
    """Store `size` projects, measure the rates, and the naive way beside them."""
    with rig.house() as house:
        port = house.serve("wsgi:app")
        [(_, token)] = rig.people(port, [Grant(role="leader")], named="leader")
        entries = ledger.fill(size)
        begun = time.perf_counter()
        rebuilding.rebuild()
        rebuilt = time.perf_counter() - begun
        with reader(port) as client:
            return [
                Figure(f"entries of {size} projects", entries, "entries"),
                Figure("cells made anew", rebuilt, "s"),
                *_measured(client, token, size, requests),
            ]


def _measured(client: Reader, token: str, size: int, requests: int) -> list[Figure]:
    today = days.today(clock.now())
    first, last = f"{today.year - ledger.YEARS}-01", days.month_of(today)
    span = f"from={first}&to={last}"
    paths = {
        "by unit and industry, six years": f"/api/v1/rates?by=unit_industry&{span}",
        "by unit and industry, this year": "/api/v1/rates?by=unit_industry",
        "by unit, six years": f"/api/v1/rates?by=unit&{span}",
    }
    found, whole = [], 0.0
    for name, path in paths.items():
        took = [client.read(path, token)[0] for _ in range(requests + 5)][5:]
        slow = quantiles(took, n=20)[-1]
        whole = whole or median(took)
        found.append(at_most(f"{name}, {size}, p95", slow, "ms", AIM_MS))
    begun = time.perf_counter()
    counted = _naively(first, last)
    naive = (time.perf_counter() - begun) * 1000
    told = json.loads(client.read(next(iter(paths.values())), token)[1])
    _same(told["items"], counted)
    found.append(
        against(
            "naive : rates, median",
            whole,
            "ms",
            floor=naive,
            ratio=naive / whole,
            aim=AIM_TIMES,
        )
    )
    return found


def _naively(first: str, last: str) -> Groups:
    """Counts of four rates and the sums of the fifth, from all entries. On target is left out: it is free."""
    today = days.today(clock.now())
    year, months = today.year, months_over(today.year, today)
    stages: dict[Any, dict[str, str]] = {}
    wanted = {"project": 1, "stage": 1, "on": 1, "_id": 0}
    for row in StageEntry.rows().find({**STANDING, "kind": "actual"}, wanted):
        stages.setdefault(row["project"], {})[row["stage"]] = row["on"]
    plans = {
        row["project"]: row["investment"].to_decimal()
        for row in PlanEntry.rows().find(
            {**STANDING, "year": year}, {"project": 1, "investment": 1}
        )
    }
    spent: dict[Any, Any] = {}
    until = {"$gte": f"{year}-01", "$lte": f"{year}-{months:02}"}
    query = {**STANDING, "kind": PROJECT, "month": until}
    for row in FigureEntry.rows().find(query, {"subject": 1, "actual_investment": 1}):
        amount = row["actual_investment"].to_decimal()
        spent[row["subject"]] = spent.get(row["subject"], 0) + amount
    groups: Groups = {}
    for row in Project.rows().find({}, {"unit": 1, "industry": 1, "investment": 1}):
        group = groups.setdefault((row["unit"], row["industry"]), {})
        key = row["_id"]
        _count(group, stages.get(key, {}), row["investment"].to_decimal(), (first, last))
        _spend(group, stages.get(key, {}), plans.get(key), spent.get(key, 0), year)
    return groups


def _count(group: Row, came: Mapping[str, str], worth: Any, span: tuple[str, str]) -> None:
    left = came.get("exited", "9999")
    for rate, stage in _NEXT.items():
        since = came.get(SINCE[rate])
        if since is None or not span[0] <= since[:7] <= span[1]:
            continue
        group[f"{rate}_all"] = group.get(f"{rate}_all", 0) + 1
        group[f"{rate}_all_money"] = group.get(f"{rate}_all_money", 0) + worth
        if came.get(stage, "9999") <= min(left, "9998"):
            group[f"{rate}_got"] = group.get(f"{rate}_got", 0) + 1
            group[f"{rate}_got_money"] = group.get(f"{rate}_got_money", 0) + worth


def _spend(group: Row, came: Mapping[str, str], plan: Any, spent: Any, year: int) -> None:
    if plan is not None and "started" in came and came.get("completed", "9999") >= f"{year}-01-01":
        group["plan"] = group.get("plan", 0) + plan
        group["actual"] = group.get("actual", 0) + spent


def _same(items: Sequence[Row], counted: Groups) -> None:
    """Raises AssertionError where the rates say anything else than the entries."""
    for item in items:
        group = counted[item["unit"], item["industry"]]
        for rate in _NEXT:
            told = item["rates"][rate]["open"]
            for end, name in (("numerator", "got"), ("denominator", "all")):
                assert told[end] == group.get(f"{rate}_{name}", 0), (item, group)
                money = group.get(f"{rate}_{name}_money", 0)
                assert float(told["money"][end]) == float(money), (item, group)
        told = item["rates"]["completion"]
        assert float(told["plan"]) == round(float(group.get("plan", 0)), 2), (told, group)
        assert float(told["actual"]) == float(group.get("actual", 0)), (told, group)


def main(arguments: Sequence[str]) -> None:
    """Measure and print the table."""
    asked = argparse.ArgumentParser(prog="python -m bench.rates", description="Rates of projects.")
    asked.add_argument("--size", type=int, default=SIZE, help="how many projects")
    asked.add_argument("--requests", type=int, default=100, help="of each kind")
    given = asked.parse_args(arguments)
    print(figures.table(run(given.size, given.requests)))


if __name__ == "__main__":
    main(sys.argv[1:])
