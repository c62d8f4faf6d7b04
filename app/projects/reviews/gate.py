"""The gate before `signed`: which projects no pre-review lets through."""

from __future__ import annotations

from collections.abc import Mapping

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.district import pack
from app.projects.reviews.documents import Review
from app.projects.reviews.states import DECIDED, PASSED


def unreviewed(signings: Mapping[ObjectId, str]) -> set[ObjectId]:
    """Of projects with the day each is signed (`2026-11-24`): those that may not be. Asks once.

    The last decided review must have passed the project, not later than that day, and still hold on it; a
    further round that is not decided changes nothing. Where the district wants no review there are none.
    """
    if not pack().reviews.needed:
        return set()
    query = {"project": {"$in": list(signings)}, "state": {"$in": list(DECIDED)}}
    shown = {"project": 1, "state": 1, "decided_on": 1, "valid_until": 1}
    last: dict[ObjectId, Row] = {}
    for row in Review.rows().find(query, shown).sort("round", 1):
        last[row["project"]] = row
    return {key for key, day in signings.items() if not lets_through(last.get(key), day)}


def lets_through(review: Row | None, day: str) -> bool:
    """Whether a decided review allows signing on a day."""
    if review is None or review["state"] != PASSED:
        return False
    return bool(review["decided_on"] <= day <= review["valid_until"])
