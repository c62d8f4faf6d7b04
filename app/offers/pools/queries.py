"""The pools (四库) and the directions of industry (1+4) as they are on a day, with what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.enterprises.documents import Enterprise
from app.enterprises.ties import COLUMNS as FIRMS
from app.foundation import days
from app.foundation.db import Row
from app.foundation.errors import Conflict, Invalid, NotFound
from app.foundation.ids import object_id
from app.foundation.reasons import Reason
from app.offers.access import page_of
from app.offers.finance.documents import FinanceTool, offered_on
from app.offers.finance.offering import directions
from app.offers.finance.register import DIRECTION
from app.offers.leads.documents import Lead
from app.offers.pools.documents import KINDS, PROJECT, PoolMember
from app.offers.pools.register import COLUMNS, REGISTER
from app.people.access import require, scope
from app.people.who import Who
from app.projects.documents import EXITED, Project
from app.projects.ties import COLUMNS as PROJECTS
from app.registers import terms
from app.registers.documents import POOL
from app.registers.stating import batch_of, loaded, state_line

SEE = "pool.see"
_NAMED = {
    "project": (Project, "name"),
    "enterprise": (Enterprise, "name"),
    "lead": (Lead, "company"),
}


@dataclass(frozen=True, slots=True)
class PoolCount:
    """A pool on a day: its term, and how many of each kind are in it."""

    term: Row
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DirectionCount:
    """A direction on a day: its term, the industries that it takes in, and what is of those.

    Tools are those for the direction or one of its industries.
    """

    term: Row
    industries: tuple[str, ...]
    enterprises: int
    projects: int
    tools: int


def pools(who: Who, on: str) -> list[PoolCount]:
    """The pools that are valid on a local day, with what `who` may see in them then. Raises Forbidden."""
    require(who, SEE)
    groups = {"_id": {"pool": "$pool", "kind": "$kind"}, "count": {"$sum": 1}}
    query = {"$and": [scope(who, SEE, COLUMNS), in_on(on)]}
    found = PoolMember.rows().aggregate([{"$match": query}, {"$group": groups}])
    counts = {(row["_id"]["pool"], row["_id"]["kind"]): row["count"] for row in found}
    made = []
    for term in terms.of(POOL, on=on):
        of = {kind: counts.get((term["code"], kind), 0) for kind in KINDS}
        of[PROJECT] += Project.rows().count_documents(_undated(who, term["code"]))
        made.append(PoolCount(term, of))
    return made


def in_on(day: str) -> Row:
    """What finds the members that are in a pool on a local day."""
    return {"since": {"$lte": day}, "$or": [{"until": None}, {"until": {"$gt": day}}]}


def members(
    who: Who, pool: str, on: str, *, page: int, page_size: int, kind: str | None = None
) -> tuple[list[Row], int]:
    """A page of what is in a pool on a local day, each with its `name`, and how many.

    What the register of projects says is in it, and nobody gave a day, is in it on every day, and comes
    last. Raises Forbidden, NotFound for no such pool.
    """
    require(who, SEE)
    terms.see(POOL, pool)
    parts = [scope(who, SEE, COLUMNS), in_on(on), {"pool": pool}]
    parts += [{"kind": kind}] if kind else []
    found = PoolMember.rows().find({"$and": parts}).sort([("since", -1), ("_id", -1)])
    rows, dated = (
        page_of(found, page, page_size),
        PoolMember.rows().count_documents({"$and": parts}),
    )
    if kind not in (None, PROJECT):
        return named(rows), dated
    others = _undated(who, pool)
    start = max(0, (page - 1) * page_size - dated)
    more = Project.rows().find(others).sort("_id", 1).skip(start).limit(page_size - len(rows))
    undated = [_as_member(pool, row) for row in more] if len(rows) < page_size else []
    return [*named(rows), *undated], dated + Project.rows().count_documents(others)


def _undated(who: Who, pool: str) -> Row:
    """What finds the projects whose own row says that they are in a pool, where no member's row does."""
    dated = PoolMember.rows().distinct("project", {"pool": pool, "kind": PROJECT})
    own = scope(who, SEE, COLUMNS)
    return {"$and": [own, {"pools": pool, "_id": {"$nin": dated}}]}


