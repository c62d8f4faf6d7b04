"""Facts as marks in scopes, and the cells that count them. Pure.

A mark says what a record counts as: a family, and in most a value: `i.state|answered`, `i.opened|2026-11-24`.
A scope says on whose board: the district's, a unit's, a person's. A cell is one mark in one scope. A fact
stands in the cells that it is counted by, so a figure and the list behind it cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import Int64, ObjectId

from app.boards import tiles

DISTRICT = "d"
RESTRICTED = "d!"
LAST = "\U0010ffff"
"""Sorts behind every value."""
MONTHLY = {
    "i.opened": "i.opened_m",
    "i.closed": "i.closed_m",
    "t.returned": "t.returned_m",
    "v.made": "v.made_m",
}
"""Families of days of which months are counted too."""

Sums = Mapping[str, Mapping[str, int]]
Counts = dict[str, dict[str, int]]
"""By cell, its numbers: how many (`n`), and what they add up to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A fact as it is to be: see `documents.Fact`. Its marks count in each of its scopes."""

    key: str
    kind: str
    subject: ObjectId
    scopes: tuple[str, ...]
    marks: tuple[str, ...]
    rank: datetime
    turns_at: datetime | None = None
    sums: Sums = field(default_factory=dict)
    ties: tuple[Any, ...] = ()

    def content(self, gen: int) -> dict[str, Any]:
        """As it is stored, without what tells since when."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "cells": [cell(gen, scope, mark) for scope in self.scopes for mark in self.marks],
            "sums": {
                mark: {name: Int64(value) for name, value in sums.items()}
                for mark, sums in self.sums.items()
            },
            "ties": list(self.ties),
            "rank": self.rank,
            "turns_at": self.turns_at,
        }


def unit_scope(code: str) -> str:
    """Of a unit's board."""
    return f"u|{code}"


def department_scope(department: ObjectId, *, restricted: bool = False) -> str:
    """Of a department's board; what is restricted is apart."""
    return f"{'b!' if restricted else 'b'}|{department}"


def leader_scope(person: ObjectId) -> str:
    """Of a leader's board."""
    return f"l|{person}"


def commissioner_scope(person: ObjectId) -> str:
    """Of a commissioner's board."""
    return f"c|{person}"


def of_few(head: str) -> bool:
    """Whether it is the scope, or what a cell begins with, of one person or firm.

    Of these only the tiles of the last level are counted: they are few, and wider ones would be as many.
    """
    return head.rpartition(".")[2].startswith(("c|", "e|", "l|"))


def firm_scope(enterprise: ObjectId) -> str:
    """Of a firm's own."""
    return f"e|{enterprise}"


def mark(family: str, value: object = None) -> str:
    """A family, or a value of it; nothing known is an empty value."""
    return family if value is None else f"{family}|{value}"


def cell(gen: int, scope: str, mark: str) -> str:
    """The id of a cell, of one building of them."""
    return f"{gen}.{scope}/{mark}"


def count(into: Counts, content: Mapping[str, Any], sign: int = 1) -> None:
    """Add a fact, by its content, to the numbers of its cells, or take it off with -1."""
    sums: Sums = content["sums"]
    for each in content["cells"]:
        head, _, marked = each.rpartition("/")
        summed = sums.get(marked, {}).items()
        values = {"n": sign, **{name: sign * value for name, value in summed}}
        _add(into, each, values)
        for wider in () if of_few(head) else tiles.wider(marked):
            _add(into, f"{head}/{wider}", values)
        family, _, value = marked.partition("|")
        if family in MONTHLY:
            _add(into, f"{head}/{MONTHLY[family]}|{value[:7]}", {"n": sign})


def changed(counts: Counts) -> Counts:
    """The cells of which some number is not 0."""
    some = {key: {n: v for n, v in values.items() if v} for key, values in counts.items()}
    return {key: values for key, values in some.items() if values}


def together(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The numbers of several cells as one."""
    found: dict[str, int] = {"n": 0}
    for values in counts:
        for name, value in values.items():
            found[name] = found.get(name, 0) + value
    return found


def _add(into: Counts, key: str, values: Mapping[str, int]) -> None:
    held = into.setdefault(key, {})
    for name, value in values.items():
        held[name] = held.get(name, 0) + value
