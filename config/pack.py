"""The district pack: everything another district changes, as YAML in one folder.

`load` reads it once and strictly: a key nobody knows, a code that stands twice, a department that
does not exist each stop the start with a PackError naming file and entry. The values are frozen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.approval_terms import approval_terms
from config.check_terms import check_terms
from config.checklists import Checklist, checklists
from config.commonness import commonness
from config.dictionary_terms import dictionary_terms
from config.learning_terms import learning_terms
from config.milestone_terms import milestone_terms
from config.notice_terms import NoticeTerms, Template, notice_terms
from config.offer_terms import offer_terms
from config.oversight_terms import oversight_terms
from config.pack_checks import CODE, distinct, known, matching
from config.pack_departments import departments, own_calendars
from config.pack_model import (
    BY_UNIT,
    DISPATCH,
    FALLBACK,
    RESTRICTED,
    Category,
    Department,
    Holidays,
    Pack,
    Result,
    ReturnReason,
    Unit,
    VisitTerms,
)
from config.paper_terms import paper_terms
from config.policy_terms import policy_terms
from config.rate_terms import rate_terms
from config.report_terms import report_terms
from config.review_terms import review_terms
from config.routing_terms import Restriction, RoutingTerms, routing_terms
from config.scale_terms import scale_terms
from config.scoreboard_terms import scoreboard_terms
from config.serving_terms import serving_terms
from config.strict_yaml import Entry, PackError, read, read_entries
from config.survey_terms import survey_terms
from config.terms import (
    Ladder,
    NormalPromise,
    Promises,
    Rung,
    UrgentPromise,
    WorkTerms,
    ladder,
    promises,
    work,
)
from config.warning_terms import exit_terms, warning_terms

__all__ = [
    "BY_UNIT",
    "DISPATCH",
    "FALLBACK",
    "RESTRICTED",
    "Category",
    "Checklist",
    "Department",
    "Holidays",
    "Ladder",
    "NormalPromise",
    "NoticeTerms",
    "Pack",
    "PackError",
    "Promises",
    "Restriction",
    "Result",
    "ReturnReason",
    "RoutingTerms",
    "Rung",
    "Template",
    "Unit",
    "UrgentPromise",
    "VisitTerms",
    "WorkTerms",
    "load",
]

UNIT_KINDS = ("street", "town", "park")
BASES = ("public", "assumption")
NEEDS = ("basis", "date", "none")
_SMALL_CODE = re.compile(r"[a-z][a-z0-9_]*")


def load(directory: Path) -> Pack:
    """Read a pack from its folder. Raises PackError at the first thing that is wrong."""
    district = _mapping(
        directory, "district", {"name", "code", "number_prefix", "timezone", "office_hours"}
    )
    units = _units(directory)
    calendars = own_calendars(directory)
    bodies = departments(
        directory, {unit.code for unit in units}, {each.code for each in calendars}
    )
    categories = _categories(directory, {each.code for each in bodies})
    return Pack(
        name=district.text("name"),
        code=matching(district, "code", re.compile(r"\d{6}")),
        number_prefix=matching(district, "number_prefix", re.compile(r"[A-Z]{1,6}")),
        zone=_zone(district),
        office_hours=district.spans("office_hours"),
        units=units,
        departments=bodies,
        categories=categories,
        promises=promises(directory),
        ladder=ladder(directory),
        work=work(directory),
        notices=notice_terms(directory),
        reports=report_terms(directory),
        reviews=review_terms(directory),
        rates=rate_terms(directory),
        scale=scale_terms(directory),
        routing=routing_terms(directory),
        learning=learning_terms(directory),
        warnings=warning_terms(directory),
        exits=exit_terms(directory, {each.code for each in bodies}),
        commonness=commonness(directory),
        holidays=_holidays(directory),
        results=_results(directory),
        returns=_returns(directory),
        workflow=_workflow(directory),
        serving=serving_terms(directory),
        scoreboards=scoreboard_terms(directory),
        visits=_visits(directory),
        checklists=checklists(directory, {category.code for category in categories}),
        checks=check_terms(directory, {each.code for each in categories}),
        areas=_areas(directory),
        dictionaries=dictionary_terms(directory),
        calendars=calendars,
        approvals=approval_terms(directory, {each.code for each in bodies}),
        milestones=milestone_terms(directory),
        oversight=oversight_terms(directory),
        papers=paper_terms(directory),
        offers=offer_terms(directory, {each.code for each in categories}),
        surveys=survey_terms(directory),
        policies=policy_terms(directory, {each.code for each in categories}),
    )


def _mapping(directory: Path, name: str, keys: set[str]) -> Entry:
    return Entry.of(read(directory / f"{name}.yaml"), f"{name}.yaml", keys, set())


def _zone(district: Entry) -> ZoneInfo:
    name = district.text("timezone")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise district.fail(f"timezone {name!r} is not known") from None


def _units(directory: Path) -> tuple[Unit, ...]:
    entries = read_entries(directory / "units.yaml", {"name", "kind"}, set())
    distinct(entries, lambda entry: (entry.text("name"),))
    return tuple(
        Unit(entry.text("code"), entry.text("name"), entry.choice("kind", UNIT_KINDS))
        for entry in entries
    )


def _categories(directory: Path, departments: set[str]) -> tuple[Category, ...]:
    required = {"name", "name_en", "owner", "assisting", "reply_wd", "resolve_wd", "basis"}
    entries = read_entries(
        directory / "categories.yaml",
        required | {"keywords", "confusable_with"},
        {"statutory_note", "source", "factor"},
    )
    distinct(entries, lambda entry: (entry.text("name"),))
    codes = {entry.text("code") for entry in entries}
    found = tuple(_category(entry, departments, codes) for entry in entries)
    if not any(each.code == FALLBACK and each.owner == DISPATCH for each in found):
        raise PackError(f"categories.yaml: {FALLBACK}, owned by {DISPATCH}, is missing")
    return found


def _category(entry: Entry, departments: set[str], codes: set[str]) -> Category:
    owner, assisting = entry.text("owner"), entry.texts("assisting")
    confusable = entry.texts("confusable_with")
    known(entry, "owner", [owner], departments | {BY_UNIT}, "in departments.yaml")
    known(entry, "assisting", assisting, departments | {BY_UNIT}, "in departments.yaml")
    known(entry, "confusable_with", confusable, codes, "in categories.yaml")
    code = matching(entry, "code", CODE)
    if owner in assisting or code in confusable:
        raise entry.fail("names itself in assisting or confusable_with")
    reply, resolve = entry.whole("reply_wd", 1, 250), entry.whole("resolve_wd", 1, 250)
    if reply > resolve:
        raise entry.fail("reply_wd is later than resolve_wd")
    return Category(
        code=code,
        name=entry.text("name"),
        name_en=entry.text("name_en"),
        owner=owner,
        assisting=assisting,
        reply_wd=reply,
        resolve_wd=resolve,
        basis=entry.choice("basis", BASES),
        statutory_note=entry.text_or_none("statutory_note"),
        source=entry.text_or_none("source"),
        keywords=entry.texts("keywords"),
        confusable_with=confusable,
        factor=entry.flag("factor"),
    )


def _holidays(directory: Path) -> Holidays:
    entry = _mapping(directory, "holidays", {"published_through", "days_off", "working_days"})
    days_off, working_days = entry.dates("days_off"), entry.dates("working_days")
    for day in days_off:
        if day in working_days:
            raise entry.fail(f"{day} is both off and working")
    return Holidays(entry.whole("published_through", 2020, 2100), days_off, working_days)


def _results(directory: Path) -> tuple[Result, ...]:
    entries = read_entries(directory / "results.yaml", {"name", "needs"}, set())
    return tuple(
        Result(
            matching(entry, "code", _SMALL_CODE),
            entry.text("name"),
            entry.choice("needs", NEEDS),
        )
        for entry in entries
    )


def _returns(directory: Path) -> tuple[ReturnReason, ...]:
    entries = read_entries(directory / "returns.yaml", {"name"}, set())
    return tuple(
        ReturnReason(matching(entry, "code", _SMALL_CODE), entry.text("name")) for entry in entries
    )


def _visits(directory: Path) -> VisitTerms:
    keys = {
        "owner_told_hours",
        "dispatcher_told_hours",
        "issue_waits_minutes",
        "suggest_within_m",
    }
    entry = _mapping(directory, "visits", keys)
    owner = entry.whole("owner_told_hours", 1, 24 * 30)
    return VisitTerms(
        owner_told_hours=owner,
        dispatcher_told_hours=entry.whole("dispatcher_told_hours", owner, 24 * 60),
        issue_waits_minutes=entry.whole("issue_waits_minutes", 0, 24 * 60),
        suggest_within_m=entry.whole("suggest_within_m", 1, 50_000),
    )


def _areas(directory: Path) -> Mapping[str, Any]:
    """As it is written, GeoJSON: the room that puts it on the map checks it. Empty without the file."""
    path = directory / "areas.geojson"
    if not path.exists():
        return MappingProxyType({})
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PackError(f"{path.name}: {error}") from error
    if not isinstance(raw, dict):
        raise PackError(f"{path.name}: must be an object")
    return MappingProxyType(raw)


def _workflow(directory: Path) -> Mapping[str, Any]:
    """As it is written: the room that acts on it checks it. Empty when there is no such file."""
    path = directory / "workflow.yaml"
    raw = read(path) if path.exists() else {}
    if not isinstance(raw, dict):
        raise PackError(f"{path.name}: must be a mapping")
    return MappingProxyType(raw)
