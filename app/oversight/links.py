"""Leader links: making and ending them, and who is linked to what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.enterprises.serving_documents import end_of, serving
from app.foundation import days
from app.foundation.db import Row, transaction
from app.foundation.entries import STANDING
from app.foundation.errors import Conflict, NotFound
from app.foundation.ids import object_id
from app.people.access import allowed, require, scope
from app.people.documents import Person
from app.people.who import Who
from app.projects.documents import Project
from app.projects.leading import LeaderLink, entries_of
from app.projects.leading_register import REGISTER
from app.projects.queries import see_project
from app.projects.ties import COLUMNS, project_ties
from app.registers.stating import batch_of, loaded, state_line

SEE = REGISTER.see


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """Which leader is to be linked to which project. Days are local; `since` is today if None."""

    project_id: str
    leader_id: str
    reason: str
    since: str | None = None
    until: str | None = None


def link(who: Who, said: Linking, client_id: str, now: datetime) -> tuple[Row, bool]:
    """Link a leader to a project from a day on: (the link, whether it is new).

    Whoever was linked to it until then is so no more. Raises NotFound, Forbidden; Invalid for somebody who
    is no leader and for days turned round; Conflict for a client_id that was used for something else.
    """
    project = see_project(who, said.project_id)
    raw = {
        "project": str(project.id),
        "leader": said.leader_id,
        "since": said.since or days.today(now).isoformat(),
        "until": said.until,
    }
    batch = batch_of(who, now, reason=said.reason)
    draft, new = state_line(REGISTER, batch, loaded(REGISTER, raw), client_id=client_id)
    return draft.after, new


def end(who: Who, key: str, on: str | None, reason: str, now: datetime) -> None:
    """End a link before a day (today if None); the project then has no leader.

    Raises NotFound, Forbidden; Conflict for one that is over by then, Invalid for a day before it begins.
    """
    day = on or days.today(now).isoformat()
    batch = batch_of(who, now, reason=reason)

    def work() -> None:
        entry = current(see(who, key))
        others = entries_of([entry["project"]])[entry["project"]]
        ends = end_of(entry, others)
        if ends is not None and ends <= day:
            raise Conflict("leader_link.over")
        raw = {"project": str(entry["project"]), "since": entry["since"], "until": day}
        state_line(REGISTER, batch, loaded(REGISTER, raw))

    transaction(work)


def see(who: Who, key: str) -> Row:
    """A link, a superseded one too, if `who` may know of it. Raises NotFound."""
    entry = LeaderLink.rows().find_one({"_id": object_id(key)})
    project = Project.rows().find_one({"_id": entry["project"]}) if entry else None
    if entry is None or project is None:
        raise NotFound("not_found")
    if entry["person"] not in who.ids and not allowed(who, SEE, project_ties(project)):
        raise NotFound("not_found")
    return entry


def current(entry: Row) -> Row:
    """What is known by now of the same link. Raises NotFound when there never was one."""
    found = LeaderLink.rows().find_one({"about": entry["about"], **STANDING})
    if found is None:
        raise NotFound("not_found")
    return found


def listed(
    who: Who,
    now: datetime,
    *,
    page: int,
    page_size: int,
    leader_id: str | None = None,
    project_id: str | None = None,
    unit: str | None = None,
    present: bool = True,
) -> tuple[list[Row], int]:
    """A page of the links that `who` may see, the last begun first, and how many there are.

    Those in force today, or with `present` off past and coming ones too, described. Raises Forbidden.
    """
    require(who, SEE)
    theirs = scope(who, SEE, COLUMNS)
    parts: list[Row] = [dict(STANDING)]
    if theirs or unit:
        wanted = {"$and": [theirs, {"unit": unit} if unit else {}]}
        parts.append({"project": {"$in": Project.rows().distinct("_id", wanted)}})
    if project_id:
        parts.append({"project": ObjectId(project_id)})
    person = {"person": ObjectId(leader_id)} if leader_id else {}
    if present:
        parts.append({"_id": {"$in": _in_force(parts, days.today(now).isoformat())}})
    query = {"$and": [*parts, person]}
    found = LeaderLink.rows().find(query).sort([("since", -1), ("_id", -1)])
    rows = list(found.skip((page - 1) * page_size).limit(page_size))
    return described(rows), LeaderLink.rows().count_documents(query)


def described(rows: Iterable[Row]) -> list[Row]:
    """Links with the names of project and leader, and the day before which they end, by whatever."""
    found = list(rows)
    keys = [row["project"] for row in found]
    shown = {"name": 1, "code": 1, "unit": 1}
    there = Project.rows().find({"_id": {"$in": keys}}, shown)
    projects: dict[ObjectId, dict[str, Any]] = {row["_id"]: row for row in there}
    people = {"_id": {"$in": [row["person"] for row in found]}}
    names = {row["_id"]: row["name"] for row in Person.rows().find(people, {"name": 1})}
    others = entries_of(keys)
    return [
        {
            **row,
            "project_name": projects.get(row["project"], {}).get("name", ""),
            "project_code": projects.get(row["project"], {}).get("code", ""),
            "unit": projects.get(row["project"], {}).get("unit"),
            "leader_name": names.get(row["person"], ""),
            "ends": end_of(row, others[row["project"]]),
        }
        for row in found
    ]


def _in_force(parts: list[Row], today: str) -> list[ObjectId]:
    """Of each project the last begun, where that has not ended."""
    begun = {"$and": [*parts, {"since": {"$lte": today}}]}
    shown = {"project": 1, "since": 1, "until": 1}
    of: dict[ObjectId, list[Row]] = {}
    for row in LeaderLink.rows().find(begun, shown):
        of.setdefault(row["project"], []).append(row)
    present = (serving(rows, today) for rows in of.values())
    return [row["_id"] for row in present if row is not None]