def _as_member(pool: str, project: Row) -> Row:
    empty: Row = {"_id": None, "since": None, "until": None, "note": ""}
    mine = {"pool": pool, "kind": PROJECT, "member": project["_id"], "name": project["name"]}
    return {**empty, **mine, "unit": project["unit"]}


def named(rows: list[Row]) -> list[Row]:
    """Members with their `member` (an id) and its `name`."""
    names: dict[Any, str] = {}
    for kind, (document, field) in _NAMED.items():
        if keys := [row[kind] for row in rows if row["kind"] == kind]:
            things = document.rows().find({"_id": {"$in": keys}}, {field: 1})
            names |= {thing["_id"]: thing[field] for thing in things}
    return [
        {**row, "member": row[row["kind"]], "name": names.get(row[row["kind"]], "")} for row in rows
    ]


def put_in(
    who: Who, pool: str, raw: Mapping[str, Any], client_id: str, now: datetime
) -> tuple[Row, bool]:
    """Put a project, an enterprise or a lead into a pool: (the member, whether it is new).

    Without `since` from today on. Raises Forbidden; Invalid by field, for a pool that is not valid today
    too; Conflict for a client_id used otherwise.
    """
    said = {name: value for name, value in raw.items() if value is not None}
    line = loaded(REGISTER, {"since": days.today(now).isoformat(), **said, "pool": pool})
    draft, new = state_line(REGISTER, batch_of(who, now), line, client_id=client_id)
    return named([draft.after])[0], new


def take_out(who: Who, key: str, until: date, now: datetime) -> Row:
    """Let it be in the pool before a local day only: the member. Raises NotFound, Forbidden, Invalid,
    Conflict when it is out already."""
    row = PoolMember.rows().find_one({"$and": [scope(who, SEE, COLUMNS), {"_id": object_id(key)}]})
    if row is None:
        raise NotFound("not_found")
    if row["until"] is not None:
        raise Conflict("pool.out_already")
    if until.isoformat() <= row["since"]:
        raise Invalid(
            "request.invalid", fields={"until": [Reason("dictionary.ends_before_it_begins")]}
        )
    names: Row = {kind: str(row[kind]) for kind in KINDS if row[kind]}
    said = {**names, "pool": row["pool"], "since": row["since"], "until": until.isoformat()}
    line = loaded(REGISTER, said)
    draft, _ = state_line(REGISTER, batch_of(who, now), line, version=row["version"])
    return named([draft.after])[0]


def industry_directions(who: Who, on: str) -> list[DirectionCount]:
    """The directions that are valid on a local day, with what `who` may see of them now.

    Raises Forbidden.
    """
    require(who, SEE)
    taken = directions(on)
    firms, going = scope(who, "enterprise.see", FIRMS), scope(who, "project.see", PROJECTS)
    tools = list(FinanceTool.rows().find(offered_on(on)))
    found = []
    for term in terms.of(DIRECTION, on=on):
        inside = sorted(taken[term["code"]])
        mine = {"industry": {"$in": inside}, "course": {"$ne": EXITED}}
        found.append(
            DirectionCount(
                term=term,
                industries=tuple(inside),
                enterprises=Enterprise.rows().count_documents(
                    {"$and": [firms, {"sector": {"$in": inside}}]}
                ),
                projects=Project.rows().count_documents({"$and": [going, mine]}),
                tools=sum(_is_for(tool, term["code"], set(inside)) for tool in tools),
            )
        )
    return found


def _is_for(tool: Row, direction: str, inside: set[str]) -> bool:
    return direction in tool["directions"] or bool(inside & set(tool["industries"]))


def seen(who: Who, key: str) -> Row:
    """A member of a pool. Raises NotFound."""
    row = PoolMember.rows().find_one({"$and": [scope(who, SEE, COLUMNS), {"_id": object_id(key)}]})
    if row is None:
        raise NotFound("not_found")
    return named([row])[0]
