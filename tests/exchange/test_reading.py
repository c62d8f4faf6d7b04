"""Files are read for what their cells hold; what is hostile or broken is refused in words."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange.reading import read_table
from app.exchange.tables import MOST_ROWS, Unreadable, column_name
from app.foundation.reasons import Reason
from tests.exchange.files import csv, xlsx


def cells(data: bytes, name: str = "a.xlsx") -> list[list]:
    return [list(line.cells.values()) for line in read_table(data, name).lines]


def why(data: bytes, name: str = "a.xlsx") -> str:
    with pytest.raises(Unreadable) as refused:
        read_table(data, name)
    return refused.value.reason.code


def test_a_workbook_gives_texts_whatever_its_cells_are():
    rows = ["编号", "金额", "数", "日", "长"]
    data = xlsx(rows, [" 甲 ", 1234.5, 12, date(2026, 11, 24), 0.1 + 0.2], ["乙", None, 3])
    assert cells(data) == [[" 甲 ", "1234.5", "12", "2026-11-24", "0.3"], ["乙", "3"]]
    assert read_table(data, "a.xlsx").lines[1].number == 3


def test_a_code_that_a_spreadsheet_took_for_a_number_has_lost_digits_and_is_told():
    assert cells(xlsx(["编号"], [91321204000000001])) == [[Reason("import.number_lost_digits")]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_separated_text_is_read_in_the_encodings_of_spreadsheets(encoding, delimiter):
    data = csv(["编号", "名称"], ["甲", "泰州"]).decode().replace(",", delimiter).encode(encoding)
    assert cells(data, "a.csv") == [["甲", "泰州"]]


def test_lines_are_counted_as_an_editor_shows_them():
    data = '编号,备注\r\n甲,"两\r\n行"\r\n\r\n乙,'.encode()
    assert [line.number for line in read_table(data, "a.csv").lines] == [2, 5]


def test_our_own_apostrophe_before_a_formula_is_taken_away():
    assert cells(csv(["a", "b"], ["'=1+1", "'甲'"]), "a.csv") == [["=1+1", "'甲'"]]


def test_a_formula_is_what_it_came_to_and_never_worked_out():
    made = xlsx(["a", "b"], ["=1+1", "x"])
    assert cells(made) == [["0", "x"]]
    unsaved = rewritten(made, SHEET, lambda content: content.replace(b"<v>0</v>", b""))
    assert cells(unsaved) == [[Reason("import.formula"), "x"]]


def rewritten(data: bytes, part: str, change) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for each in old.namelist():
            content = old.read(each)
            new.writestr(each, change(content) if each == part else content)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
GOOD = xlsx(["编号"], ["甲"])
ENTITY = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet'


def lying_about_its_size() -> bytes:
    """A part that unpacks to more than the archive says."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", b"<workbook>" + b" " * 1_000_000 + b"</workbook>")
    data = bytearray(file.getvalue())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(data)


def bomb() -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
        made.open("xl/workbook.xml", "w") as part,
    ):
        for _ in range(160):
            part.write(bytes(1024 * 1024))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "import.empty"),
        (b"PK\x03\x04 broken", "a.xlsx", "import.broken_workbook"),
        (GOOD[:-300], "a.xlsx", "import.broken_workbook"),
        (GOOD, "a.csv", "import.misleading_name"),
        (b"a,b", "a.xlsx", "import.misleading_name"),
        (GOOD, "a.pdf", "import.other_kind_of_file"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "a.xls", "import.old_or_locked_workbook"),
        (b"\xff\xfe\x00a", "a.csv", "import.not_text"),
        (b'a,b\n"c,d', "a.csv", "import.broken_line"),
        (xlsx(["a", "b"], ["1"], merge="A3:B3"), "a.xlsx", "import.merged_cells"),
        (csv(*[["a"]] * (MOST_ROWS + 2)), "a.csv", "import.too_many_rows"),
        (csv(["a"] * 201), "a.csv", "import.too_many_columns"),
        (xlsx(["a"] * 201), "a.xlsx", "import.too_many_columns"),
        (lying_about_its_size(), "a.xlsx", "import.broken_workbook"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(data, name, code):
    assert why(data, name) == code


def test_what_unpacks_to_too_much_is_not_unpacked():
    assert why(bomb()) == "import.unpacks_too_large"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp037"])
def test_a_part_with_a_document_type_is_refused_in_whatever_encoding(encoding):
    def hostile(content: bytes) -> bytes:
        text = content.replace(b"<worksheet", ENTITY, 1).decode()
        return text.replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)

    assert why(rewritten(GOOD, SHEET, hostile)) == "import.broken_workbook"


def test_a_cell_far_away_costs_nothing():
    def far(content: bytes) -> bytes:
        return content.replace(b'r="A2"', b'r="XFD2"').replace(b'<row r="2"', b'<row r="1048576"')

    assert why(rewritten(GOOD, SHEET, far)) == "import.too_many_columns"


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=400), st.integers(0, len(GOOD)))
def test_no_bytes_make_it_fail_otherwise(junk, at):
    for data, name in ((junk, "a.csv"), (GOOD[:at] + junk + GOOD[at:], "a.xlsx")):
        with contextlib.suppress(Unreadable):
            assert read_table(data, name).heading.cells


@given(st.integers(0, 16383))
def test_columns_are_called_as_spreadsheets_do(column):
    name = column_name(column)
    assert sum((ord(c) - 64) * 26**n for n, c in enumerate(reversed(name))) == column + 1
