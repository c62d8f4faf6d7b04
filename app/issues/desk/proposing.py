"""Looking, each working day, for open issues of many enterprises about one cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from bson import ObjectId

from app.calendars import registry as calendars
from app.foundation import duties, history
from app.foundation.db import Row, transaction
from app.foundation.district import local, pack
from app.foundation.duties import Duty
from app.foundation.messages import say
from app.issues.desk import clustering, clusters
from app.issues.desk.clustering import Bounds, Voice
from app.issues.desk.clusters import ACCEPTED, OUTDATED, PROPOSED, REFUSED, Cluster
from app.issues.desk.phrasing import phrases
from app.issues.desk.wording import wording
from app.issues.documents import Issue
from app.issues.moves import machine_of
from app.people.announcing import announce
from config.pack import FALLBACK

KIND = "issues.cluster"
EVENT = "issue.many_voices"
LEASE = timedelta(minutes=10)
BY_STATE = "all_newest"
OVERLAP = 0.5
"""Two groups are the same cause when they share so much of the smaller one."""
SHOWN = dict.fromkeys(
    (
        *("text", "demand", "enterprise", "unit", "position", "category", "state", "master"),
        *("photos", "created_at"),
    ),
    1,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A group of issues that is worth a proposal, as a cluster stores it."""

    issues: list[ObjectId]
    enterprises: int
    category: str | None
    what: str
    unit: str | None
    point: Row | None
    master: ObjectId

    def stored(self) -> Row:
        """Its fields."""
        return {name: getattr(self, name) for name in self.__slots__}


def begin(now: datetime) -> None:
    """See to it that a next look is due. Does nothing where it is already."""
    if not duties.rows().find_one({"kind": KIND, "state": "due"}):
        today = local(now).date()
        ahead = calendars.current().is_working_day(today) and _moment(today) > now
        _add(today if ahead else _next_day(today), now)


def soon(now: datetime) -> None:
    """The very first look at once, once for all."""
    duties.add(KIND, ObjectId(), now=now, key=f"{KIND}:first")


def propose(duty: Duty, now: datetime) -> None:
    """Propose what is found, take back what is no more, and owe the next look.

    Each proposal is a transaction of its own; a worker that dies leaves the rest to the next one, which
    finds those that are there. What was refused is not proposed again until it has grown.
    """
    transaction(lambda: duties.renew(duty, now=now, lease=LEASE))
    kept: list[ObjectId] = []
    for found in look(now):
        work = partial(_settle, duty, found, kept, now)
        kept += [key for key in [transaction(work)] if key is not None]

    def end() -> None:
        gone = {"state": PROPOSED, "_id": {"$nin": kept}}
        change = {"$set": {"state": OUTDATED, "updated_at": now}, "$inc": {"version": 1}}
        Cluster.rows().update_many(gone, change)
        _add(_next_day(local(now).date()), now)
        duties.finish(duty, now)

    transaction(end)


def look(now: datetime) -> Iterator[Found]:
    """The groups of open issues, of enough enterprises, of which one at least could be linked to another."""
    terms, rows = pack().work, _open_issues(now)
    bounds = Bounds(terms.cluster_share, terms.cluster_within_m)
    masters = Counter(row["master"] for row in rows if row.get("master"))
    for group in clustering.clusters([_voice(row) for row in rows], bounds):
        members = [rows[at] for at in group]
        firms = {row["enterprise"] for row in members if row.get("enterprise")}
        if len(firms) >= terms.cluster_least:
            master = _master(members, masters)
            if master is not None and any(_may_join(row, master) for row in members):
                yield _described(members, len(firms), master)


def _open_issues(now: datetime) -> list[Row]:
    """Never restricted ones."""
    query = {
        "state": {"$in": machine_of("issue").open_states()},
        "created_at": {"$gte": now - timedelta(days=pack().work.cluster_days)},
        "restricted": None,
    }
    rows = Issue.rows().find(query, SHOWN, hint=BY_STATE)
    return sorted(rows, key=lambda row: (row["created_at"], row["_id"]))


def _voice(row: Row) -> Voice:
    text, common = _text(row), pack().commonness
    place, point = row.get("position"), None
    if place:
        longitude, latitude = place["point"]["coordinates"]
        point = (latitude, longitude)
    rare = clustering.rare_pairs(text, common.weights)
    return Voice(wording(text, common), rare, row.get("unit"), point)


