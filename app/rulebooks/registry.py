"""The rules and the model in use, by every process as stored at this moment.

Each decision asks which version is published (small reads); what that compiles to is kept. So every
process uses a newly published version from its next decision on, and a decision is made by one version.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bson import ObjectId

from app.departments.documents import Department
from app.foundation import db
from app.foundation.district import pack
from app.foundation.reasons import Reason
from app.routing.opinion import Judge
from app.routing.rulebook import Rulebook
from app.routing.rules import BrokenRule
from app.rulebooks import models
from app.rulebooks.documents import RulebookVersion
from app.rulebooks.making import Surroundings, rulebook
from app.units import areas
from config.pack import Pack
from config.routing_terms import RoutingTerms, terms_of
from config.strict_yaml import PackError

logger = logging.getLogger(__name__)

THING = ObjectId(f"{1:024d}")
"""Routing itself, in history and duties."""


@dataclass(frozen=True, slots=True)
class Guide:
    """What a decision is made by: rules, and who reads the text (None: the keywords alone)."""

    rulebook: Rulebook
    judge: Judge | None


@dataclass(frozen=True, slots=True)
class _Kept:
    pack: Pack
    stamp: tuple[int, Any]
    around: Surroundings
    rulebook: Rulebook


_kept: list[_Kept] = []


def state() -> Mapping[str, Any]:
    """Which versions are in use: numbers of rulebook and model, 0 the pack's own. `actions` writes it."""
    found = rows().find_one({"_id": "current"})
    return found or {"_id": "current", "rulebook": 0, "model": 0, "version": 0}


def rows() -> Any:
    """The bare collection of the one row that says so."""
    return db.collection("routing_state")


def current() -> Guide:
    """Rules and model as published at this moment."""
    now = state()
    return Guide(_rulebook(now), models.judge(now["model"]))


def surroundings() -> Surroundings:
    """The departments and areas of this moment."""
    shown = {"code": 1, "name": 1, "_id": 0}
    active = Department.rows().find({"active": True}, shown).sort("code", 1)
    return Surroundings({row["code"]: row["name"] for row in active}, areas.codes())


def content_of(number: int) -> RoutingTerms:
    """What version `number` says, 0 the pack's. Raises LookupError when there is none."""
    if number == 0:
        return pack().routing
    found = RulebookVersion.rows().find_one({"number": number}, {"content": 1})
    if found is None:
        raise LookupError(f"no rulebook {number}")
    return terms_of(found["content"], version_name(number))


def version_name(number: int) -> str:
    """How a version is named on decisions."""
    return f"v{number}" if number else f"pack:{pack().code}"


def _rulebook(state: Mapping[str, Any]) -> Rulebook:
    number, around = state["rulebook"], surroundings()
    # With the time: after a database was restored the same number may stand for something else.
    stamp = number, state.get("changed_at")
    kept = _kept[0] if _kept else None
    if (
        kept is None
        or kept.pack is not pack()
        or kept.stamp != stamp
        or kept.around.areas != around.areas
        or kept.around.departments != around.departments
    ):
        kept = _Kept(pack(), stamp, around, _made(number, around))
        _kept[:] = [kept]
    return kept.rulebook


def _made(number: int, around: Surroundings) -> Rulebook:
    """The version compiled; where it cannot be read, the pack's own, which says so on each decision."""
    try:
        return rulebook(pack(), content_of(number), around, version_name(number))
    except (PackError, LookupError) as error:
        logger.exception("a rulebook cannot be used: %s", version_name(number))
        told = {"rule": version_name(number), "error": str(error)}
        unread = BrokenRule(version_name(number), Reason("rule.version_unusable", told))
        made = rulebook(pack(), pack().routing, around, version_name(0))
        return replace(made, rules=replace(made.rules, broken=(*made.rules.broken, unread)))
