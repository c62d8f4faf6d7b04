"""The cells of one sheet of a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.exchange.formats import day_text, number_text
from app.exchange.tables import MOST_COLUMNS, MOST_ROWS, Cell, TableLine, Unreadable
from app.foundation.messages import say
from app.foundation.reasons import Reason


class _Names(dict[str, str]):
    """Names of elements and attributes without their namespaces, of which there are two sets."""

    def __missing__(self, name: str) -> str:
        self[name] = local = name.rpartition("}")[2]
        return local


class SheetTarget:
    """Hears the parser and keeps the lines that are not blank.

    `shared` are the texts that cells share, `days` tells of each style whether it shows days. Raises
    Unreadable for merged cells, of which all but one are blank whatever people see there.
    """

    def __init__(self, shared: Sequence[str], days: Sequence[bool], *, since_1904: bool) -> None:
        self.lines: list[TableLine] = []
        self._shared, self._days, self._since_1904 = shared, days, since_1904
        self._row, self._column = 0, -1
        self._cells: dict[int, Cell] = {}
        self._kind, self._style, self._formula = "n", 0, False
        self._open, self._spoken = False, False
        self._parts: list[str] = []

    def doctype(self, *_: Any) -> None:
        """Sheets have none."""
        raise Unreadable("import.broken_workbook")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        match NAMES[tag]:
            case "c":
                self._begin_cell(attributes)
            case "v" | "t":
                self._open = not self._spoken
            case "row":
                self._row = int(attributes.get("r", self._row + 1))
                self._column, self._cells = -1, {}
            case "f":
                self._formula = True
            case "rPh":
                self._spoken = True
            case "mergeCell":
                raise Unreadable("import.merged_cells", cells=attributes.get("ref", ""))

    def data(self, text: str) -> None:
        """Text, maybe in pieces."""
        if self._open:
            self._parts.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        match NAMES[tag]:
            case "c":
                self._end_cell()
            case "v" | "t":
                self._open = False
            case "rPh":
                self._spoken = False
            case "row":
                self._end_row()

    def close(self) -> None:
        """The sheet is over."""

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        where = attributes.get("r")
        self._column = _column(where) if where else self._column + 1
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", 0))
        self._formula = False
        self._parts = []

    def _end_cell(self) -> None:
        value = self._value("".join(self._parts))
        if not isinstance(value, str) or value.strip():
            if self._column >= MOST_COLUMNS:
                raise Unreadable("import.too_many_columns", most=MOST_COLUMNS)
            self._cells[self._column] = value

    def _end_row(self) -> None:
        if self._cells:
            self.lines.append(TableLine(self._row, self._cells))
        if len(self.lines) > MOST_ROWS + 1:
            raise Unreadable("import.too_many_rows", most=MOST_ROWS)

    def _value(self, text: str) -> Cell:
        if not text:
            # What a formula comes to is taken as the spreadsheet kept it, never worked out here.
            return Reason("import.formula") if self._formula else ""
        match self._kind:
            case "s":
                return self._shared[int(text)]
            case "b":
                return say("export.yes" if text == "1" else "export.no")
            case "e":
                return Reason("import.error_in_cell", {"value": text[:20]})
            case "n":
                return self._number(text)
            case "d":
                return text.partition("T")[0]
        return text

    def _number(self, text: str) -> Cell:
        if self._style < len(self._days) and self._days[self._style]:
            return day_text(text, since_1904=self._since_1904)
        return number_text(text)


def _column(where: str) -> int:
    """The column of `AB12`, from 0."""
    column = 0
    for letter in where:
        if not "A" <= letter <= "Z":
            break
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


NAMES = _Names()
