"""How much of what a portrait should show has been filled in, and what to fill in next. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.foundation import days

STARTED, PRODUCTION = "started", "production"
VISITED_WITHIN = 31


@dataclass(frozen=True, slots=True)
class Known:
    """What the house has of a project: its row, its standing, and what hangs on it."""

    project: Mapping[str, Any]
    standing: Mapping[str, Any]
    evidence_missing: int
    milestones: int
    last_visit: date | None
    today: date


@dataclass(frozen=True, slots=True)
class Completeness:
    """`percent` of the weight of what is asked; `missing` are codes, what matters most first."""

    percent: int
    missing: tuple[str, ...]


def completeness(known: Known) -> Completeness:
    """Only what can be asked of a project at its stage counts."""
    asked = list(_asked(known))
    total = sum(weight for _, weight, _ in asked)
    done = sum(weight for _, weight, there in asked if there)
    missing = sorted((each for each in asked if not each[2]), key=lambda each: -each[1])
    return Completeness(round(100 * done / total), tuple(code for code, _, _ in missing))


def _asked(known: Known) -> list[tuple[str, int, bool]]:
    """(code, weight, whether it is there)."""
    project, standing = known.project, known.standing
    dates, planned = standing.get("dates") or {}, standing.get("planned") or {}
    asked = [
        ("enterprise", 3, bool(project.get("enterprise"))),
        ("site", 3, bool(project.get("site") or project.get("area"))),
        ("investment", 3, project.get("investment") is not None),
        ("industry", 2, bool(project.get("industry"))),
        ("commissioner", 3, project.get("commissioner") is not None),
        ("promises", 2, _all(project, "promised_sales", "promised_tax")),
        ("land", 1, project.get("land_mu") is not None),
        ("milestones", 2, known.milestones > 0),
        ("evidence", 2, known.evidence_missing == 0),
        ("visit", 2, _recent(known.last_visit, known.today)),
    ]
    if PRODUCTION not in dates:
        asked.append(("production_plan", 2, PRODUCTION in planned))
    if STARTED in dates:
        year = (standing.get("years") or {}).get(str(known.today.year)) or {}
        asked.append(("annual_plan", 2, year.get("plan") is not None or PRODUCTION in dates))
        asked.append(("figures", 3, _stated_last_month(standing, known.today)))
    return asked


def _all(row: Mapping[str, Any], *names: str) -> bool:
    return all(row.get(name) is not None for name in names)


def _recent(day: date | None, today: date) -> bool:
    return day is not None and (today - day).days <= VISITED_WITHIN


def _stated_last_month(standing: Mapping[str, Any], today: date) -> bool:
    """The figures of the month before are there; in its first days nobody can have them yet."""
    last = days.months_later(today.replace(day=1), -1 if today.day > 10 else -2)
    return (standing.get("last_month") or "") >= days.month_of(last)
