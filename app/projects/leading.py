"""Leader links: which leader is linked to a project, from which day to which, and the `leader` that follows.

Whatever changes a link, in the same transaction: the project's `leader`, its history, and word to both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import ObjectIdField, StringField

from app.enterprises.serving_documents import serving
from app.foundation import days, duties, history
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.duties import Duty
from app.foundation.entries import STANDING, Entry, signed
from app.foundation.history import SYSTEM, Actor
from app.foundation.writes import Change, Insert, take_turns, write_all
from app.people.announcing import announce, telling
from app.people.documents import Person
from app.people.standing import held_by
from app.projects.documents import Project
from app.projects.ties import TIME, owe_standing

TURN = "leader_links.turn"
BEGUN, ENDED = "link.begun", "link.ended"
NAMED = 3


class LeaderLink(Entry):
    """From the day `since` on, the leader `person` is linked to `project`.

    It ends before the day `until`, where that is known, and in any case when the next one of the same
    project begins: two never overlap. `about` is `{project}:{since}`. Days are local.
    """

    project: ObjectId = ObjectIdField(required=True)
    person: ObjectId = ObjectIdField(required=True)
    since: str = StringField(required=True)
    until: str | None = StringField(null=True, default=None)

    meta: ClassVar[dict[str, Any]] = {"collection": "leader_links"}


@dataclass(frozen=True, slots=True)
class Changed:
    """A project that another leader is linked to now than before; None is nobody."""

    project: ObjectId
    name: str
    was: ObjectId | None
    now: ObjectId | None


def about(row: Mapping[str, Any]) -> str:
    """Of what a link is."""
    return f"{row['project']}:{row['since']}"


def leads(person: Mapping[str, Any]) -> bool:
    """Whether a stored person may be linked to projects: an active leader."""
    return bool(person.get("active")) and "leader" in {each.role for each in held_by(person)}


def settle(
    keys: Iterable[ObjectId],
    by: Actor,
    now: datetime,
    *,
    reason: str = "",
    quiet: bool = False,
    made: Collection[ObjectId] = (),
) -> list[Changed]:
    """Let each project's leader be who is linked to it today by the standing links; what changed.

    A leader whom nobody ever wrote down as a link becomes one first; `made` are links that were only now.
    Each project gets its next version, so of two who link it at once the slower sees what the other did. A
    `quiet` change tells nobody. Joins the surrounding transaction.
    """
    projects = list(Project.rows().find({"_id": {"$in": list(set(keys))}}))
    entries = entries_of([row["_id"] for row in projects])
    adopt(projects, entries, made=made)
    take_turns(Project, projects)
    today = days.today(now).isoformat()
    changed = []
    for row in projects:
        present = serving(entries[row["_id"]], today)
        person = present["person"] if present else None
        if person != row.get("leader"):
            changed.append(Changed(row["_id"], row["name"], row.get("leader"), person))
    write_all(Project, [_change(each, now) for each in changed])
    carry_on(changed, by, now, reason, quiet=quiet)
    return changed


def carry_on(
    changed: Sequence[Changed], by: Actor, now: datetime, reason: str, *, quiet: bool
) -> None:
    """What follows from a change: history, figures by leader, word to both."""
    history.append_all(
        {
            "thing": "project",
            "thing_id": each.project,
            "action": "link_leader",
            "by": by,
            "now": now,
            "text": reason,
            "data": {"before": each.was, "after": each.now},
        }
        for each in changed
    )
    owe_standing([each.project for each in changed], now, cause=TIME)
    if not quiet:
        _tell(changed, by, now, reason)


def entries_of(keys: Sequence[ObjectId]) -> dict[ObjectId, list[Row]]:
    """The standing links of some projects, by project."""
    found: dict[ObjectId, list[Row]] = defaultdict(list)
    for row in LeaderLink.rows().find({"project": {"$in": list(keys)}, **STANDING}):
        found[row["project"]].append(row)
    return found


def adopt(
    projects: Iterable[Row],
    entries: dict[ObjectId, list[Row]],
    before: str = "9999",
    made: Collection[ObjectId] = (),
) -> None:
    """Where a project has a leader by its own word alone, write the link that there must have been.

    It began on the day the project was entered, if that is `before` a day, and no other is known but those
    that were `made` only now, which begin later.
    """
    missing = []
    for row in projects:
        known = entries[row["_id"]]
        since = days.today(row["created_at"]).isoformat()
        older = [each for each in known if each["supersedes"] or each["_id"] not in made]
        first = min((each["since"] for each in known), default=before)
        if row.get("leader") and not older and since < min(first, before):
            missing.append(adopted(row))
            known.append(missing[-1])
    write_all(LeaderLink, [Insert(each) for each in missing])


def adopted(row: Row) -> Row:
    """The link that a stored project with a leader must have had since the day it was entered."""
    since = days.today(row["created_at"]).isoformat()
    values = {"project": row["_id"], "person": row["leader"], "since": since}
    return {
        "_id": ObjectId(),
        **values,
        "until": None,
        **signed(SYSTEM, row["created_at"]),
        "about": about(values),
        "supersedes": None,
        "superseded_at": None,
        "void": False,
        "reason": "",
        "source": "adopted",
        "historic": True,
    }


def owe_turns(rows: Iterable[Row], now: datetime) -> None:
    """Owe it that the leader is looked at anew on days to come on which a link begins or ends."""
    today = days.today(now).isoformat()
    for row in rows:
        for day in (row["since"], row["until"]):
            if day is not None and day > today:
                due = datetime.combine(date.fromisoformat(day), time(), pack().zone)
                key = f"{TURN}:{row['project']}:{day}"
                duties.add(TURN, row["project"], now=now, due_at=due, key=key)


def turn(duty: Duty, now: datetime) -> None:
    """A day has come on which a link begins or ends: let the project's leader follow."""

    def work() -> None:
        settle([duty.subject], SYSTEM, now)
        duties.finish(duty, now)

    transaction(work)


def _change(each: Changed, now: datetime) -> Change:
    return Change({"_id": each.project}, {"$set": {"leader": each.now, "updated_at": now}})


def _tell(changed: Sequence[Changed], by: Actor, now: datetime, reason: str) -> None:
    """One word to each leader for all that begins, and all that ends, for them in one act."""
    told: dict[tuple[str, ObjectId], list[Changed]] = defaultdict(list)
    for each in changed:
        for event, person in ((ENDED, each.was), (BEGUN, each.now)):
            if person is not None:
                told[event, person].append(each)
    here = {"_id": {"$in": [person for _, person in told]}}
    leaders = {row["_id"] for row in Person.rows().find(here) if leads(row)}
    for (event, person), some in told.items():
        if person in leaders:
            names = "、".join(each.name for each in some[:NAMED])
            one = some[0].project if len(some) == 1 else None
            data = {**telling([person], names, project=one), "count": len(some)}
            row = history.append("person", person, event, by=by, now=now, text=reason, data=data)
            announce(event, person, row, now)
