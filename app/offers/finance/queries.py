"""Looking at introductions of finance tools, and figures of them by tool and by source of funds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation import days, history
from app.foundation.amounts import read, total
from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.foundation.ids import object_id
from app.issues.access import ties_of_issue_row
from app.issues.documents import Issue
from app.offers.access import firm_ties, page_of, within
from app.offers.finance import states
from app.offers.finance.documents import INTRODUCTION, FinanceTool, Introduction
from app.offers.people import STAFF, firm_of
from app.people.access import NOTHING, Columns, Ties, allowed, require
from app.people.who import Who

SEE = "introduction.see"
COLUMNS = Columns(owner="owner", departments="department")
DAY = timedelta(days=1)


def ties(row: Mapping[str, Any], firm: Mapping[str, Any]) -> Ties:
    """What binds a stored introduction to people."""
    return firm_ties(firm, owner=row["owner"], departments=[row["department"]])


def see(who: Who, key: str | ObjectId) -> tuple[Row, Row]:
    """A stored introduction and its firm, if `who` may know of it. Raises NotFound else."""
    row = Introduction.rows().find_one({"_id": object_id(str(key))})
    firm = firm_of(row["enterprise"]) if row else {}
    if row is None or not allowed(who, SEE, ties(row, firm)):
        raise NotFound("not_found")
    return row, firm


def done(key: str) -> tuple[Row, Row]:
    """The same for who has just done something with it, and perhaps given it away."""
    row = Introduction.rows().find_one({"_id": object_id(key)}) or {}
    return row, firm_of(row["enterprise"])


def listed(
    who: Who,
    *,
    page: int,
    page_size: int,
    state: str | None = None,
    tool_id: str | None = None,
    enterprise_id: str | None = None,
    issue_id: str | None = None,
    mine: bool = False,
) -> tuple[list[tuple[Row, Row]], int]:
    """A page of the introductions `who` may see, each with its firm, the newest first, and how many."""
    wanted = {"tool": tool_id, "enterprise": enterprise_id, "issue": issue_id}
    query = [within(who, SEE, COLUMNS)]
    query += [{name: ObjectId(each)} for name, each in wanted.items() if each]
    query += [{"state": state}] if state else []
    if issue_id and not known_issues(who, [ObjectId(issue_id)]):
        query.append(dict(NOTHING))
    query += [{"owner": {"$in": list(who.ids)}}] if mine else []
    found = Introduction.rows().find({"$and": query}).sort([("created_at", -1), ("_id", -1)])
    rows = page_of(found, page, page_size)
    firms = firms_of(rows)
    total_ = Introduction.rows().count_documents({"$and": query})
    return [(row, firms.get(row["enterprise"], {"_id": row["enterprise"]})) for row in rows], total_


def known_issues(who: Who, keys: Iterable[ObjectId | None]) -> set[ObjectId]:
    """Which of these issues `who` may know of: who sees an introduction may not know what it is for."""
    wanted = list({key for key in keys if key})
    found = Issue.rows().find({"_id": {"$in": wanted}}) if wanted else ()
    return {row["_id"] for row in found if allowed(who, "issue.see", ties_of_issue_row(row))}


def firms_of(rows: Iterable[Mapping[str, Any]]) -> dict[ObjectId, Row]:
    """The firms of stored things, by id."""
    wanted = list({row["enterprise"] for row in rows if row.get("enterprise")})
    return {row["_id"]: row for row in Enterprise.rows().find({"_id": {"$in": wanted}})}


def history_of(who: Who, row: Row) -> list[Row]:
    """What was done, in order; what was heard, and who was reminded, is for staff."""
    return history.of(INTRODUCTION, row["_id"], internal=who.has(*STAFF))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What came of the introductions of some tools; `tools` are how many those are.

    `success` is granted of all that have an outcome, in percent with one place, null where none has;
    `days` the mean of days from the proposal to the outcome, one place. `amount` was granted, 万元.
    """

    key: str | None
    name: str
    tools: int
    introductions: int
    by_state: Mapping[str, int]
    success: str | None
    days: str | None
    amount: Decimal


def figures(
    who: Who, *, since: str | None = None, until: str | None = None
) -> tuple[list[Figures], list[Figures]]:
    """By tool, and by source of funds, of the introductions proposed from one local day to another, both
    included. Only those that `who` may see count. Raises Forbidden."""
    require(who, "introduction.figures")
    query = {"$and": [within(who, "introduction.figures", COLUMNS), *_near(since, until)]}
    rows = [row for row in Introduction.rows().find(query) if _inside(row, since, until)]
    tools = {row["_id"]: row for row in FinanceTool.rows().find().sort("code", 1)}
    by_tool = [
        _sum(str(key), tool["name"], 1, [row for row in rows if row["tool"] == key])
        for key, tool in tools.items()
    ]
    by_funding = [
        _sum(
            source,
            source or "",
            sum(tool.get("funding") == source for tool in tools.values()),
            [row for row in rows if tools.get(row["tool"], {}).get("funding") == source],
        )
        for source in sorted(
            {str(tool["funding"]) for tool in tools.values() if tool.get("funding")}
        )
    ]
    return by_tool, by_funding


def _near(since: str | None, until: str | None) -> list[Row]:
    """What leaves out of the look whatever was proposed more than a day before or after these days."""
    found: list[Row] = []
    with suppress(ValueError, OverflowError):
        if since is not None:
            found.append({"created_at": {"$gte": datetime.fromisoformat(since) - DAY}})
    with suppress(ValueError, OverflowError):
        if until is not None:
            found.append({"created_at": {"$lte": datetime.fromisoformat(until) + 2 * DAY}})
    return found


def _inside(row: Row, since: str | None, until: str | None) -> bool:
    day = days.today(row["created_at"]).isoformat()
    return (since is None or since <= day) and (until is None or day <= until)


def _sum(key: str | None, name: str, tools: int, rows: list[Row]) -> Figures:
    ended = [row for row in rows if row["state"] in states.OUTCOMES]
    granted = [row for row in ended if row["state"] == states.GRANTED]
    took = [(row["ended_at"] - row["created_at"]).total_seconds() / 86400 for row in ended]
    return Figures(
        key=key,
        name=name,
        tools=tools,
        introductions=len(rows),
        by_state={each: sum(row["state"] == each for row in rows) for each in states.STATES},
        success=_tenth(Decimal(100 * len(granted)) / len(ended)) if ended else None,
        days=_tenth(Decimal(str(sum(took))) / len(took)) if took else None,
        amount=total(read(row["granted"]) for row in granted),
    )


def _tenth(number: Decimal) -> str:
    return str(number.quantize(Decimal("0.1")))
