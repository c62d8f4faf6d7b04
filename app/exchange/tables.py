"""Files with tables, read as they come from people: what is in their cells, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.foundation.reasons import Reason

MOST_ROWS = 20_000
MOST_COLUMNS = 200

Cell = str | Reason
"""The text of a cell (days as `2026-11-24`), or why it cannot be used."""


class Unreadable(Exception):
    """A file that is no table of ours; `reason` says why in words."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.reason = Reason(code, params)


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line that is not blank: its number as people count it, its cells by column from 0."""

    number: int
    cells: dict[int, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """The first line that is not blank, and those that follow it."""

    heading: TableLine
    lines: Sequence[TableLine]


def table_of(found: Sequence[TableLine]) -> Table:
    """The lines as a table. Raises Unreadable for none, too many, and too wide a one."""
    if not found:
        raise Unreadable("import.empty")
    if len(found) > MOST_ROWS + 1:
        raise Unreadable("import.too_many_rows", most=MOST_ROWS)
    if max(found[0].cells) >= MOST_COLUMNS:
        raise Unreadable("import.too_many_columns", most=MOST_COLUMNS)
    return Table(found[0], found[1:])


def column_name(column: int) -> str:
    """How spreadsheets call a column, from 0: A, B, …, Z, AA."""
    name = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        name, column = chr(ord("A") + letter) + name, column - 1
    return name
