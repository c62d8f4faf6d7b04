"""One door for files with tables: what it is, is seen from its bytes; what it is called must fit."""

from __future__ import annotations

from pathlib import PurePath

from app.exchange.separated import read_csv
from app.exchange.tables import Table, Unreadable
from app.exchange.workbooks import read_xlsx

MOST_BYTES = 10 * 1024 * 1024
XLSX, CSV = FORMS = ("xlsx", "csv")
_ZIP, _OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")


def form_of(data: bytes, name: str) -> str:
    """What the file is, by what it begins with. Raises Unreadable for other kinds, and a misleading name."""
    if data.startswith(_OLE):
        # Workbooks before 2007, and encrypted ones of today.
        raise Unreadable("import.old_or_locked_workbook")
    form = XLSX if data.startswith(_ZIP) else CSV
    ending = PurePath(name).suffix.lower().lstrip(".")
    if ending and ending not in FORMS:
        raise Unreadable("import.other_kind_of_file", ending=ending)
    if ending and ending != form:
        raise Unreadable("import.misleading_name", ending=ending, form=form)
    return form


def read_table(data: bytes, name: str) -> Table:
    """The table in a file. Raises Unreadable with the reason in words."""
    if len(data) > MOST_BYTES:
        raise Unreadable("import.too_large", limit_mb=MOST_BYTES // 2**20)
    return read_xlsx(data) if form_of(data, name) == XLSX else read_csv(data)
