"""Figures of visits by commissioner and month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.serving_documents import ENTERPRISE, Assignment, serving
from app.foundation import days
from app.foundation.db import Row
from app.foundation.entries import STANDING
from app.issues.documents import Issue
from app.people.access import Columns, Ties, allowed, require, scope
from app.people.documents import Person
from app.people.who import Who
from app.photos import grading
from app.photos.documents import EVIDENCE, Photo
from app.reports import months, quotas
from app.reports.quotas import Quota
from app.reports.rates import Period
from app.visits.documents import ENDED, Visit

ACTION = "visits.figures"
VERIFIED = "verified"
COLUMNS = Columns(owner="owner", unit="unit")
_FIRM = dict.fromkeys(("name", "unit", "growth_class", "commissioner"), 1)


@dataclass(slots=True)
class Figures:
    """What one commissioner did in a month.

    `visits` are those that are over and began in it, `firms` how many enterprises they were at, `issues`
    what was found on them (without restricted ones). `photos` are originals of these visits, `verified`
    those of the best grade of evidence by what is known now. `quotas` are of the enterprises they serve.
    """

    person: ObjectId
    name: str = ""
    visits: int = 0
    firms: int = 0
    issues: int = 0
    photos: int = 0
    verified: int = 0
    quotas: list[tuple[Row, Quota]] = field(default_factory=list)


def figures(
    who: Who, month: str, now: datetime, *, commissioner: str | None = None, unit: str | None = None
) -> list[Figures]:
    """The figures of a local month, by name of the commissioner; of one, or of one unit, where named.

    An enterprise's quota is that of whoever serves it on the month's last day, or today, and counts the
    visits of everybody: one that changed hands was visited all the same. Raises Forbidden.
    """
    require(who, ACTION)
    period = months.of_month(month, now)
    found: dict[ObjectId, Figures] = {}
    person = ObjectId(commissioner) if commissioner else None
    visits = _visits(who, period, person, unit)
    for row in visits:
        one = found.setdefault(row["owner"], Figures(row["owner"]))
        one.visits += 1
    _count_firms(found, visits)
    _count_found(found, visits)
    for firm, server in _served(who, _last_day(month, now), unit):
        if person in (None, server):
            found.setdefault(server, Figures(server)).quotas.append((firm, Quota(0, 0)))
    _add_quotas(found.values(), period)
    names = Person.rows().find({"_id": {"$in": list(found)}}, {"name": 1})
    for row in names:
        found[row["_id"]].name = row["name"]
    return sorted(found.values(), key=lambda each: (each.name, each.person))


def _visits(who: Who, period: Period, person: ObjectId | None, unit: str | None) -> list[Row]:
    parts: list[Row] = [
        scope(who, ACTION, COLUMNS),
        {"state": ENDED, "started_at": {"$gte": period.start, "$lt": period.end}},
    ]
    if person is not None:
        parts.append({"owner": person})
    if unit is not None:
        parts.append({"unit": unit})
    shown = {"owner": 1, "enterprise": 1, "photos": 1}
    return list(Visit.rows().find({"$and": parts}, shown))


def _last_day(month: str, now: datetime) -> date:
    last = months.first_day(months.following(month)) - timedelta(days=1)
    return min(last, days.today(now))


def _served(who: Who, day: date, unit: str | None) -> list[tuple[Row, ObjectId]]:
    """The enterprises that `who` may have figures of, each with who served it on that day."""
    entries: dict[ObjectId, list[Row]] = defaultdict(list)
    shown = {"subject": 1, "person": 1, "since": 1, "until": 1}
    for row in Assignment.rows().find({"kind": ENTERPRISE, **STANDING}, shown):
        entries[row["subject"]].append(row)
    # Who was never written down as assigned serves all the same.
    of: Row = {"$or": [{"commissioner": {"$ne": None}}, {"_id": {"$in": list(entries)}}]}
    if unit is not None:
        of = {"$and": [of, {"unit": unit}]}
    found = []
    for firm in Enterprise.rows().find(of, _FIRM).sort([("name", 1), ("_id", 1)]):
        server = _server(firm, entries.get(firm["_id"]), day)
        if server and allowed(who, ACTION, Ties(owner=server, unit=firm.get("unit"))):
            found.append((firm, server))
    return found


def _server(firm: Row, entries: Sequence[Row] | None, day: date) -> ObjectId | None:
    if entries is None:
        return firm.get("commissioner")
    present = serving(entries, day.isoformat())
    return present["person"] if present else None


def _count_firms(found: Mapping[ObjectId, Figures], visits: Iterable[Row]) -> None:
    firms: dict[ObjectId, set[Any]] = defaultdict(set)
    for row in visits:
        firms[row["owner"]].add(row.get("enterprise"))
    for owner, keys in firms.items():
        found[owner].firms = len(keys - {None})


def _count_found(found: Mapping[ObjectId, Figures], visits: Sequence[Row]) -> None:
    """Issues and photos of the visits."""
    owners = {row["_id"]: row["owner"] for row in visits}
    open_to_all = {"visit": {"$in": list(owners)}, "restricted": None}
    for issue in Issue.rows().find(open_to_all, {"visit": 1}):
        found[owners[issue["visit"]]].issues += 1
    of_photos = {photo: row["owner"] for row in visits for photo in row.get("photos", ())}
    originals = Photo.objects(id__in=list(of_photos), role=EVIDENCE, hidden=None)
    for photo in originals:
        one = found[of_photos[photo.id]]
        one.photos += 1
        one.verified += grading.judge(photo).grade == VERIFIED


def _add_quotas(found: Iterable[Figures], period: Period) -> None:
    some = list(found)
    made = quotas.made((firm["_id"] for one in some for firm, _ in one.quotas), period)
    for one in some:
        one.quotas = [
            (firm, Quota(quotas.wanted(firm.get("growth_class")), made.get(firm["_id"], 0)))
            for firm, _ in one.quotas
        ]
