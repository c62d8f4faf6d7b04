"""Looking at leads, and figures of them by source and by department."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.departments import registry as departments
from app.enterprises.documents import Enterprise
from app.foundation import history
from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.foundation.ids import object_id
from app.offers.access import firm_ties, page_of, within
from app.offers.leads import states
from app.offers.leads.documents import LEAD, Lead
from app.offers.people import firm_of
from app.people.access import Columns, Ties, allowed, require
from app.people.who import Who

SEE = "lead.see"
OWN = Columns(owner="owner", departments="department")
SOURCE, DEPARTMENT = BY = ("source", "department")
_FIELD = {SOURCE: "enterprise", DEPARTMENT: "department"}


def ties(row: Mapping[str, Any], firm: Mapping[str, Any]) -> Ties:
    """What binds a stored lead and its source to people."""
    return firm_ties(firm, owner=row["owner"], departments=[row["department"]])


def see(who: Who, key: str | ObjectId) -> tuple[Row, Row]:
    """A stored lead and the firm that brought it, if `who` may know of it. Raises NotFound else."""
    row = Lead.rows().find_one({"_id": object_id(str(key))})
    firm = firm_of(row["enterprise"]) if row else {}
    if row is None or not allowed(who, SEE, ties(row, firm)):
        raise NotFound("not_found")
    return row, firm


def works_on(who: Who, row: Row, firm: Row) -> bool:
    """Whether `who` sees of it what is only for those who work on it: phones, what was heard."""
    return allowed(who, "lead.see_inside", ties(row, firm))


def listed(
    who: Who,
    *,
    page: int,
    page_size: int,
    state: str | None = None,
    enterprise_id: str | None = None,
    department_id: str | None = None,
    event_id: str | None = None,
    three_party: bool | None = None,
    mine: bool = False,
) -> tuple[list[Row], int]:
    """A page of the leads `who` may see, the latest found first, and how many there are."""
    wanted = {"enterprise": enterprise_id, "department": department_id, "event": event_id}
    parts: list[Row] = [within(who, SEE, OWN)]
    parts += [{name: ObjectId(each)} for name, each in wanted.items() if each]
    parts += [{"state": state}] if state else []
    parts += [{"owner": {"$in": list(who.ids)}}] if mine else []
    if three_party is not None:
        parts.append({"partner": {"$ne": ""}} if three_party else {"partner": ""})
    query = {"$and": parts}
    found = Lead.rows().find(query).sort([("found_on", -1), ("_id", -1)])
    return page_of(found, page, page_size), Lead.rows().count_documents(query)


def is_three_party(row: Mapping[str, Any]) -> bool:
    """Whether leading enterprise, partner company and department are all named (the others always are)."""
    return bool(row["partner"])


def history_of(row: Row) -> list[Row]:
    """What was done, in order."""
    return history.of(LEAD, row["_id"], internal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFigures:
    """Of one source or department: all, by state, those with three parties, projects that came of them."""

    key: ObjectId
    name: str
    leads: int
    by_state: Mapping[str, int]
    three_party: int
    projects: tuple[ObjectId, ...]


def figures(who: Who, by: str) -> list[LeadFigures]:
    """By source enterprise or by department, the most leads first, of those that `who` may see.

    Raises Forbidden.
    """
    require(who, "lead.figures")
    groups: dict[ObjectId, list[Row]] = {}
    for row in Lead.rows().find(within(who, "lead.figures", OWN)):
        groups.setdefault(row[_FIELD[by]], []).append(row)
    names = _names(by, list(groups))
    made = [
        LeadFigures(
            key=key,
            name=names.get(key, ""),
            leads=len(rows),
            by_state={each: sum(row["state"] == each for row in rows) for each in states.STATES},
            three_party=sum(map(is_three_party, rows)),
            projects=tuple(row["project"] for row in rows if row["project"]),
        )
        for key, rows in groups.items()
    ]
    return sorted(made, key=lambda each: (-each.leads, each.name))


def _names(by: str, keys: list[ObjectId]) -> Mapping[ObjectId, str]:
    if by == DEPARTMENT:
        return departments.names(keys)
    rows = Enterprise.rows().find({"_id": {"$in": keys}}, {"name": 1})
    return {row["_id"]: row["name"] for row in rows}
