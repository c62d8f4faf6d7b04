"""Which firms a survey asks, and the people who speak for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Invalid
from app.people.documents import Person
from app.registers import terms
from app.registers.documents import INDUSTRY, TAG
from app.surveys.documents import Reply
from app.surveys.states import WAITING

_FIRM = dict.fromkeys(("unit", "sector", "growth_class", "commissioner"), 1)


def checked(chosen: Mapping[str, Any], day: str) -> Row:
    """The choice as it is stored; raises Invalid for tags, industries, units or firms that there are not."""
    known: Mapping[str, Collection[str]] = {
        "tags": terms.names(TAG).offered(day),
        "sectors": terms.names(INDUSTRY).offered(day),
        "units": {each.code for each in pack().units},
    }
    problems = {
        f"chosen.{name}": unknown
        for name, codes in known.items()
        if (unknown := [each for each in chosen[name] if each not in codes])
    }
    firms = list(dict.fromkeys(map(ObjectId, chosen["enterprise_ids"])))
    there = set(Enterprise.rows().distinct("_id", {"_id": {"$in": firms}}))
    if missing := [str(each) for each in firms if each not in there]:
        problems["chosen.enterprise_ids"] = missing
    if problems:
        raise Invalid("reference.unknown", fields=problems)
    names = ("tags", "sectors", "units", "growth_classes")
    return {**{name: list(chosen[name]) for name in names}, "enterprises": firms}


def query_of(chosen: Mapping[str, Any], unit: str | None) -> Row:
    """What finds the firms: those named, and those that fit every kind of mark that is given.

    With neither it is every firm that is complete. `unit` is whose survey it is: no others are asked.
    """
    marks: Row = {
        name: {"$in": chosen[many]}
        for name, many in (
            ("tags", "tags"),
            ("sector", "sectors"),
            ("unit", "units"),
            ("growth_class", "growth_classes"),
        )
        if chosen[many]
    }
    named: Row = {"_id": {"$in": chosen["enterprises"]}}
    fitting: Row = {"provisional": {"$ne": True}, **marks}
    if chosen["enterprises"]:
        fitting = {"$or": [named, fitting]} if marks else named
    return {"$and": [fitting, {"unit": unit} if unit else {}]}


def count(survey: Mapping[str, Any]) -> int:
    """How many firms a stored survey would ask now."""
    query = query_of(survey["chosen"], survey["unit"])
    return Enterprise.rows().count_documents(query)


def firms(query: Row) -> list[Row]:
    """The firms found, as far as a survey needs them."""
    return list(Enterprise.rows().find(query, _FIRM).sort("_id", 1))


def freeze(
    survey: Mapping[str, Any], found: Sequence[Row], now: datetime, *, added: bool = False
) -> list[Row]:
    """Take those firms that are not there yet into the set of a stored survey; gives them.

    Joins the surrounding transaction.
    """
    keys = [firm["_id"] for firm in found]
    there = set(
        Reply.rows().distinct("enterprise", {"survey": survey["_id"], "enterprise": {"$in": keys}})
    )
    fresh = [firm for firm in found if firm["_id"] not in there]
    rows = [_place(survey, firm, now, added=added) for firm in fresh]
    if rows:
        Reply.rows().insert_many(rows)
    return fresh


def _place(survey: Mapping[str, Any], firm: Row, now: datetime, *, added: bool) -> Row:
    return {
        "_id": ObjectId(),
        "survey": survey["_id"],
        "enterprise": firm["_id"],
        "department": survey["department"],
        "unit": firm.get("unit"),
        "sector": firm.get("sector") or "",
        "growth_class": firm.get("growth_class"),
        "added_at": now if added else None,
        "state": WAITING,
        "form": None,
        "answers": {},
        "visit": None,
        "photos": [],
        "tries": [],
        "submitted_at": None,
        "corrected_at": None,
        "intents": [],
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }


def people(found: Iterable[Row]) -> list[ObjectId]:
    """Who speaks for the firms and who serves them, each once."""
    firms = list(found)
    match = {"role": "contact", "enterprise": {"$in": [firm["_id"] for firm in firms]}}
    query = {"grants": {"$elemMatch": match}, "active": True}
    contacts = [row["_id"] for row in Person.rows().find(query, {"_id": 1}).sort("_id", 1)]
    serving = [firm["commissioner"] for firm in firms if firm.get("commissioner")]
    return list(dict.fromkeys([*contacts, *serving]))
