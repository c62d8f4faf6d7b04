"""What the columns of exported lists hold, and what of it these eyes may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation.db import Row
from app.foundation.district import local, pack
from app.foundation.documents import Document
from app.foundation.messages import say
from app.issues.access import ties_of_issue_row
from app.issues.desk import following
from app.issues.documents import Issue
from app.issues.looking.boxes import is_late
from app.issues.looking.listing import UNSEEN
from app.issues.looking.portrait import described
from app.people.access import allowed
from app.people.documents import Person
from app.people.who import Who
from app.projects.documents import Project

Cell = str | int | None
MOMENT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by name, and what stands in it for a described row, in a language, at a moment."""

    name: str
    of: Callable[[Row, str, datetime], Cell]


def tickets(rows: list[Row], who: Who) -> list[Row]:
    """Tickets with names; that of the firm where `who` may see the issue as a whole."""
    found = Issue.rows().find(
        {"_id": {"$in": [row["issue"] for row in rows]}}, {"promise": 0, **UNSEEN}
    )
    whole = {row["_id"]: row for row in found if _may(who, "issue.see_whole", row)}
    firms = _names(Enterprise, (row.get("enterprise") for row in whole.values()))
    return [
        {**row, "enterprise_name": firms.get(whole.get(row["issue"], {}).get("enterprise"))}
        for row in described(rows, who)
    ]


def issues(rows: list[Row], who: Who) -> list[Row]:
    """Issues with names, each as far as `who` may see it. No phone number is ever among them."""
    shown = following.listed(who, rows)
    named = {row["_id"] for row in rows if _names_reporter(who, row)}
    firms = _names(Enterprise, (row.get("enterprise") for row in shown))
    projects = _names(Project, (row.get("project") for row in shown))
    people = _names(Person, (row.get("owner") for row in shown if row["_id"] in named))
    return [
        {
            **row,
            "enterprise_name": firms.get(row.get("enterprise")),
            "project_name": projects.get(row.get("project")),
            "owner_name": people.get(row.get("owner")),
        }
        for row in shown
    ]


def _names_reporter(who: Who, row: Row) -> bool:
    return not row.get("anonymous") or _may(who, "issue.see_reporter", row)


def _may(who: Who, action: str, row: Row) -> bool:
    return allowed(who, action, ties_of_issue_row(row))


def _names(kind: type[Document], keys: Iterable[ObjectId | None]) -> Mapping[ObjectId | None, str]:
    wanted = list({key for key in keys if key})
    rows = kind.rows().find({"_id": {"$in": wanted}}, {"name": 1}) if wanted else ()
    return {row["_id"]: row["name"] for row in rows}


def _plain(name: str) -> Column:
    return Column(name, lambda row, spoken, now: row.get(name))


def _moment(name: str) -> Column:
    """A time in the district's zone."""

    def of(row: Row, spoken: str, now: datetime) -> Cell:
        moment = row.get(name)
        return f"{local(moment):{MOMENT}}" if moment else None

    return Column(name, of)


def _word(name: str, prefix: str) -> Column:
    """A code in words."""

    def of(row: Row, spoken: str, now: datetime) -> Cell:
        code = row.get(name)
        return say(f"{prefix}{code}", spoken) if code is not None else None

    return Column(name, of)


def _yes(name: str, of: Callable[[Row, datetime], Any] | None = None) -> Column:
    def found(row: Row, spoken: str, now: datetime) -> Cell:
        is_so = of(row, now) if of else row.get(name)
        return say("export.yes" if is_so else "export.no", spoken)

    return Column(name, found)


def _of_pack(name: str, entries: Callable[[], Iterable[Any]]) -> Column:
    """The name of a code of the district; the code where it is of an older pack."""

    def of(row: Row, spoken: str, now: datetime) -> Cell:
        code = row.get(name)
        return next((each.name for each in entries() if each.code == code), code)

    return Column(name, of)


def _inner(name: str, field: str, key: str) -> Column:
    return Column(name, lambda row, spoken, now: (row.get(field) or {}).get(key))


def _result(row: Row, spoken: str, now: datetime) -> Cell:
    code = (row.get("answer") or {}).get("result")
    return next((each.name for each in pack().results if each.code == code), code)


def _promised(row: Row, spoken: str, now: datetime) -> Cell:
    due = (row.get("promise") or {}).get("resolve_by")
    return f"{local(due):{MOMENT}}" if due else None


_CATEGORY = _of_pack("category", lambda: pack().categories)
_UNIT = _of_pack("unit", lambda: pack().units)

TICKET = (
    _plain("number"),
    _word("role", "export.role."),
    _word("state", "ticket.state."),
    _yes("urgent"),
    _yes("overdue", is_late),
    _plain("level"),
    _plain("department_name"),
    _plain("assignee_name"),
    _CATEGORY,
    _UNIT,
    _plain("enterprise_name"),
    _plain("excerpt"),
    _moment("dispatched_at"),
    _moment("accept_by"),
    _moment("accepted_at"),
    _moment("reply_by"),
    _moment("replied_at"),
    _moment("resolve_by"),
    _moment("answered_at"),
    Column("result", _result),
    _inner("answer", "answer", "text"),
    _moment("ended_at"),
)
ISSUE = (
    _plain("number"),
    _word("kind", "export.kind."),
    _word("state", "issue.state."),
    _yes("urgent"),
    _word("source", "export.source."),
    _plain("external_number"),
    _CATEGORY,
    _UNIT,
    _plain("enterprise_name"),
    _plain("project_name"),
    _plain("owner_name"),
    _plain("text"),
    _inner("department_name", "route", "department_name"),
    _moment("created_at"),
    Column("resolve_by", _promised),
    _word("outcome", "issue.outcome."),
    _inner("satisfaction", "confirmation", "satisfaction"),
    _plain("redos"),
    _plain("reminders"),
    _moment("ended_at"),
)
