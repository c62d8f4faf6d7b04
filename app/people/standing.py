"""Standing in for somebody absent: which rights pass to a deputy, when, and who is fit to be one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.people.who import Held

LENT = ("clerk", "head", "dispatcher", "inspector", "leader", "commissioner")
"""The roles a deputy takes on. Never `admin`, nor what speaks for a firm (contact) or a system (service)."""

_DESK = ("clerk", "head")


def in_force(now: datetime) -> dict[str, Any]:
    """The filter of leaves that are under way: from `since` on, before `until` and before `ended_at`."""
    return {
        "since": {"$lte": now},
        "until": {"$gt": now},
        "$or": [{"ended_at": None}, {"ended_at": {"$gt": now}}],
    }


def absent_ones(now: datetime) -> dict[str, Any]:
    """The stage that adds `absent` to each person: name and grants of whom they are the deputy of now."""
    named = [{"$match": {"active": True}}, {"$project": {"name": 1, "grants": 1}}]
    persons = {
        "from": "persons",
        "localField": "person",
        "foreignField": "_id",
        "pipeline": named,
        "as": "person",
    }
    return {
        "$lookup": {
            "from": "absences",
            "localField": "_id",
            "foreignField": "deputy",
            "pipeline": [
                {"$match": in_force(now)},
                {"$sort": {"since": 1, "_id": 1}},
                {"$lookup": persons},
                {"$unwind": "$person"},
                {"$replaceWith": "$person"},
            ],
            "as": "absent",
        }
    }


def held_by(person: Mapping[str, Any]) -> tuple[Held, ...]:
    """The grants of a stored person."""
    return tuple(
        Held(grant["role"], grant.get("department"), grant.get("unit"), grant.get("enterprise"))
        for grant in person.get("grants", [])
    )


def to_lend(held: Iterable[Held]) -> list[Held]:
    """Those of the grants that a deputy takes on."""
    return [grant for grant in held if grant.role in LENT]


def fits(grant: Held, own: Iterable[Held]) -> bool:
    """Whether somebody with these own grants may hold this one for somebody absent.

    Clerk or head of the same department for a clerk or a head, the same role for every other.
    """
    if grant.role in _DESK:
        place = grant.department
        return place is not None and any(
            each.role in _DESK and each.department == place for each in own
        )
    return any(each.role == grant.role for each in own)


def lent(absent: Mapping[str, Any], own: Iterable[Held]) -> list[Held]:
    """What a deputy with these own grants holds for the absent: what has ceased to fit is not lent."""
    own = tuple(own)
    key: ObjectId = absent["_id"]
    return [
        Held(each.role, each.department, each.unit, each.enterprise, key, absent["name"])
        for each in to_lend(held_by(absent))
        if fits(each, own)
    ]
