"""Calls to make: an enterprise that WeChat does not reach is told by its commissioner on the phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from app.calendars import registry as calendars
from app.enterprises.documents import Enterprise
from app.foundation import duties
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.errors import Conflict, NotFound
from app.foundation.ids import object_id
from app.issues.documents import Issue
from app.notices.documents import DONE, DROPPED, OPEN, Call
from app.people.access import Columns, Ties, allowed, require, scope
from app.people.who import Who

COLUMNS = Columns(owner="commissioner", restricted="restricted")
ENDING = frozenset({"issue.resolved", "issue.withdrawn"})
"""After these the enterprise has had its say: what it was to be called for no longer matters."""


def owe(
    issue: Issue, notice: Row, contact: Row | None, enterprise: ObjectId | None, now: datetime
) -> None:
    """Owe a call to this contact (a person's row) about what the notice says; in a transaction, once.

    Without a contact it goes to whom the issue was raised for, else to whom it names on site. About what is
    restricted nobody calls but the desk that has it.
    """
    if issue.restricted is not None:
        return
    event, row = notice["event"], notice["row"]
    person = _to_call(issue, contact)
    if Call.rows().find_one({"row": row, "event": event, "contact.person": person["person"]}):
        return
    Call.insert_row(
        issue=issue.id,
        number=issue.number,
        enterprise=enterprise,
        contact=person,
        commissioner=_caller(issue, enterprise),
        event=event,
        row=row,
        params=notice["params"],
        due_at=_due(issue, now),
        created_at=now,
    )


def drop(issue: ObjectId, now: datetime) -> None:
    """Owe none of the open calls about this issue any longer; in a transaction."""
    gone = {"state": DROPPED, "done_at": now}
    Call.rows().update_many({"issue": issue, "state": OPEN}, {"$set": gone})


def calls(who: Who, *, state: str, page: int, page_size: int) -> tuple[list[Row], int]:
    """A page of the calls `who` may see, the most urgent first, and how many there are."""
    require(who, "call.see")
    query = {"$and": [scope(who, "call.see", COLUMNS), {"state": state}]}
    found = Call.rows().find(query).sort([("due_at", 1), ("_id", 1)])
    rows = list(found.skip((page - 1) * page_size).limit(page_size))
    return _described(who, rows), Call.rows().count_documents(query)


def see(who: Who, key: str) -> Row:
    """The call, if `who` may see it. Raises NotFound else."""
    row = Call.rows().find_one({"_id": object_id(key)})
    if row is None or not allowed(who, "call.see", _ties(row)):
        raise NotFound("not_found")
    return _described(who, [row])[0]


def done(who: Who, key: str, *, outcome: str, note: str, now: datetime) -> None:
    """The call was made. An answer that found nobody is counted by the issue.

    Raises Forbidden for those who only look on, Conflict for a call that is no longer open.
    """
    row = see(who, key)
    require(who, "call.do", _ties(row))
    end = {
        "state": DONE,
        "outcome": outcome,
        "note": note,
        "done_by": who.id,
        "done_at": now,
    }

    def work() -> None:
        open_ = {"_id": row["_id"], "state": OPEN}
        if not Call.rows().update_one(open_, {"$set": end}).modified_count:
            raise Conflict("call.not_open")
        if row["event"] == "issue.answered" and outcome == "unreachable":
            by = who.acting("commissioner", "dispatcher")
            duties.add(
                "issues.unreachable",
                row["issue"],
                now=now,
                key=f"issues.unreachable:{row['_id']}",
                payload={
                    "call": row["_id"],
                    "by": {"id": by.id, "name": by.name, "role": by.role},
                    "note": note,
                },
            )

    transaction(work)


def _ties(row: Row) -> Ties:
    return Ties(owner=row.get("commissioner"), restricted=row.get("restricted") is not None)


def _to_call(issue: Issue, contact: Row | None) -> dict[str, Any]:
    if contact is not None:
        return {"person": contact["_id"], "name": contact["name"], "phone": contact.get("phone")}
    # Whom an anonymous issue was raised for would tell who stands behind it.
    named = (None if issue.anonymous else issue.on_behalf_of) or issue.contact or {}
    return {"person": None, "name": named.get("name", ""), "phone": named.get("phone")}


def _caller(issue: Issue, enterprise: ObjectId | None) -> ObjectId | None:
    if issue.commissioner or enterprise is None:
        return issue.commissioner
    row = Enterprise.rows().find_one({"_id": enterprise}, {"commissioner": 1}) or {}
    return row.get("commissioner")


def _due(issue: Issue, now: datetime) -> datetime:
    terms = pack().notices
    if issue.urgent:
        return now + timedelta(hours=terms.call_urgent_hours)
    return calendars.current().deadline(now, terms.call_wd)


def _described(who: Who, rows: list[Row]) -> list[Row]:
    """With the enterprise's name; the phone number only for those who may make the call."""
    found = Enterprise.rows().find({"_id": {"$in": [row.get("enterprise") for row in rows]}})
    names = {each["_id"]: each["name"] for each in found}
    return [
        {
            **row,
            "enterprise_name": names.get(row.get("enterprise")),
            "contact": {
                **row["contact"],
                "phone": row["contact"]["phone"] if allowed(who, "call.do", _ties(row)) else None,
            },
        }
        for row in rows
    ]
