"""What is offered to enterprises: by when people follow up, and checklists of events. From `offers.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from config.pack_checks import known, matching
from config.strict_yaml import Entry, coded, read

BEFORE, DURING, AFTER = PHASES = ("before", "during", "after")
"""会前对接、会中洽谈、会后跟踪."""
ROLES = ("owner", "unit_admin", "dispatcher")
_TEMPLATE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class EventStep:
    """An item of a checklist, due `days` after the day of the event (before it, where negative)."""

    code: str
    phase: str
    name: str
    role: str
    days: int


@dataclass(frozen=True, slots=True)
class EventTemplateTerms:
    """The checklist of events of a kind."""

    code: str
    name: str
    items: tuple[EventStep, ...]


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """`finance_category`: whose issues are matched with finance tools. `follow_up_wd`: working days."""

    finance_category: str
    follow_up_wd: int
    remind_at: time
    events: tuple[EventTemplateTerms, ...]


def offer_terms(directory: Path, categories: set[str]) -> OfferTerms:
    """The terms; the category must be among these. Raises PackError."""
    name = "offers.yaml"
    keys = {"finance_category", "follow_up_wd", "remind_at", "events"}
    entry = Entry.of(read(directory / name), name, keys, set())
    category = entry.text("finance_category")
    known(entry, "finance_category", [category], categories, "in categories.yaml")
    found = coded(entry.raw["events"], f"{name}, event", {"name", "items"}, set())
    return OfferTerms(
        finance_category=category,
        follow_up_wd=entry.whole("follow_up_wd", 1, 250),
        remind_at=entry.time_of_day("remind_at"),
        events=tuple(_template(each) for each in found),
    )


def _template(entry: Entry) -> EventTemplateTerms:
    keys = {"phase", "name", "role", "days"}
    found = coded(entry.raw["items"], f"{entry.where}, item", keys, set())
    return EventTemplateTerms(
        matching(entry, "code", _TEMPLATE), entry.text("name"), tuple(_step(each) for each in found)
    )


def _step(entry: Entry) -> EventStep:
    phase, days = entry.choice("phase", PHASES), entry.whole("days", -365, 365)
    if not fits(phase, days):
        raise entry.fail(f"{days} days are not {phase} the event")
    return EventStep(
        code=matching(entry, "code", _CODE),
        phase=phase,
        name=entry.text("name"),
        role=entry.choice("role", ROLES),
        days=days,
    )


def fits(phase: str, days: int) -> bool:
    """Whether so many days from the event lie in its phase."""
    return days < 0 if phase == BEFORE else days > 0 if phase == AFTER else days == 0
