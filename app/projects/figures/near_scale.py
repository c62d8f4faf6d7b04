"""Which firms are near the threshold from which they are entered into the statistics above scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.enterprises import scale
from app.enterprises.documents import Enterprise
from app.enterprises.ties import COLUMNS
from app.foundation import days
from app.foundation.amounts import ZERO, read, stored
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.entries import STANDING
from app.people.access import require, scope
from app.people.who import Who
from app.projects.figures.documents import ENTERPRISE, FigureEntry

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Trailing:
    """Sales (万元) of a firm in the twelve months up to `until`, `months` of which are stated."""

    sales: Decimal
    months: int
    until: str


@dataclass(frozen=True, slots=True)
class Near:
    """A firm, as it is stored, with its sales and what its industry needs (万元)."""

    enterprise: Row
    trailing: Trailing
    threshold: Decimal

    @property
    def share(self) -> Decimal:
        """Of the threshold."""
        return self.trailing.sales / self.threshold


def near_threshold(
    who: Who, now: datetime, *, share: Decimal | None = None, page: int = 1, page_size: int = 20
) -> tuple[list[Near], int]:
    """A page of the firms not entered yet that sold at least `share` of their threshold, and how many.

    The nearest first, among those whose figures `who` may see; without a `share` it is the district's. Sales
    are those of the twelve months up to the last one stated, which is one of the last thirteen: figures that
    ended long ago tell nothing. Raises Forbidden.
    """
    require(who, "figure.see")
    least = Decimal(pack().scale.near_percent) / 100 if share is None else share
    known = scale.thresholds()
    lowest = min([*known.values(), scale.threshold(None, known)])
    sold = trailing_sales(now, at_least=lowest * least)
    inside = scale.entered(sold)
    query = {
        "$and": [
            {"_id": {"$in": [key for key in sold if key not in inside]}},
            scope(who, "enterprise.see", COLUMNS),
            scope(who, "figure.see", COLUMNS),
        ]
    }
    shown = dict.fromkeys(("name", "credit_code", "unit", "sector", "commissioner"), 1)
    found = [
        Near(row, sold[row["_id"]], scale.threshold(row.get("sector"), known))
        for row in Enterprise.rows().find(query, shown)
    ]
    near = [each for each in found if each.share >= least]
    near.sort(key=lambda each: (-each.share, each.enterprise["name"]))
    return near[(page - 1) * page_size : page * page_size], len(near)


def trailing_sales(
    now: datetime, *, at_least: Decimal = ZERO, enterprises: list[ObjectId] | None = None
) -> Mapping[ObjectId, Trailing]:
    """Of all firms, or of some, that sold so much: what they sold in twelve months. One look."""
    this = days.today(now)
    # From the earliest month that can count to the present one.
    months = [days.month_of(days.months_later(this, -back)) for back in range(2 * MONTHS, -1, -1)]
    about: Row = {"kind": ENTERPRISE, "month": {"$in": months}, "sales": {"$ne": None}, **STANDING}
    if enterprises is not None:
        about["subject"] = {"$in": enterprises}
    rows = FigureEntry.rows().aggregate(_pipeline(about, months, at_least))
    return {
        row["_id"]: Trailing(read(row["sales"]) or ZERO, row["months"], row["until"])
        for row in rows
    }


def _pipeline(about: Row, months: list[str], at_least: Decimal) -> list[dict[str, Any]]:
    """The sum from eleven months before each firm's last month on."""
    first = {"$subtract": [{"$indexOfArray": [months, "$until"]}, MONTHS - 1]}
    inside = {"$gte": ["$$each.month", {"$arrayElemAt": [months, first]}]}
    counted = {"$filter": {"input": "$each", "as": "each", "cond": inside}}
    each = {"month": "$month", "sales": "$sales"}
    return [
        {"$match": about},
        {"$group": {"_id": "$subject", "until": {"$max": "$month"}, "each": {"$push": each}}},
        {"$match": {"until": {"$gte": months[MONTHS]}}},
        {"$project": {"until": 1, "counted": counted}},
        {
            "$project": {
                "until": 1,
                "months": {"$size": "$counted"},
                "sales": {"$sum": "$counted.sales"},
            }
        },
        {"$match": {"sales": {"$gte": stored(at_least)}}},
    ]
