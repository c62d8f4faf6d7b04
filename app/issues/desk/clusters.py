"""Proposals that issues of several enterprises have one cause, and what the desk makes of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

from app.enterprises.documents import Enterprise
from app.foundation import duties, history
from app.foundation.db import Row, transaction
from app.foundation.documents import Document
from app.foundation.duties import Duty
from app.foundation.errors import Conflict, Invalid
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.issues.access import ties_of_issue_row
from app.issues.desk.following import LINE
from app.issues.desk.linking import ROLES, tie
from app.issues.desk.merging import take_part
from app.issues.documents import Issue
from app.people.access import allowed, require
from app.people.who import Who

PROPOSED, ACCEPTED, REFUSED, OUTDATED = "proposed", "accepted", "refused", "outdated"
STATES = (PROPOSED, ACCEPTED, REFUSED, OUTDATED)
THING = "cluster"
LINK = "issues.link_cluster"
LEASE = timedelta(minutes=2)
EXCERPT = 80
AGAIN = ("changed_meanwhile",)
"""Refusals that another try may find gone."""
SHOWN = dict.fromkeys(
    (*LINE, "restricted", "text", "demand", "category", "photos", "master", "created_at"), 1
)


class Cluster(Document):
    """Open issues that may have one cause: `enterprises` of them say so.

    `what` is what they say, in their words; `unit` and `point` (WGS-84 GeoJSON) where they are, `master` is
    the one that could be answered for all. Who settled it is `settled` {by, by_name, role, reason, at};
    once accepted, `wanted` are to be linked to the master: those `linked` are, `left_out` {issue, code}
    could not be. `version` guards each change.
    """

    issues: list[ObjectId] = ListField(ObjectIdField(), required=True)
    enterprises: int = IntField(required=True)
    category: str | None = StringField()
    what: str = StringField(required=True)
    unit: str | None = StringField()
    point: dict[str, Any] | None = DictField(null=True, default=None)
    master: ObjectId = ObjectIdField(required=True)
    state: str = StringField(required=True, choices=STATES, default=PROPOSED)
    settled: dict[str, Any] = DictField()
    wanted: list[ObjectId] = ListField(ObjectIdField())
    linked: list[ObjectId] = ListField(ObjectIdField())
    left_out: list[dict[str, Any]] = ListField(DictField())
    found_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "clusters"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which clusters; None means any state."""

    state: str | None
    page: int
    page_size: int


def see(who: Who, key: str) -> Row:
    """The cluster as it is stored. Raises NotFound for none, Forbidden for those who do not look at them."""
    require(who, "cluster.see")
    found = Cluster.get(key)
    return {**found.to_mongo().to_dict(), "_id": found.id}


def listed(who: Who, wanted: Wanted) -> tuple[list[Row], int]:
    """A page of clusters, the newest first, and how many there are."""
    require(who, "cluster.see")
    query = {"state": wanted.state} if wanted.state else {}
    rows = Cluster.rows().find(query).sort([("found_at", -1), ("_id", -1)])
    found = rows.skip((wanted.page - 1) * wanted.page_size).limit(wanted.page_size)
    return list(found), Cluster.rows().count_documents(query)


def members(who: Who, cluster: Row) -> list[Row]:
    """Its issues that `who` may see whole, the oldest first, with `firm` and `excerpt`."""
    rows = Issue.rows().find({"_id": {"$in": cluster["issues"]}}, SHOWN)
    seen = [row for row in rows if allowed(who, "issue.see_whole", ties_of_issue_row(row))]
    firms = _names(row["enterprise"] for row in seen if row.get("enterprise"))
    return [
        {
            **row,
            "excerpt": (row.get("demand") or row["text"])[:EXCERPT],
            "firm": firms.get(row["enterprise"]) if row.get("enterprise") else None,
        }
        for row in sorted(seen, key=lambda each: (each["created_at"], each["_id"]))
    ]


