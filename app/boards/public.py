"""What everybody may see, as it is told: what is withheld is None, and of some families everything is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.boards.publishing import (
    FAMILIES,
    ISSUES,
    KEY,
    PARTS,
    PROJECTS,
    PublicFigures,
)
from app.boards.withholding import Told, share, told
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Unavailable
from app.projects.rates.formulas import STEPS

RETRY_SECONDS = 60
SERIES = ("issues.opened", "issues.closed", "visits.made")
"""Tables by month: they have no total, since these are not all months."""
COMPLETION, ON_TIME = "completion", "on_time"


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by key, None for what is withheld; their total, None of months and where all is withheld."""

    code: str
    as_of: datetime
    cells: Told
    total: int | None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share in whole %, None where it is of too few."""

    code: str
    as_of: datetime
    percent: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is published."""

    made_at: datetime
    tables: list[Table]
    rates: list[Rate]


@dataclass(frozen=True, slots=True)
class OfUnit:
    """What the map says of a unit."""

    code: str
    name: str
    issues: int | None
    projects: int | None


def figures() -> Figures:
    """What was published last. Raises Unavailable before the first time."""
    row = _row()
    families: Mapping[str, Row] = row["families"]
    tables = [table for name in FAMILIES if name in families for table in _tables(families[name])]
    return Figures(row["made_at"], tables, _rates(families))


def by_unit() -> tuple[datetime, list[OfUnit]]:
    """The figures of each unit. Raises Unavailable before the first time."""
    found = figures()
    cells = {each.code: each.cells for each in found.tables}
    issues, projects = (cells.get(f"{name}.by_unit", {}) for name in (ISSUES, PROJECTS))
    units = [
        OfUnit(each.code, each.name, issues.get(each.code), projects.get(each.code))
        for each in pack().units
    ]
    return found.made_at, units


def released(tables: Mapping[str, Mapping[str, int]]) -> dict[str, Told] | None:
    """The tables of a family. Where one cannot be told at all none is: another's total would tell of it."""
    found: dict[str, Told] = {}
    for code, counts in tables.items():
        if code != PARTS:
            cells = told(counts)
            if cells is None:
                return None
            found[code] = cells
    return found


def _row() -> Row:
    found = PublicFigures.rows().find_one({"_id": KEY})
    if found is None:
        raise Unavailable("public.not_ready", retry_after=RETRY_SECONDS)
    return found


def _tables(family: Row) -> list[Table]:
    given: Mapping[str, Mapping[str, int]] = family["tables"]
    found = released(given)
    if found is None:
        return [
            Table(code, family["as_of"], dict.fromkeys(cells), None)
            for code, cells in given.items()
            if code != PARTS
        ]
    return [
        Table(code, family["as_of"], cells, None if code in SERIES else sum(given[code].values()))
        for code, cells in found.items()
    ]


def _rates(families: Mapping[str, Row]) -> list[Rate]:
    found = []
    for name, codes in ((ISSUES, (ON_TIME,)), (PROJECTS, STEPS)):
        family = families.get(name, {"tables": {}})
        parts = family["tables"].get(PARTS, {})
        for code in codes if parts else ():
            percent = share(parts[f"{code}.in"], parts[f"{code}.of"])
            found.append(Rate(code, family["as_of"], percent))
    if PROJECTS in families:
        family = families[PROJECTS]
        made = family[COMPLETION]
        found.append(Rate(COMPLETION, family["as_of"], None if made is None else int(made)))
    return found
