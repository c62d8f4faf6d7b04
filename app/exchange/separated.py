"""Reading CSV: UTF-8 with or without a byte order mark, or GB18030 as spreadsheets in China save it."""

from __future__ import annotations

import csv
import io

from app.exchange.tables import MOST_ROWS, Cell, Table, TableLine, Unreadable, table_of

BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What our own files put an apostrophe before, so that no spreadsheet runs it."""
_DELIMITERS = (",", "\t", ";", "，")


def read_csv(data: bytes) -> Table:
    """The table. Raises Unreadable."""
    text = _text(data)
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[TableLine] = []
    begun = 1
    try:
        for cells in reader:
            kept: dict[int, Cell] = {
                at: _bare(cell) for at, cell in enumerate(cells) if cell.strip()
            }
            if kept:
                found.append(TableLine(begun, kept))
            if len(found) > MOST_ROWS + 1:
                break
            # A cell may hold line ends: people count the lines that their editor shows.
            begun = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable("import.broken_line", line=begun) from error
    return table_of(found)


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Unreadable("import.not_text")


def _bare(cell: str) -> str:
    """Without the apostrophe of our own files."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(BEGINS_FORMULA) else cell