def accept(
    who: Who, key: str, *, master_id: str, issue_ids: Collection[str], now: datetime
) -> None:
    """They have one cause: each of these issues is linked to the master soon, by a duty.

    Raises Conflict when the cluster was settled or the master is not open or has a master itself, Invalid
    for issues that are not of the cluster.
    """

    def work() -> None:
        cluster = _open_to(who, key)
        wanted = [ObjectId(each) for each in dict.fromkeys(issue_ids) if each != master_id]
        strangers = [each for each in [*wanted, ObjectId(master_id)] if each not in cluster.issues]
        if strangers or not wanted:
            raise Invalid("cluster.not_its_issues", fields={"issue_ids": list(map(str, strangers))})
        master = Issue.get(master_id)
        if master.master:
            raise Conflict("issue.no_chains")
        if master.restricted is not None:
            raise Conflict("issue.not_to_be_linked")
        take_part(master, "gather", "master_id")
        change = {"state": ACCEPTED, "master": master.id, "wanted": wanted}
        _settle(cluster, "accept", who, change, "", now)
        duties.add(LINK, cluster.id, now=now)

    transaction(work)


def refuse(who: Who, key: str, *, reason: str, now: datetime) -> None:
    """They have not. Raises Conflict when the cluster was settled."""

    def work() -> None:
        _settle(_open_to(who, key), "refuse", who, {"state": REFUSED}, reason, now)

    transaction(work)


def link_members(duty: Duty, now: datetime) -> None:
    """Link what was accepted to the master, each issue in a transaction of its own.

    One that cannot be linked any more is left out, with the reason; one that somebody else changes at this
    moment is tried again. Raises Conflict for that.
    """
    cluster = Cluster.get(duty.subject)
    done = {*cluster.linked, *(each["issue"] for each in cluster.left_out)}
    for key in cluster.wanted:
        refused = _link(duty, cluster, key, now) if key not in done else None
        if refused is not None:
            left = {"left_out": {"issue": key, "code": refused}}
            transaction(partial(_note, cluster.id, left))
    transaction(lambda: duties.finish(duty, now))


def reason_of(cluster: Cluster) -> Reason:
    """What was proposed, as a reason: how many enterprises, and of what."""
    return Reason("cluster.title", {"n": cluster.enterprises, "what": cluster.what})


def _link(duty: Duty, cluster: Cluster, key: ObjectId, now: datetime) -> str | None:
    """The code of why it could not be linked, if so."""
    by = cluster.settled

    def work() -> None:
        duties.renew(duty, now=now, lease=LEASE)
        issue, master = Issue.get(key), Issue.get(cluster.master)
        if issue.master != master.id:
            if issue.restricted is not None:
                raise Conflict("issue.not_to_be_linked")
            actor = Actor(by["by"], by["by_name"], by["role"])
            tie(issue, master, actor, now, why=[reason_of(cluster)])
        _note(cluster.id, {"linked": key})

    try:
        transaction(work)
    except Conflict as error:
        if error.code in AGAIN:
            raise
        return error.code
    return None


def _note(key: ObjectId, what: Row) -> None:
    Cluster.rows().update_one({"_id": key}, {"$addToSet": what})


def _open_to(who: Who, key: str) -> Cluster:
    require(who, "cluster.settle")
    cluster = Cluster.get(key)
    if cluster.state != PROPOSED:
        raise Conflict("cluster.settled_already", fields={"state": [cluster.state]})
    return cluster


def _settle(
    cluster: Cluster, action: str, who: Who, change: Row, reason: str, now: datetime
) -> None:
    by = who.acting(*ROLES)
    said = {"by": by.id, "by_name": by.name, "role": by.role, "reason": reason, "at": now}
    mine = {"_id": cluster.id, "version": cluster.version}
    changed = {"$set": {**change, "settled": said, "updated_at": now}, "$inc": {"version": 1}}
    if not Cluster.rows().update_one(mine, changed).modified_count:
        raise Conflict("changed_meanwhile")
    history.append(
        THING,
        cluster.id,
        action,
        by=by,
        now=now,
        before=cluster.state,
        after=change["state"],
        text=reason,
        internal=True,
        version=cluster.version + 1,
    )


def _names(keys: Iterable[ObjectId]) -> dict[ObjectId, str]:
    rows = Enterprise.rows().find({"_id": {"$in": list(set(keys))}}, {"name": 1})
    return {row["_id"]: row["name"] for row in rows}
