"""The sums of cells, reckoned from stored standings by MongoDB: for narrowings that no cells know, past days.

The rules are those of `formulas`, told once more in MongoDB's terms; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.foundation.db import Row
from app.people.access import NOTHING
from app.projects.rates import decimals, formulas, rollups
from app.projects.rates.documents import StoredStanding
from app.projects.rates.formulas import SINCE
from app.projects.rates.rollups import ACTUAL, Values
from config.rate_terms import RateTerms

_REACHED = {
    formulas.FILED: "$dates.filed",
    formulas.STARTED: "$dates.started",
    formulas.PRODUCTION: "$dates.production",
    formulas.ON_TARGET: "$on_target_on",
}
_LAST_DAY = "31"


def cohort(rate: str, first: str, last: str, day: date) -> Row:
    """What finds the cohort of a rate of steps: of some months, by a day."""
    return {
        f"dates.{SINCE[rate]}": {
            "$gte": f"{first}-01",
            "$lte": min(f"{last}-{_LAST_DAY}", day.isoformat()),
        }
    }


def being_built(year: int, day: date) -> Row:
    """What finds the projects of the completion of a year, by a day."""
    if year > day.year:
        return dict(NOTHING)
    return {
        "dates.started": {"$lte": min(day.isoformat(), f"{year}-12-31")},
        f"years.{year}.plan": {"$ne": None},
        "$or": [{"dates.completed": None}, {"dates.completed": {"$gte": f"{year}-01-01"}}],
    }


def steps(
    mine: Row,
    fields: Iterable[str],
    rate: str,
    months: tuple[str, str],
    day: date,
    terms: RateTerms,
) -> Iterable[tuple[Row, int, Values]]:
    """A rate of steps by groups: each group by field, the age of its months (`rollups.age_of`), its sums."""
    since, reached = f"$dates.{SINCE[rate]}", _REACHED[rate]
    got = {
        "$and": [{"$gt": [reached, None]}, {"$lte": [reached, day.isoformat()]}, _by_exit(reached)]
    }
    sums = {
        f"{rate}_all": {"$sum": 1},
        f"{rate}_all_money": {"$sum": "$investment"},
        f"{rate}_got": {"$sum": {"$cond": [got, 1, 0]}},
        f"{rate}_got_money": {"$sum": {"$cond": [got, "$investment", None]}},
    }
    group = {**_group(fields), "age": age(since, day, terms)}
    match = {"$and": [mine, cohort(rate, *months, day)]}
    for row in _summed(match, group, sums):
        yield row["_id"], row["_id"]["age"], _values(row)


def spending(
    mine: Row, fields: Iterable[str], year: int, day: date
) -> Iterable[tuple[Row, Values]]:
    """The completion of a year by groups: each group by field, and its sums of months that are over."""
    months = formulas.months_over(year, day)
    actual = {
        name: {"$sum": {"$arrayElemAt": [f"$years.{year}.actual", at]}}
        for at, name in enumerate(ACTUAL[:months])
    }
    plans = {name: {"$sum": f"$years.{year}.{name}"} for name in ("first", "plan")}
    match = {"$and": [mine, being_built(year, day)]}
    for row in _summed(match, _group(fields), {"projects": {"$sum": 1}, **plans, **actual}):
        yield row["_id"], _values(row)


def age(since: str, day: date, terms: RateTerms) -> Row:
    """`rollups.age_of` for a field that holds a month or a day."""
    branches = [
        {"case": {"$lt": [since, before]}, "then": window}
        for window, before in rollups.ages(day, terms)
    ]
    return {"$switch": {"branches": branches, "default": -1}}


def _by_exit(reached: str) -> Row:
    """Not later than an exit, if there was one."""
    return {"$or": [{"$lte": ["$exited_on", None]}, {"$lte": [reached, "$exited_on"]}]}


def _group(fields: Iterable[str]) -> Row:
    return {name: f"${name}" for name in fields}


def _summed(match: Row, group: Row, sums: Mapping[str, Any]) -> Iterable[Row]:
    return StoredStanding.rows().aggregate([{"$match": match}, {"$group": {"_id": group, **sums}}])


def _values(row: Mapping[str, Any]) -> Values:
    found: Values = {}
    for name, value in row.items():
        if name != "_id" and (number := value if isinstance(value, int) else decimals.read(value)):
            found[name] = number
    return found
