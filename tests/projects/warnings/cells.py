"""Cells of rates as they would be summed up, without the projects."""

from __future__ import annotations

from app.projects.rates.documents import Cell
from app.projects.rates.rollups import Key


def producing(unit: str, *, started: int, in_production: int, month: str = "2023-03") -> None:
    """A cohort of a unit that started in a month long ago."""
    key = Key("unit_industry", (unit, "equipment"), month)
    numbers = {"production_all": started, "production_got": in_production}
    Cell.rows().insert_one({"_id": key.id, **key.fields(), **numbers})
