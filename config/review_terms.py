"""The gates of projects: pre-review, growth, and what the gates are called. Read from `reviews.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.milestone_terms import STAGES
from config.pack_checks import known, matching
from config.strict_yaml import Entry, coded, read

NAME = "reviews.yaml"
FACTS = (
    "months_unstated",
    "promise_missing",
    "sales_percent",
    "tax_percent",
    "months_left",
    "scale_percent",
)
"""What the ledger knows of a firm that grows; rules of help speak of these."""
BASES = ("public", "assumption")
_CODE = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Named:
    """A code with what people call it."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """What reviewers mark from 0 to 100; `weight` is percent of the whole."""

    code: str
    name: str
    name_en: str
    weight: int


@dataclass(frozen=True, slots=True)
class Help:
    """What is to be done next when a `fact` is `at_least` or `below` a number, from a month on.

    Months are counted from production.
    """

    code: str
    fact: str
    at_least: int | None
    below: int | None
    from_month: int
    text: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Gate(Named):
    """A gate, at which projects stand in these `stages`; without any those that an exit case is about."""

    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """A set of gates that belong together."""

    code: str
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTerms:
    """Whether a review is `needed` before signing, from which mark of 100 it passes, by how many `reviewers`,
    and for how many months it holds; the criteria and red lines. `basis` is public or assumption.

    Of growth the rules of help, the most urgent first.
    """

    basis: str
    needed: bool
    least: int
    reviewers: int
    holds_months: int
    criteria: tuple[Criterion, ...]
    red_lines: tuple[Named, ...]
    growth_basis: str
    help: tuple[Help, ...]
    wordings: tuple[Wording, ...]


def review_terms(directory: Path) -> ReviewTerms:
    """The terms. Raises PackError."""
    keys = {"review", "growth", "gates", "wordings"}
    entry = Entry.of(read(directory / NAME), NAME, keys, set())
    numbers = {"basis", "needed", "least", "reviewers", "holds_months"}
    review = entry.inner("review", numbers | {"criteria", "red_lines"})
    growth = entry.inner("growth", {"basis", "help"})
    return ReviewTerms(
        basis=review.choice("basis", BASES),
        needed=review.flag("needed"),
        least=review.whole("least", 0, 100),
        reviewers=review.whole("reviewers", 1, 20),
        holds_months=review.whole("holds_months", 1, 120),
        criteria=_criteria(review),
        red_lines=_named(review.raw["red_lines"], "review, red line"),
        growth_basis=growth.choice("basis", BASES),
        help=_help(growth.raw["help"]),
        wordings=_wordings(entry),
    )


def _criteria(review: Entry) -> tuple[Criterion, ...]:
    where = f"{NAME}, review, criterion"
    entries = coded(review.raw["criteria"], where, {"name", "name_en", "weight"}, set())
    found = tuple(
        Criterion(
            matching(each, "code", _CODE),
            each.text("name"),
            each.text("name_en"),
            each.whole("weight", 1, 100),
        )
        for each in entries
    )
    if sum(each.weight for each in found) != 100:
        raise review.fail("the weights of the criteria are not 100 together")
    return found


def _named(raw: Any, where: str) -> tuple[Named, ...]:
    entries = coded(raw, f"{NAME}, {where}", {"name", "name_en"}, set())
    return tuple(
        Named(matching(each, "code", _CODE), each.text("name"), each.text("name_en"))
        for each in entries
    )


def _help(raw: Any) -> tuple[Help, ...]:
    optional = {"at_least", "below", "from_month"}
    entries = coded(raw, f"{NAME}, growth, help", {"fact", "text", "text_en"}, optional)
    return tuple(_rule(each) for each in entries)


def _rule(entry: Entry) -> Help:
    if ("at_least" in entry.raw) == ("below" in entry.raw):
        raise entry.fail("must have at_least or below, and not both")
    return Help(
        code=matching(entry, "code", _CODE),
        fact=entry.choice("fact", FACTS),
        at_least=_number(entry, "at_least"),
        below=_number(entry, "below"),
        from_month=_number(entry, "from_month") or 0,
        text=entry.text("text"),
        text_en=entry.text("text_en"),
    )


def _number(entry: Entry, key: str) -> int | None:
    return entry.whole(key, 0, 1000) if key in entry.raw else None


def _wordings(entry: Entry) -> tuple[Wording, ...]:
    gates = {each.code: each for each in _gates(entry.raw["gates"])}
    found = []
    for each in coded(entry.raw["wordings"], f"{NAME}, wording", {"gates"}, set()):
        codes = each.texts("gates")
        known(each, "gates", codes, set(gates), "among the gates")
        found.append(Wording(matching(each, "code", _CODE), tuple(gates[code] for code in codes)))
    return tuple(found)


def _gates(raw: Any) -> tuple[Gate, ...]:
    entries = coded(raw, f"{NAME}, gate", {"name", "name_en", "stages"}, set())
    for each in entries:
        known(each, "stages", each.texts("stages"), set(STAGES), "a stage of projects")
    return tuple(
        Gate(
            matching(each, "code", _CODE),
            each.text("name"),
            each.text("name_en"),
            each.texts("stages"),
        )
        for each in entries
    )
