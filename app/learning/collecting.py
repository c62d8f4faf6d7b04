"""The labels that the stored issues give now, and writing them where training reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from bson import ObjectId

from app.departments.documents import Department
from app.foundation.district import pack
from app.issues.documents import Issue
from app.learning.labels import UNHEARD, Label, Owners, label
from app.learning.reading import cases
from config.pack import BY_UNIT

MOST_ISSUES = 50_000
"""So many of the newest issues are asked."""
LEAST_WEIGHT = 0.5
"""Labels that are believed less are not trained on."""

_OF_ISSUE = dict.fromkeys(
    (
        "state",
        "text",
        "demand",
        "category",
        "unit",
        "restricted",
        "outcome",
        "redos",
        "contact.name",
        "on_behalf_of.name",
        "route.alternatives.category",
    ),
    1,
)


def labels() -> Iterator[Label]:
    """What the newest issues teach, the newest issue first."""
    heard = {"state": {"$nin": list(UNHEARD)}}
    rows = Issue.rows().find(heard, _OF_ISSUE).sort("created_at", -1).limit(MOST_ISSUES)
    leads = _leads()

    @cache
    def owners(unit: str | None) -> Owners:
        return {code: each[unit] for code, each in leads.items() if unit in each}

    for issue, tickets, steps in cases(rows.hint("created_at_-1")):
        found = label(issue, tickets, steps, owners)
        if found is not None:
            yield found


def usable(found: Iterable[Label]) -> list[Label]:
    """Those that a model can learn from: of a category that there still is, and to be believed."""
    known = {each.code for each in pack().categories}
    return [each for each in found if each.category in known and each.weight >= LEAST_WEIGHT]


def export(found: Iterable[Label], path: Path) -> int:
    """Write labels as JSONL of {text, category, at}; how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for each in found:
            file.write(json.dumps(each.row(), ensure_ascii=False) + "\n")
            count += 1
    return count


def _leads() -> Mapping[str, Mapping[str | None, ObjectId]]:
    """By category, the department that leads it in each unit, and where no unit is known."""
    ids = {row["code"]: row["_id"] for row in Department.rows().find({}, {"code": 1})}
    district = pack()
    of_unit: dict[str | None, ObjectId] = {
        each.unit: ids[each.code] for each in district.departments if each.unit
    }
    everywhere: list[str | None] = [None, *(each.code for each in district.units)]
    return {
        each.code: of_unit if each.owner == BY_UNIT else dict.fromkeys(everywhere, ids[each.owner])
        for each in district.categories
    }
