"""Issues that may be about the same: near in time, of the same firm or place, and alike in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId
from pymongo.errors import PyMongoError

from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.geo import Position
from app.issues.access import ties_of_issue_row
from app.issues.desk import wording
from app.issues.desk.clustering import Point, apart_m
from app.issues.desk.following import LINE
from app.issues.documents import Issue
from app.issues.moves import machine_of
from app.people.access import Ties, allowed
from app.people.who import Who

log = structlog.get_logger(__name__)

MOST = 5
MOST_LOOKED_AT = 100
"""Of the newest candidates: what one firm or one place has open in the district's days is far fewer."""
EXCERPT = 80
BY_FIRM, BY_PLACE = "enterprise_newest", "place_newest"
EARTH_M = 6_378_100
"""The radius by which MongoDB turns metres into radians."""
SHOWN = dict.fromkeys(
    (*LINE, "restricted", "text", "demand", "position", "category", "created_at"), 1
)
SAME_FIRM, SAME_SPOT, SAME_CATEGORY, JUST_NOW = 1.0, 0.6, 0.2, 0.1
"""How much speaks for it beside the words. Firm or place counts, whichever says more; place and time the
less the farther away."""


@dataclass(frozen=True, slots=True)
class Alike:
    """An open issue that may be about the same. `score` says how likely, `likeness` how alike the texts are.

    `distance_m` where both say where they are. `may_follow`: whoever asked may follow it instead.
    """

    row: Row
    excerpt: str
    score: float
    likeness: float
    distance_m: float | None
    days_ago: int
    same_enterprise: bool
    same_category: bool
    may_follow: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody is about to file; or has filed as `issue`, which is not like itself."""

    text: str
    enterprise: ObjectId | None = None
    position: Position | None = None
    category: str | None = None
    issue: ObjectId | None = None


def similar(who: Who, draft: Draft, now: datetime) -> tuple[list[Alike], int]:
    """The likeliest few that `who` may see whole; and how many others there are that `who` may not.

    Restricted ones are not even counted for those who may not see them.
    """
    least = pack().work.similar_share
    found = [
        (each, ties_of_issue_row(each.row)) for each in _alike(draft, now) if each.score >= least
    ]
    seen = [_for(who, each, ties) for each, ties in found if allowed(who, "issue.see_whole", ties)]
    seen.sort(key=lambda each: (each.score, each.row["created_at"]), reverse=True)
    open_to_count = [each for each, _ in found if each.row.get("restricted") is None]
    known = {each.row["_id"] for each in seen}
    return seen[:MOST], sum(each.row["_id"] not in known for each in open_to_count)


def filed(who: Who, row: Row, now: datetime) -> list[Alike]:
    """The same for an issue that was just filed. Nobody's filing fails for it: what fails finds nothing."""
    place = row.get("position")
    category = row.get("category") or row.get("chosen_category")
    draft = Draft(row["text"], row.get("enterprise"), place and _read(place), category, row["_id"])
    try:
        return similar(who, draft, now)[0]
    except PyMongoError as error:
        log.warning("nothing_similar_found", issue=str(row["_id"]), error=repr(error))
        return []


def candidates(draft: Draft, now: datetime) -> Iterator[tuple[Row, str]]:
    """Filters, each with its index, for open issues of the same firm and for near ones, of the last days."""
    terms = pack().work
    lately = {
        "state": {"$in": machine_of("issue").open_states()},
        "created_at": {"$gte": now - timedelta(days=terms.similar_days)},
    }
    if draft.enterprise:
        yield {"enterprise": draft.enterprise, **lately}, BY_FIRM
    if draft.position:
        latitude, longitude = draft.position.wgs84()
        circle = [[longitude, latitude], terms.similar_within_m / EARTH_M]
        yield {"position.point": {"$geoWithin": {"$centerSphere": circle}}, **lately}, BY_PLACE


def likeness(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1, by what is rare in the district (see `wording`)."""
    common = pack().commonness
    return wording.likeness(wording.wording(one, common), wording.wording(other, common))


def score(
    likeness: float, *, same_enterprise: bool, nearness: float, same_category: bool, newness: float
) -> float:
    """How likely two issues are about the same, 0 to 1: the likeness of their texts, lifted by what else
    speaks for it. Nothing is made of texts without likeness, and nothing lowers it.

    `nearness` and `newness` go from 1 (here, now) down to 0 (as far as the district looks).
    """
    place = max(SAME_FIRM * same_enterprise, SAME_SPOT * nearness)
    lift = place + SAME_CATEGORY * same_category + JUST_NOW * newness
    return round(float(likeness ** (1 / (1 + lift))), 2)


def _alike(draft: Draft, now: datetime) -> Iterator[Alike]:
    rows: dict[ObjectId, Row] = {}
    for query, index in candidates(draft, now):
        found = Issue.rows().find(query, SHOWN, hint=index).sort("created_at", -1)
        rows |= {row["_id"]: row for row in found.limit(MOST_LOOKED_AT)}
    here = draft.position.wgs84() if draft.position else None
    for key, row in rows.items():
        if key != draft.issue:
            yield _compared(draft, here, row, now)


def _compared(draft: Draft, here: Point | None, row: Row, now: datetime) -> Alike:
    terms, words = pack().work, row.get("demand") or row["text"]
    away = _away_m(here, row.get("position"))
    age = now - row["created_at"]
    alike = likeness(draft.text, words)
    same_firm = draft.enterprise is not None and row.get("enterprise") == draft.enterprise
    same_category = draft.category is not None and row.get("category") == draft.category
    near = 0.0 if away is None else max(0.0, 1 - away / terms.similar_within_m)
    new = max(0.0, 1 - age / timedelta(days=terms.similar_days))
    found = score(
        alike,
        same_enterprise=same_firm,
        nearness=near,
        same_category=same_category,
        newness=min(new, 1.0),
    )
    return Alike(
        row=row,
        excerpt=words[:EXCERPT],
        score=found,
        likeness=round(alike, 2),
        distance_m=away,
        days_ago=max(age.days, 0),
        same_enterprise=same_firm,
        same_category=same_category,
    )


def _for(who: Who, found: Alike, ties: Ties) -> Alike:
    return replace(found, may_follow=allowed(who, "issue.follow", ties))


def _read(place: Row) -> Position:
    longitude, latitude = place["point"]["coordinates"]
    return Position(latitude, longitude)


def _away_m(here: Point | None, there: dict[str, Any] | None) -> float | None:
    if here is None or not there:
        return None
    longitude, latitude = there["point"]["coordinates"]
    return round(apart_m(here, (latitude, longitude)), 1)
