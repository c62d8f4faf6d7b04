"""How the district routes: words, thresholds, restrictions and ordered rules (`routing.yaml`).

The rules are kept as written: the room that acts on them compiles them and tells of each that is broken.
Admins edit the same content through the API; `terms_of` reads it from wherever it comes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.strict_yaml import Entry, PackError, coded, read

RULE_KEYS = ("name", "when", "then", "note")
_SMALL_CODE = re.compile(r"[a-z][a-z0-9_]*")
MOST_RULES = 2_000
SUSPECTED = "suspected"
"""The restriction of what reads like a complaint though no rule says so; without it none is suspected."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """Why no machine may place an issue, and the lawful way on that people are shown.

    With `bars_named`, the departments that the text names learn nothing of it.
    """

    code: str
    name: str
    way: str
    bars_named: bool


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From what confidence (0 to 1) on no person is asked.

    `place` is for a model's calibrated confidence, `keywords` for that of keywords alone. A chosen
    category whose share is below `unlikely` is overruled from `overrule` on. What a text describes is
    urgent from `urgent` on, and held back as SUSPECTED from `restricted` on.
    """

    place: float
    keywords: float
    unlikely: float
    overrule: float
    urgent: float
    restricted: float


@dataclass(frozen=True, slots=True)
class RoutingTerms:
    """A negation counts `negation_reach` characters ahead. `rules` are {name, when, then, note?} as written.

    `lists` are words under a name: a rule's word list may say `@name` for all of them.

    `nearest_within_m`: a known site at most so far away tells the unit, where nothing better does.
    """

    thresholds: Thresholds
    urgent_words: tuple[str, ...]
    negations: tuple[str, ...]
    negation_reach: int
    nearest_within_m: int
    restrictions: tuple[Restriction, ...]
    rules: tuple[Mapping[str, Any], ...] = field(hash=False)
    lists: Mapping[str, tuple[str, ...]] = field(hash=False)
    content: Mapping[str, Any] = field(hash=False, repr=False, compare=False)


def routing_terms(directory: Path) -> RoutingTerms:
    """What the file says. Raises PackError."""
    return terms_of(read(directory / "routing.yaml"), "routing.yaml")


def terms_of(raw: Any, where: str) -> RoutingTerms:
    """What such content says; `where` stands before errors. Raises PackError."""
    keys = {"thresholds", "urgent_words", "negations", "negation_reach", "nearest_within_m"}
    entry = Entry.of(raw, where, keys | {"restrictions", "rules"}, {"lists"})
    return RoutingTerms(
        thresholds=_thresholds(entry),
        urgent_words=entry.texts("urgent_words"),
        negations=entry.texts("negations"),
        negation_reach=entry.whole("negation_reach", 0, 20),
        nearest_within_m=entry.whole("nearest_within_m", 0, 50_000),
        restrictions=_restrictions(entry),
        rules=_rules(entry),
        lists=_lists(entry),
        content=raw,
    )


def _thresholds(entry: Entry) -> Thresholds:
    names = ("place", "keywords", "unlikely", "overrule", "urgent", "restricted")
    inner = entry.inner("thresholds", set(names))
    return Thresholds(**{name: inner.share(name) for name in names})


def _restrictions(entry: Entry) -> tuple[Restriction, ...]:
    rows = entry.items("restrictions")
    if not rows:
        return ()
    found = []
    for each in coded(rows, f"{entry.where}, restriction", {"name", "way"}, {"bars_named"}):
        code = each.text("code")
        if not _SMALL_CODE.fullmatch(code):
            raise each.fail(f"code {code!r} must look like {_SMALL_CODE.pattern}")
        found.append(
            Restriction(code, each.text("name"), each.text("way"), each.flag("bars_named"))
        )
    return tuple(found)


def _lists(entry: Entry) -> dict[str, tuple[str, ...]]:
    raw = entry.raw.get("lists", {})
    if not isinstance(raw, dict) or not all(_SMALL_CODE.fullmatch(str(name)) for name in raw):
        raise entry.fail(f"lists must be words by names that look like {_SMALL_CODE.pattern}")
    if taken := {"department", "unit"} & {*raw}:
        raise entry.fail(f"lists: {', '.join(sorted(taken))} stands for names of this district")
    inner = entry.inner("lists", {*raw}) if raw else entry
    return {name: inner.texts(name) for name in raw}


def _rules(entry: Entry) -> tuple[Mapping[str, Any], ...]:
    rows = entry.items("rules")
    if len(rows) > MOST_RULES:
        raise entry.fail(f"more than {MOST_RULES} rules")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise PackError(f"{entry.where}, rule {number}: must be a mapping")
    return tuple(rows)
