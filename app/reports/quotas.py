"""How often enterprises are to be visited in a month, and how often they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.district import pack
from app.reports.rates import Period
from app.visits.documents import ENDED, Visit
from config.serving_terms import UNCLASSED


@dataclass(frozen=True, slots=True)
class Quota:
    """Of one enterprise in one month: the least visits `wanted`, and those `made` by anybody."""

    wanted: int
    made: int

    @property
    def missing(self) -> int:
        """How many are still to make."""
        return max(0, self.wanted - self.made)

    @property
    def met(self) -> bool:
        """Whether it was visited often enough."""
        return self.missing == 0


def wanted(growth_class: str | None) -> int:
    """The least visits a month of an enterprise of this class of growth (`serving.yaml`)."""
    visits = pack().serving.visits
    return visits.get(growth_class or UNCLASSED, visits[UNCLASSED])


def made(enterprises: Iterable[ObjectId], period: Period) -> Mapping[ObjectId, int]:
    """How many visits that are over began at each enterprise in the period, whoever made them.

    A visit to a project counts for its enterprise.
    """
    match: Row = {
        "enterprise": {"$in": list(enterprises)},
        "state": ENDED,
        "started_at": {"$gte": period.start, "$lt": period.end},
    }
    counted: Row = {"$group": {"_id": "$enterprise", "n": {"$sum": 1}}}
    return {row["_id"]: row["n"] for row in Visit.rows().aggregate([{"$match": match}, counted])}
