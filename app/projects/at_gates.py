"""At which gate (准入关、进度关、产出关；准入关、成长关、退出关) projects stand."""

from __future__ import annotations

from collections.abc import Mapping

from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Invalid
from app.people.access import scope
from app.people.who import Who
from app.projects.documents import EXITED, Project
from app.projects.exits.documents import ExitCase
from app.projects.exits.queries import seen
from app.projects.ties import COLUMNS
from config.review_terms import Gate


def gates() -> Mapping[str, Gate]:
    """The district's gates by code, those of all wordings."""
    return {gate.code: gate for each in pack().reviews.wordings for gate in each.gates}


def standing_at(who: Who, code: str) -> Row:
    """The filter of projects that stand at a gate, as far as `who` may know. Raises Invalid for no gate.

    Who has left stands at none. An exit case counts for those who may know of it.
    """
    gate = gates().get(code)
    if gate is None:
        raise Invalid("reference.unknown", fields={"gate": [code]})
    here: Row = {"course": {"$ne": EXITED}}
    if gate.stages:
        return {**here, "stage": {"$in": list(gate.stages)}}
    live = {"$and": [{"live": True}, seen(who)]}
    return {**here, "_id": {"$in": ExitCase.rows().distinct("project", live)}}


def counts(who: Who) -> Mapping[str, int]:
    """How many of the projects that `who` may see stand at each gate."""
    mine = scope(who, "project.see", COLUMNS)
    return {
        code: Project.rows().count_documents({"$and": [mine, standing_at(who, code)]})
        for code in gates()
    }
