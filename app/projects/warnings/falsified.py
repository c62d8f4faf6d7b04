"""Data of a project that were found to be falsified: found by an inspector, with a document."""

from __future__ import annotations

from datetime import date, datetime

from bson import ObjectId

from app.foundation import days, history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, Invalid
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import create_once
from app.people.access import actor, require
from app.people.who import Who
from app.projects.queries import see_project
from app.projects.ties import owe_judging, project_ties
from app.projects.warnings.documents import Falsification

THING = "falsification"
SEE, WRITE = "falsification.see", "falsification.write"


def state(
    who: Who, key: str, client_id: str, *, on: date, text: str, basis: str, now: datetime
) -> tuple[Row, bool]:
    """State that data were found to be falsified; the project is judged anew: (it, whether it is new).

    Raises NotFound, Forbidden, Invalid for a day to come; Conflict for a client_id used for something else.
    """
    project = see_project(who, key)
    by = actor(who, WRITE, project_ties(project.to_mongo()))
    if on > days.today(now):
        raise Invalid("request.invalid", fields={"on": [Reason("register.in_the_future")]})
    print_ = fingerprint({"project": key, "on": on, "text": text, "basis": basis})

    def make() -> Falsification:
        made = Falsification(
            project=project.id,
            on=on.isoformat(),
            text=text,
            basis=basis,
            by=by.id,
            by_name=by.name,
            at=now,
            client_id=client_id,
            fingerprint=print_,
        ).insert()
        data = {"project": project.id, "basis": basis}
        history.append(THING, made.id, "state", by=by, now=now, text=text, data=data, internal=True)
        owe_judging([project.id], now)
        return made

    def find() -> Falsification | None:
        mine = {"by": who.id, "client_id": client_id}
        return Falsification.objects(**mine).first()  # type: ignore[no-any-return]

    found, new = create_once(make, find, print_)
    return _row(found.id), new


def withdraw(who: Who, key: str, reason: str, now: datetime) -> Row:
    """Say that it was found to be wrong. Raises NotFound, Forbidden; Conflict when that was said before."""

    def work() -> None:
        row = _row(Falsification.get(key).id)
        project = see_project(who, str(row["project"]))
        by = actor(who, WRITE, project_ties(project.to_mongo()))
        said = {"by": by.id, "by_name": by.name, "at": now, "reason": reason}
        same = {"_id": row["_id"], "withdrawn": None}
        if not Falsification.rows().update_one(same, {"$set": {"withdrawn": said}}).matched_count:
            raise Conflict("falsification.withdrawn")
        data = {"project": project.id}
        history.append(
            THING, row["_id"], "withdraw", by=by, now=now, text=reason, data=data, internal=True
        )
        owe_judging([project.id], now)

    transaction(work)
    return _row(ObjectId(key))


def see(who: Who, key: str) -> Row:
    """One that is stored. Raises NotFound, Forbidden."""
    row = _row(Falsification.get(key).id)
    project = see_project(who, str(row["project"]))
    require(who, SEE, project_ties(project.to_mongo()))
    return row


def of_project(who: Who, key: str, *, page: int, page_size: int) -> tuple[list[Row], int]:
    """A page of what was found, the newest first, and how many. Raises NotFound, Forbidden."""
    project = see_project(who, key)
    require(who, SEE, project_ties(project.to_mongo()))
    query = {"project": project.id}
    rows = Falsification.rows().find(query).sort([("on", -1), ("_id", -1)])
    found = rows.skip((page - 1) * page_size).limit(page_size)
    return list(found), Falsification.rows().count_documents(query)


def _row(key: ObjectId) -> Row:
    return Falsification.rows().find_one({"_id": key}) or {}
