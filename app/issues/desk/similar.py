"""Issues that may be about the same: near in time, of the same firm or place, and alike in words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.geo import Position, distance_m
from app.issues.access import ties_of_issue_row
from app.issues.desk.following import LINE
from app.issues.documents import Issue
from app.issues.moves import machine_of
from app.people.access import allowed
from app.people.who import Who

MOST = 5
MOST_LOOKED_AT = 300
"""Of the newest candidates: what one firm or one place has open in the district's days is far fewer."""
EXCERPT = 80
BY_FIRM, BY_PLACE = "enterprise_newest", "place_newest"
EARTH_M = 6_378_100
"""The radius by which MongoDB turns metres into radians."""
SHOWN = dict.fromkeys((*LINE, "text", "demand", "position", "created_at"), 1)


@dataclass(frozen=True, slots=True)
class Alike:
    """An open issue that may be about the same. `distance_m` where both say where they are."""

    row: Row
    excerpt: str
    likeness: float
    distance_m: float | None
    same_enterprise: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody is about to file."""

    text: str
    enterprise: ObjectId | None = None
    position: Position | None = None


def similar(who: Who, draft: Draft, now: datetime) -> tuple[list[Alike], int]:
    """The likeliest few that `who` may see whole; and how many others there are that `who` may not."""
    least = pack().work.similar_share
    found = [each for each in _alike(draft, now) if each.likeness >= least]
    seen = [each for each in found if allowed(who, "issue.see_whole", ties_of_issue_row(each.row))]
    seen.sort(key=lambda each: (each.likeness, each.row["created_at"]), reverse=True)
    return seen[:MOST], len(found) - len(seen)


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
    """How alike two texts are, 0 to 1: the pairs of neighbouring characters they share (Dice's share).

    Case, width, blanks and punctuation do not count. Of two people's words for one thing more than a third
    is shared, of words about different things in the same trade rarely a quarter.
    """
    ours, theirs = _pairs(one), _pairs(other)
    if not ours or not theirs:
        return 0.0
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def _pairs(text: str) -> frozenset[str]:
    folded = unicodedata.normalize("NFKC", text).lower()
    letters = "".join(char for char in folded if char.isalnum())
    return frozenset(letters[n : n + 2] for n in range(max(len(letters) - 1, min(len(letters), 1))))


def _alike(draft: Draft, now: datetime) -> Iterator[Alike]:
    rows: dict[ObjectId, Row] = {}
    for query, index in candidates(draft, now):
        found = Issue.rows().find(query, SHOWN, hint=index).sort("created_at", -1)
        rows |= {row["_id"]: row for row in found.limit(MOST_LOOKED_AT)}
    for row in rows.values():
        words = row.get("demand") or row["text"]
        yield Alike(
            row,
            words[:EXCERPT],
            round(likeness(draft.text, words), 2),
            _away_m(draft.position, row.get("position")),
            draft.enterprise is not None and row.get("enterprise") == draft.enterprise,
        )


def _away_m(here: Position | None, there: dict[str, Any] | None) -> float | None:
    if here is None or not there:
        return None
    longitude, latitude = there["point"]["coordinates"]
    return round(distance_m(here.wgs84(), (latitude, longitude)), 1)
