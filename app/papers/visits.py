"""Photos of the latest visits to projects, for a paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.district import local
from app.foundation.messages import say
from app.papers.content import Picture
from app.people.access import scope
from app.people.documents import Person
from app.people.who import Who
from app.photos.documents import EVIDENCE, Photo
from app.visits.access import COLUMNS
from app.visits.documents import Visit

MOST_VISITS = 2000


def latest(who: Who, projects: Sequence[ObjectId]) -> dict[ObjectId, Row]:
    """Of each project the last visit with photos that `who` may see."""
    theirs = {"project": {"$in": list(projects)}, "photos.0": {"$exists": True}}
    query = {"$and": [theirs, scope(who, "visit.see", COLUMNS)]}
    shown = {"project": 1, "owner": 1, "started_at": 1, "photos": 1}
    found: dict[ObjectId, Row] = {}
    for row in Visit.rows().find(query, shown).sort("started_at", -1).limit(MOST_VISITS):
        found.setdefault(row["project"], row)
    return found


def pictures(
    visits: Mapping[ObjectId, Row],
    names: Mapping[ObjectId, str],
    each: int,
    most: int,
    *,
    inside: bool,
) -> list[Picture]:
    """Up to `each` photos of each visit, `most` in all, in the order of `names` (project to its name).

    Who visited is said `inside` only.
    Hidden ones are left out for all, so that whoever may see the visits may see the paper.
    """
    wanted = [key for row in visits.values() for key in row["photos"]]
    shown = {"_id": {"$in": wanted}, "state": "ready", "role": EVIDENCE, "hidden": None}
    there = {row["_id"] for row in Photo.rows().find(shown, {"_id": 1})}
    owners = Person.rows().find(
        {"_id": {"$in": [row["owner"] for row in visits.values()]}}, {"name": 1}
    )
    people = {row["_id"]: row["name"] for row in owners}
    found: list[Picture] = []
    taken: dict[ObjectId, int] = defaultdict(int)
    for project, name in names.items():
        row = visits.get(project)
        for key in row["photos"] if row else ():
            if row and key in there and taken[project] < each:
                taken[project] += 1
                at = f"{local(row['started_at']):%Y-%m-%d %H:%M}"
                person = people.get(row["owner"], "") if inside else ""
                code = "paper.photo" if inside else "paper.photo_outside"
                found.append(Picture(key, say(code, project=name, at=at, person=person)))
    return found[:most]
