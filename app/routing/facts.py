"""What is known of an issue when it is to be placed, and what rules may name. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.routing.words import Mention

UNIT = "unit"
"""Stands for the department of the issue's own unit where a department code is asked for."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an issue.

    `category` is the chosen one, `urgent` what the person said (None when not asked). `unit` is a unit
    code and `unit_from` how it was found: project, site, position, enterprise, nearest or person, with
    `unit_distance_m` metres to the nearest known site. `areas` are code and name of the areas that the
    position lies in; `outside` says that it lies outside the district (None: not known). `answers` are
    those of the visit's checklist by item. `office_open` says whether the office was open at `at` (UTC).
    `released`: a person read it and found an ordinary matter, so rules that would restrict it do not count.
    """

    kind: str
    text: str
    category: str | None
    unit: str | None
    urgent: bool | None
    unit_from: str | None = None
    unit_distance_m: float | None = None
    areas: Mapping[str, str] = field(default_factory=dict, hash=False)
    outside: bool | None = None
    industry: str | None = None
    tags: frozenset[str] = frozenset()
    stage: str | None = None
    level: str | None = None
    answers: Mapping[str, Any] = field(default_factory=dict, hash=False)
    at: datetime | None = None
    office_open: bool | None = None
    released: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What conditions and outcomes may name; None where anything may be named.

    `named` are what stands for many words in a word list: `@department` for every department's name and
    aliases, `@unit` for every unit's.
    """

    categories: frozenset[str]
    departments: frozenset[str]
    units: frozenset[str]
    areas: frozenset[str] = frozenset()
    stages: frozenset[str] | None = None
    levels: frozenset[str] | None = None
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """The facts with what was found out: the category by now, and where each word of the rules stands.

    `words` are by their folded form, denied mentions left out.
    """

    facts: Facts
    category: str | None
    words: Mapping[str, tuple[Mention, ...]] = field(hash=False)
