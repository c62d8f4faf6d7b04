"""Cells of spreadsheets that no program takes for formulas: text is written as text, by its type."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

Cell = str | int | Decimal | None
Line = Sequence[Cell]


def put(sheet: Any, row: int, line: Line, form: Any = None) -> None:
    """Write a line into a worksheet of xlsxwriter; what is None or blank stays empty."""
    for column, cell in enumerate(line):
        if isinstance(cell, int | Decimal):
            sheet.write_number(row, column, cell, form)
        elif cell:
            sheet.write_string(row, column, cell, form)
        elif form is not None:
            sheet.write_blank(row, column, None, form)
