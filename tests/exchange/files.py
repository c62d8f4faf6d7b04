"""Files with tables, as people bring them."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from xlsxwriter import Workbook

from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.support.phone import Phone

UNIT, OTHER_UNIT = "321204002", "321204004"


def xlsx(*rows: list[Any], merge: str = "") -> bytes:
    """A workbook; numbers are numbers in it, days days, text that begins with = formulas."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True})
    sheet, day = book.add_worksheet("表"), book.add_format({"num_format": "yyyy/m/d"})
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(at, column, cell, day)
            elif cell is not None:
                sheet.write(at, column, cell)
    if merge:
        sheet.merge_range(merge, "并")
    book.close()
    return file.getvalue()


def csv(*rows: list[Any], encoding: str = "utf-8") -> bytes:
    """Text with commas."""
    lines = (",".join("" if cell is None else str(cell) for cell in row) for row in rows)
    return "\r\n".join(lines).encode(encoding)


def bring(phone: Phone, register: str, data: bytes, name: str = "台账.xlsx", **said: Any) -> Any:
    """The answer to a file that is sent in."""
    form = {"client_id": client_id(), "file": (io.BytesIO(data), name), **said}
    path = f"/registers/{register}/imports"
    return phone.call("POST", path, data=form, content_type="multipart/form-data")


def imported(phone: Phone, register: str, data: bytes, name: str = "台账.xlsx", **said: Any) -> Any:
    """What became of it, once a worker was at it."""
    answer = bring(phone, register, data, name, **said)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    assert answer.json["state"] == "waiting"
    run_due()
    return phone.see(f"/imports/{answer.json['id']}")
