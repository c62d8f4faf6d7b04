"""The register of what is in the pools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.enterprises.documents import Enterprise
from app.foundation.documents import Document
from app.offers.leads.documents import Lead
from app.offers.pools.documents import ENTERPRISE, KINDS, LEAD, MEMBER, PROJECT, PoolMember
from app.people.access import Columns, Ties
from app.projects.documents import Project
from app.registers import terms
from app.registers.documents import POOL
from app.registers.fields import Choice, Day, Field, Ref
from app.registers.register import Batch, Draft, Register

COLUMNS = Columns(unit="unit")
_DOCUMENTS: Mapping[str, type[Document]] = {
    PROJECT: Project,
    ENTERPRISE: Enterprise,
    LEAD: Lead,
}


def member_ties(row: Mapping[str, Any]) -> Ties:
    """What binds a member of a pool, stored or about to be, to people."""
    return Ties(unit=row.get("unit") or _unit_of(row))


def _unit_of(row: Mapping[str, Any]) -> str | None:
    """Of what is about to be put in, the unit that it is accounted to."""
    for kind, document in _DOCUMENTS.items():
        if row.get(kind) is not None:
            found = document.rows().find_one({"_id": row[kind]}, {"unit": 1}) or {}
            return found.get("unit")
    return None


def _check(batch: Batch, drafts: Sequence[Draft]) -> None:
    said: dict[tuple[Any, ...], list[Draft]] = {}
    for draft in drafts:
        line = draft.line
        named = [kind for kind in KINDS if draft.after.get(kind) is not None]
        if len(named) != 1:
            line.blame("project", "pool.one_member")
            continue
        draft.after["kind"] = named[0]
        if (member := draft.refs.get(named[0])) is not None:
            draft.after["unit"] = member.get("unit")
        since, until = draft.will("since"), draft.will("until")
        if until is not None and str(until) <= str(since):
            line.blame("until", "dictionary.ends_before_it_begins")
        others = said.setdefault(tuple(draft.after.get(name) for name in SAME), [])
        if _overlaps(draft) or any(_meet(draft.after, each.after) for each in others):
            line.blame("since", "pool.in_it_already")
        others.append(draft)


SAME = ("pool", *KINDS)


def _meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two stays in a pool have a day in common."""
    return all(
        a["until"] is None or a["until"] > b["since"] for a, b in ((one, other), (other, one))
    )


def _overlaps(draft: Draft) -> bool:
    """Whether the same was in the same pool already on one of these days."""
    after = draft.after
    same = {name: after.get(name) for name in SAME}
    if after.get("until") is not None:
        same["since"] = {"$lt": after["until"]}
    others = PoolMember.rows().find({**same, "_id": {"$ne": (draft.before or {}).get("_id")}})
    return any(each["until"] is None or each["until"] > after["since"] for each in others)


REGISTER = Register(
    name="pool_members",
    document=PoolMember,
    fields=(
        Choice(name="pool", required=True, choices=terms.names(POOL)),
        Ref(name="project", document=Project, key="code", into="project"),
        Ref(
            name="enterprise",
            document=Enterprise,
            key="credit_code",
            also="name",
            into="enterprise",
        ),
        Ref(name="lead", document=Lead, key="code", into="lead"),
        Day(name="since", required=True),
        Day(name="until"),
        Field(name="note", most=500),
    ),
    key=("pool", "project", "enterprise", "lead", "since"),
    see="pool.see",
    write="pool.write",
    ties=member_ties,
    columns=COLUMNS,
    thing=MEMBER,
    check=_check,
)
