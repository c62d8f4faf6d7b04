"""Facts of visits, and of enterprises: whether each was visited often enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bson import ObjectId

from app.boards.cells import Made, mark
from app.boards.sources.base import At, day_of, scopes
from app.boards.sources.projects import last_visits
from app.enterprises.documents import Enterprise
from app.foundation.db import Row
from app.foundation.district import pack
from app.reports import quotas
from app.visits.documents import ENDED, Visit
from config.serving_terms import UNCLASSED


def of_visits(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """Visits that are over by the local day on which they began; those under way."""
    shown = dict.fromkeys(("owner", "unit", "state", "started_at"), 1)
    for row in Visit.rows().find({"_id": {"$in": list(keys)}}, shown):
        over = row["state"] == ENDED
        made = Made(
            key=f"visit:{row['_id']}",
            kind="visit",
            subject=row["_id"],
            scopes=scopes(row.get("unit"), None, row["owner"]),
            marks=(mark("v.made", day_of(row["started_at"])),) if over else ("v.open",),
            rank=row["started_at"],
        )
        yield row["_id"], made


def of_firms(keys: Sequence[ObjectId], at: At) -> Iterator[tuple[ObjectId, Made]]:
    """Enterprises that somebody serves."""
    shown = dict.fromkeys(("unit", "commissioner", "growth_class", "created_at"), 1)
    served = {"_id": {"$in": list(keys)}, "commissioner": {"$ne": None}}
    rows = list(Enterprise.rows().find(served, shown))
    ours = [row["_id"] for row in rows]
    visited, by_month = last_visits("enterprise", ours), _by_month(ours)
    for row in rows:
        marks = [mark("p.seen", visited.get(row["_id"], ""))]
        marks += _quota(row.get("growth_class"), by_month.get(row["_id"], {}))
        made = Made(
            key=f"firm:{row['_id']}",
            kind="enterprise",
            subject=row["_id"],
            scopes=scopes(row.get("unit"), None, row["commissioner"]),
            marks=tuple(marks),
            rank=row["created_at"],
        )
        yield row["_id"], made


def _quota(growth_class: str | None, made: Mapping[str, int]) -> Iterator[str]:
    """Its class, and the last month in which it was visited as often as that asks for."""
    wanted = quotas.wanted(growth_class)
    known = growth_class if growth_class in pack().serving.visits else UNCLASSED
    yield mark("f.class", known)
    if wanted:
        met = [month for month, count in made.items() if count >= wanted]
        yield mark("f.met", max(met, default=""))


def _by_month(keys: Sequence[ObjectId]) -> Mapping[ObjectId, dict[str, int]]:
    zone = str(pack().zone)
    month = {"$dateToString": {"date": "$started_at", "format": "%Y-%m", "timezone": zone}}
    pipeline: list[Row] = [
        {"$match": {"enterprise": {"$in": list(keys)}, "state": ENDED}},
        {"$group": {"_id": {"of": "$enterprise", "month": month}, "n": {"$sum": 1}}},
    ]
    found: dict[ObjectId, dict[str, int]] = {}
    for row in Visit.rows().aggregate(pipeline):
        found.setdefault(row["_id"]["of"], {})[row["_id"]["month"]] = row["n"]
    return found