def _text(row: Row) -> str:
    return str(row.get("demand") or row["text"])


def _master(members: Sequence[Row], masters: Counter[ObjectId]) -> Row | None:
    """The one that is a master already, else the one with the most photos, else the earliest."""
    able = [row for row in members if not row.get("master")]
    return min(
        able,
        key=lambda row: (-masters[row["_id"]], -len(row.get("photos", ())), row["created_at"]),
        default=None,
    )


def _may_join(row: Row, master: Row) -> bool:
    free = not row.get("master") and row["_id"] != master["_id"]
    return free and "link" in machine_of("issue").legal(row["state"])


def _described(members: Sequence[Row], enterprises: int, master: Row) -> Found:
    kinds = Counter(row["category"] for row in members if row.get("category"))
    category = kinds.most_common(1)[0][0] if kinds else None
    units = {row.get("unit") for row in members}
    points = [point for row in members if (point := _voice(row).point)]
    return Found(
        issues=[row["_id"] for row in members],
        enterprises=enterprises,
        category=category,
        what=_what([_text(row) for row in members], category),
        unit=units.pop() if len(units) == 1 else None,
        point=_stored(clustering.centre(points)) if points else None,
        master=master["_id"],
    )


def _what(texts: Sequence[str], category: str | None) -> str:
    """In words that most of them share; else what kind of matter it is."""
    found = phrases(texts, pack().commonness)
    if len(found) > 1:
        return say("cluster.both", one=found[0], other=found[1])
    return found[0] if found else pack().category(category or FALLBACK).name


def _stored(point: clustering.Point) -> Row:
    return {"type": "Point", "coordinates": [round(point[1], 6), round(point[0], 6)]}


def _settle(duty: Duty, found: Found, kept: Collection[ObjectId], now: datetime) -> ObjectId | None:
    """Keep or make the proposal of what was found; its id, or None where there is to be none."""
    duties.renew(duty, now=now, lease=LEASE)
    known = [
        row
        for row in Cluster.rows().find({"issues": {"$in": found.issues}})
        if row["_id"] not in kept and _same(row["issues"], found.issues)
    ]
    if any(_stands_against(row, found) for row in known):
        return None
    there = next((row for row in known if row["state"] == PROPOSED), None)
    return _insert(found, now) if there is None else _update(there, found, now)


def _same(one: Sequence[ObjectId], other: Sequence[ObjectId]) -> bool:
    return len({*one} & {*other}) >= OVERLAP * min(len(one), len(other))


def _stands_against(row: Row, found: Found) -> bool:
    """What was refused has not grown by enough; of what was accepted there is nothing new."""
    if row["state"] == REFUSED:
        return bool(found.enterprises < row["enterprises"] + pack().work.cluster_grown_by)
    return row["state"] == ACCEPTED and {*found.issues} <= {*row["issues"]}


def _insert(found: Found, now: datetime) -> ObjectId:
    cluster = Cluster(**found.stored(), found_at=now, updated_at=now).insert()
    row = history.append(
        clusters.THING,
        cluster.id,
        "propose",
        by=history.SYSTEM,
        now=now,
        after=PROPOSED,
        internal=True,
        reasons=[clusters.reason_of(cluster)],
        version=1,
    )
    announce(EVENT, found.master, row, now)
    return cluster.id


def _update(row: Row, found: Found, now: datetime) -> ObjectId:
    change = {name: value for name, value in found.stored().items() if row.get(name) != value}
    if change:
        mine = {"_id": row["_id"], "version": row["version"], "state": PROPOSED}
        changed = {"$set": {**change, "updated_at": now}, "$inc": {"version": 1}}
        Cluster.rows().update_one(mine, changed)
    key: ObjectId = row["_id"]
    return key


def _add(day: date, now: datetime) -> None:
    key = f"{KIND}:{day.isoformat()}"
    duties.add(KIND, ObjectId(), now=now, due_at=_moment(day), key=key)


def _moment(day: date) -> datetime:
    return datetime.combine(day, pack().work.cluster_at, pack().zone)


def _next_day(today: date) -> date:
    return calendars.current().add_working_days(today, 1)
