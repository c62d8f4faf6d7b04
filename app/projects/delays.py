"""Documented delays of projects: since when, until when, and who caused them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, ObjectIdField, StringField

from app.foundation import days, history
from app.foundation.changes import Tracked
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, Invalid
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import create_once
from app.people.access import actor
from app.people.who import Who
from app.projects.documents import Project
from app.projects.queries import see_project
from app.projects.ties import owe_judging, project_ties
from app.projects.warnings.clocks import Span, merged

GOVERNMENT, ENTERPRISE, OTHER = CAUSES = ("government", "enterprise", "other")
THING = "delay"


class Delay(Tracked):
    """From the day `since` to the end of the day `until` (local; null while it lasts) a project was delayed.

    `basis` names the document that says so. `withdrawn` {by, by_name, at, reason}: entered in error. Only
    `until` and `withdrawn` are ever set afterwards, each once.
    """

    project: ObjectId = ObjectIdField(required=True)
    since: str = StringField(required=True)
    until: str | None = StringField(null=True, default=None)
    cause: str = StringField(required=True, choices=CAUSES)
    text: str = StringField(required=True)
    basis: str = StringField(default="")
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    at: datetime = DateTimeField(required=True)
    withdrawn: dict[str, Any] | None = DictField(null=True, default=None)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "delays"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A delay as somebody states it. Days are local."""

    since: date
    until: date | None
    cause: str
    text: str
    basis: str


def state(who: Who, key: str, client_id: str, said: Said, now: datetime) -> tuple[Row, bool]:
    """State a delay of a project, which is judged anew: (it, whether it is new).

    Raises NotFound, Forbidden; Invalid for days that cannot be, and for what government caused without a
    document; Conflict when the client_id was used for something else.
    """
    project = see_project(who, key)
    by = actor(who, "delay.write", project_ties(project.to_mongo()))
    _check(said.since, said.until, now)
    if said.cause == GOVERNMENT and not said.basis.strip():
        raise Invalid("request.invalid", fields={"basis": [Reason("delay.basis_needed")]})
    print_ = fingerprint({"project": key, **asdict(said)})

    def make() -> Delay:
        row = {**asdict(said), "since": said.since.isoformat(), "until": _text(said.until)}
        signed = {"by": by.id, "by_name": by.name, "role": by.role, "at": now}
        made = Delay(
            project=project.id, client_id=client_id, fingerprint=print_, **row, **signed
        ).insert()
        _record(made.id, project.id, "state", who, now, said.text, row)
        return made

    def find() -> Delay | None:
        return Delay.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    found, new = create_once(make, find, print_)
    return _row(found.id), new


def end(who: Who, key: str, until: date, now: datetime) -> Row:
    """Say on which day it ended. Raises NotFound, Forbidden, Invalid; Conflict when it has ended."""

    def work() -> None:
        row, project = _open_to(who, key)
        if row["until"] is not None:
            raise Conflict("delay.ended")
        _check(date.fromisoformat(row["since"]), until, now)
        _set(row, {"until": until.isoformat()})
        _record(row["_id"], project, "end", who, now, "", {"until": until.isoformat()})

    transaction(work)
    return _row(ObjectId(key))


def withdraw(who: Who, key: str, reason: str, now: datetime) -> Row:
    """Say that it was entered in error. Raises NotFound, Forbidden; Conflict when that was said before."""

    def work() -> None:
        row, project = _open_to(who, key)
        said = {"by": who.id, "by_name": who.acting().name, "at": now, "reason": reason}
        _set(row, {"withdrawn": said})
        _record(row["_id"], project, "withdraw", who, now, reason, {})

    transaction(work)
    return _row(ObjectId(key))


def of_project(who: Who, key: str, *, page: int, page_size: int) -> tuple[list[Row], int]:
    """A page of a project's delays, the newest first, and how many there are. Raises NotFound."""
    query = {"project": see_project(who, key).id}
    rows = Delay.rows().find(query).sort([("since", -1), ("_id", -1)])
    found = rows.skip((page - 1) * page_size).limit(page_size)
    return list(found), Delay.rows().count_documents(query)


def see(who: Who, key: str) -> Row:
    """A stored delay, if `who` may know of its project. Raises NotFound else."""
    row = _row(Delay.get(key).id)
    see_project(who, str(row["project"]))
    return row


def span_of(row: Mapping[str, Any], today: date) -> Span:
    """The days of a stored delay, to today while it lasts."""
    until = date.fromisoformat(row["until"]) if row["until"] else today
    return Span(date.fromisoformat(row["since"]), until + timedelta(days=1))


def by_government(projects: Iterable[ObjectId], today: date) -> dict[ObjectId, tuple[Span, ...]]:
    """The days, merged, on which government delayed each of these projects; those without are left out."""
    query = {"project": {"$in": list(projects)}, "cause": GOVERNMENT, "withdrawn": None}
    spans: dict[ObjectId, list[Span]] = {}
    for row in Delay.rows().find(query, {"project": 1, "since": 1, "until": 1}):
        spans.setdefault(row["project"], []).append(span_of(row, today))
    return {project: merged(found) for project, found in spans.items()}


def _check(since: date, until: date | None, now: datetime) -> None:
    today, wrong = days.today(now), {}
    if since > today:
        wrong["since"] = ["delay.in_the_future"]
    if until is not None and until < since:
        wrong["until"] = ["delay.ends_before"]
    elif until is not None and until > today:
        wrong["until"] = ["delay.in_the_future"]
    if wrong:
        raise Invalid("request.invalid", fields=wrong)


def _open_to(who: Who, key: str) -> tuple[Row, ObjectId]:
    row = _row(Delay.get(key).id)
    project = see_project(who, str(row["project"]))
    actor(who, "delay.write", project_ties(project.to_mongo()))
    if row.get("withdrawn"):
        raise Conflict("delay.withdrawn")
    return row, project.id


def _set(row: Row, change: Row) -> None:
    same = {"_id": row["_id"], "until": row["until"], "withdrawn": None}
    if not Delay.rows().update_one(same, {"$set": change}).matched_count:
        raise Conflict("changed_meanwhile")


def _record(
    key: ObjectId, project: ObjectId, action: str, who: Who, now: datetime, text: str, data: Row
) -> None:
    row = Project.rows().find_one({"_id": project}) or {}
    by = actor(who, "delay.write", project_ties(row))
    history.append(THING, key, action, by=by, now=now, text=text, data={"project": project, **data})
    owe_judging([project], now)


def _row(key: ObjectId) -> Row:
    return Delay.rows().find_one({"_id": key}) or {}


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
