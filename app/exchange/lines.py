"""From a table to the lines of a register: which column is which field, and what its cells say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.exchange.tables import Cell, Table, TableLine, column_name
from app.exchange.words import fields_by_heading, heading_key, name_of, says_clear
from app.foundation.reasons import Reason
from app.registers.fields import Choices, Field, Unfit, Value, plain
from app.registers.register import Line, Problem, Register

Read = Value | Reason


@dataclass(frozen=True, slots=True)
class Stated:
    """The lines of a file, and by the name of each field the column that it stands in, from 0.

    `problems` are those of the headings.
    """

    lines: Sequence[Line]
    columns: Mapping[str, int]
    headings: Mapping[int, str]
    problems: Sequence[Problem]

    def cell_of(self, problem: Problem) -> str | None:
        """Where it is to be seen, as spreadsheets say it: `C12`."""
        column = self.columns.get(problem.field or "")
        return None if column is None else f"{column_name(column)}{problem.line}"

    def heading_of(self, problem: Problem) -> str | None:
        """The heading of its column, as it stands in the file."""
        column = self.columns.get(problem.field or "")
        return None if column is None else self.headings[column]


def lines_of(register: Register, table: Table) -> Stated:
    """What a table states. Nothing is looked up in it but dictionaries, each word once."""
    fields, problems = _columns(register, table.heading)
    reader = _Reader(fields)
    lines = [] if problems else [reader.line(each) for each in table.lines]
    headings = {at: str(cell) for at, cell in table.heading.cells.items()}
    return Stated(lines, {field.name: at for at, field in fields.items()}, headings, problems)


def _columns(register: Register, heading: TableLine) -> tuple[dict[int, Field], list[Problem]]:
    known = fields_by_heading(register)
    found: dict[int, Field] = {}
    problems: list[Problem] = []

    def blame(name: str | None, code: str, **params: str) -> None:
        problems.append(Problem(heading.number, name, Reason(code, params)))

    for at, cell in sorted(heading.cells.items()):
        text = "" if isinstance(cell, Reason) else plain(cell)
        field = known.get(heading_key(text))
        where = f"{column_name(at)}{heading.number}"
        if field is None:
            blame(None, "import.unknown_heading", heading=text[:60], cell=where)
        elif field in found.values():
            blame(field.name, "import.heading_twice", heading=text[:60], cell=where)
        else:
            found[at] = field
    for name in register.key:
        field = register.field_of(name)
        if field is not None and field.required and field not in found.values():
            blame(name, "import.key_missing", heading=name_of(field, "zh"))
    return found, problems


class _Reader:
    """Reads cells; the same text of the same field once, since most of them say the same."""

    def __init__(self, fields: Mapping[int, Field]) -> None:
        self._fields = fields
        self._read: dict[tuple[str, str], Read] = {}

    def line(self, stated: TableLine) -> Line:
        values: dict[str, Value] = {}
        line = Line(stated.number, values)
        for at, cell in stated.cells.items():
            field = self._fields.get(at)
            if field is None:
                line.blame(
                    None, "import.beside_the_table", cell=f"{column_name(at)}{stated.number}"
                )
                continue
            found = self._value(field, cell)
            if isinstance(found, Reason):
                line.problems.append(Problem(stated.number, field.name, found))
            elif found != "":
                values[field.name] = found
        return line

    def _value(self, field: Field, cell: Cell) -> Read:
        if isinstance(cell, Reason):
            return cell
        key = field.name, cell
        if key not in self._read:
            self._read[key] = _read(field, cell)
        return self._read[key]


def _read(field: Field, cell: str) -> Read:
    """What a cell says; nothing, as "", where it is blank."""
    text = field.tidy(cell)
    if not text:
        return ""
    if says_clear(plain(text)):
        return () if isinstance(field, Choices) else None
    try:
        return field.read(text)
    except Unfit as unfit:
        return unfit.reason
