"""Whom a case may be about, whom it is served on, and whose names it may not say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.departments.documents import Department
from app.enterprises.documents import Enterprise
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Conflict, Invalid
from app.foundation.reasons import Reason
from app.issues.documents import Issue
from app.oversight.cases_documents import DEPARTMENT, PERSON, UNIT
from app.oversight.checks_people import heads, of_unit
from app.people.documents import Person
from app.people.finding import People, once, with_role
from app.projects.documents import Project
from app.visits.documents import Visit

OFFICIALS = (
    *("commissioner", "clerk", "head", "dispatcher"),
    *("inspector", "leader", "unit_admin", "admin"),
)
READERS = ("clerk", "head", "dispatcher", "inspector", "leader", "unit_admin", "admin")
"""The staff that a case is circulated to; commissioners are not of it."""
OUTSIDE = "company"
"""The kind of departments that are enterprises themselves: utilities, banks."""
LEAST_NAME = 2


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about, as the case keeps it."""

    kind: str
    key: str
    name: str
    department: ObjectId | None = None
    unit: str | None = None


def subject_of(kind: str, key: str) -> Subject:
    """The department, unit or official of this id (of a unit: code).

    Raises Invalid for what there is not, and for an enterprise or anybody who speaks for one.
    """
    found = {DEPARTMENT: _department, UNIT: _unit, PERSON: _person}[kind](key)
    if found is not None:
        return found
    firm = ObjectId.is_valid(key) and Enterprise.rows().find_one({"_id": ObjectId(key)}, {"_id": 1})
    if firm:
        raise _not_of_enterprises(key)
    raise Invalid("case.unknown_subject", fields={"subject_id": [key]})


def people_of(kind: str, key: str) -> People:
    """Whom a case about it is served on. Raises Conflict where there is nobody."""
    if kind == PERSON:
        found = [ObjectId(key)]
    else:
        found = heads(ObjectId(key)) if kind == DEPARTMENT else of_unit(key)
    if not found:
        raise Conflict("case.nobody_to_serve")
    return found


def readers(departments: Iterable[ObjectId], units: Iterable[str]) -> People:
    """The staff of departments and units as they are now."""
    here = list(departments)
    of_departments = with_role("clerk", "head", department={"$in": here}) if here else []
    return once(of_departments, *(of_unit(each) for each in units))


def every_reader() -> People:
    """All to whom a case is open when it is circulated to the whole staff."""
    return with_role(*READERS)


def minimised(case: Row) -> str:
    """The subject's name as it may leave the house: of a person no more than the family name."""
    name: str = case["subject_name"]
    return f"{name[:1]}某某" if case["subject_kind"] == PERSON else name


def refuse_firms(texts: Mapping[str, str], evidence: Iterable[Mapping[str, Any]]) -> None:
    """Raise Invalid where a text names an enterprise that the evidence is of, or who speaks for it."""
    names = _firm_names(_firms_of(list(evidence)))
    named = [field for field, text in texts.items() if any(each in text for each in names)]
    if named:
        raise Invalid(
            "case.names_a_firm", fields={field: [Reason("case.names_a_firm")] for field in named}
        )


def refuse_person(texts: Mapping[str, str], case: Row) -> None:
    """Raise Invalid where a text for the outside says the name of the official it is about."""
    if case["subject_kind"] != PERSON:
        return
    named = [field for field, text in texts.items() if case["subject_name"] in text]
    if named:
        raise Invalid(
            "case.names_a_person",
            fields={field: [Reason("case.names_a_person")] for field in named},
        )


def _firms_of(evidence: Sequence[Mapping[str, Any]]) -> list[ObjectId]:
    """The enterprises of its issues and visits, and of the projects of these."""
    issues = {"_id": {"$in": [each["issue"] for each in evidence if each["issue"]]}}
    visits = {"_id": {"$in": [each["visit"] for each in evidence if each["visit"]]}}
    found: set[ObjectId | None] = set()
    for rows, some in ((Issue.rows(), issues), (Visit.rows(), visits)):
        projects = {"_id": {"$in": rows.distinct("project", some)}}
        found |= {*rows.distinct("enterprise", some)}
        found |= {*Project.rows().distinct("enterprise", projects)}
    return [key for key in found if key is not None]


def _firm_names(firms: Sequence[ObjectId]) -> set[str]:
    names = {row["name"] for row in Enterprise.rows().find({"_id": {"$in": firms}}, {"name": 1})}
    speak = {"grants": {"$elemMatch": {"role": "contact", "enterprise": {"$in": firms}}}}
    names |= {row["name"] for row in Person.rows().find(speak, {"name": 1})}
    return {name for name in names if len(name) >= LEAST_NAME}


def _department(key: str) -> Subject | None:
    if not ObjectId.is_valid(key):
        return None
    row = Department.rows().find_one({"_id": ObjectId(key)})
    if row is None:
        return None
    if row["kind"] == OUTSIDE:
        raise _not_of_enterprises(key)
    name = registry.names([row["_id"]])[row["_id"]]
    return Subject(DEPARTMENT, key, name, row["_id"], row.get("unit"))


def _unit(key: str) -> Subject | None:
    found = next((each for each in pack().units if each.code == key), None)
    return Subject(UNIT, key, found.name, None, key) if found else None


def _person(key: str) -> Subject | None:
    if not ObjectId.is_valid(key):
        return None
    row = Person.rows().find_one({"_id": ObjectId(key), "active": True})
    if row is None:
        return None
    grants = row["grants"]
    roles = {each["role"] for each in grants}
    if "contact" in roles or not roles & set(OFFICIALS):
        raise _not_of_enterprises(key)
    department = next((each["department"] for each in grants if each.get("department")), None)
    if department is not None and Department.get(department).kind == OUTSIDE:
        raise _not_of_enterprises(key)
    unit = next((each["unit"] for each in grants if each.get("unit")), None)
    return Subject(PERSON, key, row["name"], department, unit)


def _not_of_enterprises(key: str) -> Invalid:
    return Invalid("case.not_of_enterprises", fields={"subject_id": [key]})
