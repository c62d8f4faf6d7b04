"""XLSX: what the paper is about, then each table on a sheet of its own; nothing in it is a formula."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from app.foundation.cells import Cell, put
from app.papers.printing.program import run

LONGEST_NAME = 31
WIDEST = 60
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")


def write(paper: dict[str, Any], path: Path) -> None:
    """Write the workbook."""
    book = Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": paper["title"], "author": paper["author"]})
    forms = {
        "head": book.add_format({"bold": True, "bg_color": "#F3ECEC", "border": 1}),
        "cell": book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"}),
        "big": book.add_format({"bold": True, "font_size": 16, "font_color": "#B3151B"}),
        "bold": book.add_format({"bold": True}),
    }
    taken: set[str] = set()
    _about(book.add_worksheet(_name(paper["words"]["about"], taken)), paper, forms)
    above = ""
    for block in paper["blocks"]:
        if block["kind"] == "heading":
            above = block["text"]
        elif block["kind"] == "table":
            title = block["title"] or above or paper["title"]
            _table(book.add_worksheet(_name(title, taken)), block, forms)
    book.close()


def _about(sheet: Any, paper: dict[str, Any], forms: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, WIDEST)
    put(sheet, 0, [paper["title"]], forms["big"])
    row = 1
    for name, value in paper["facts"]:
        put(sheet, row, [name, value])
        row += 1
    for block in paper["blocks"]:
        if block["kind"] == "text":
            put(sheet, row, ["", block["text"]])
            row += 1
    put(
        sheet,
        row + 1,
        [paper["words"]["definitions"]] if paper["definitions"] else [],
        forms["bold"],
    )
    for number, each in enumerate(paper["definitions"], start=row + 2):
        tail = "；".join(filter(None, (each["formula"], each["notes"], each["source"])))
        put(sheet, number, [each["name"], tail])


def _table(sheet: Any, block: dict[str, Any], forms: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(block["columns"]):
        sheet.set_column(number, number, min(max(column["width"] * 1.4, 10), WIDEST))
    put(sheet, 0, [each["title"] for each in block["columns"]], forms["head"])
    for row, line in enumerate(block["rows"], start=1):
        put(sheet, row, [_cell(each) for each in line], forms["cell"])
    end = len(block["rows"]) + 1
    if not block["rows"]:
        put(sheet, end, [block["empty"]])
    if block["note"]:
        put(sheet, end + 1, [block["note"]])


def _cell(cell: dict[str, Any]) -> Cell:
    return Decimal(cell["text"]) if cell["number"] else cell["text"]


def _name(title: str, taken: set[str]) -> str:
    """A sheet's name as spreadsheets take it, and none twice."""
    plain = _NOT_IN_NAMES.sub(" ", title).strip()[:LONGEST_NAME] or "-"
    name, n = plain, 2
    while name.lower() in taken:
        tail = f" {n}"
        name, n = plain[: LONGEST_NAME - len(tail)] + tail, n + 1
    taken.add(name.lower())
    return name


if __name__ == "__main__":
    run(write, "xlsx")
