"""Tables as files for spreadsheets: nothing in a cell is ever run as a formula.

What begins like a formula stays text: by its type in XLSX, by a leading apostrophe in CSV (OWASP, "CSV
Injection"; the wide signs count too, which spreadsheets in East Asia take for the narrow ones).
"""

from __future__ import annotations

import csv
import io
import itertools
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from xlsxwriter import Workbook

from app.foundation.cells import Cell, Line, put

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv"
_BOM = "\ufeff"  # else Excel takes UTF-8 for the local code page
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CHUNK = 64 * 1024
_WIDTH = 18


def as_csv(heading: Sequence[str], lines: Iterable[Line]) -> Iterator[bytes]:
    """The table as CSV (RFC 4180, UTF-8 with a byte order mark), line by line."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(_BOM)
    for line in itertools.chain([heading], lines):
        writer.writerow(map(_safe, line))
        if buffer.tell() >= _CHUNK:
            yield _drained(buffer)
    yield _drained(buffer)


def as_xlsx(heading: Sequence[str], lines: Iterable[Line]) -> Iterator[bytes]:
    """The table as XLSX, in pieces. Made in a temporary file, so that memory does not grow with it."""
    with tempfile.TemporaryFile() as file:
        _write(file, heading, lines)
        file.seek(0)
        while piece := file.read(_CHUNK):
            yield piece


def _write(file: IO[bytes], heading: Sequence[str], lines: Iterable[Line]) -> None:
    book = Workbook(file, {"constant_memory": True})
    sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(heading) - 1, 0), _WIDTH)
    put(sheet, 0, heading, bold)
    for row, line in enumerate(lines, start=1):
        put(sheet, row, line)
    book.close()


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_BEGINS_FORMULA) else cell


def _drained(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data
