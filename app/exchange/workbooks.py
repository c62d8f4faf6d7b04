"""Reading XLSX: the values that the file holds. Nothing is computed, fetched, expanded or run.

Office Open XML (ECMA-376): a ZIP of XML parts. Its parts have no document types (ECMA-376-2, 8.1.4), and a
part with one is refused before any entity in it is declared. What it says of its own size is bounded before
anything is unpacked, and the unpacking stops at what it said.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import ParseError, XMLParser

from app.exchange.formats import are_days
from app.exchange.sheets import NAMES, SheetTarget
from app.exchange.tables import Table, Unreadable, table_of

MOST_PARTS = 2000
MOST_UNPACKED = 150 * 1024 * 1024
_BLOCK = 256 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError)


def read_xlsx(data: bytes) -> Table:
    """The first sheet. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _bound(archive)
            return _read(archive)
    except (ParseError, ValueError, *_BROKEN) as error:
        raise Unreadable("import.broken_workbook") from error


def _bound(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unreadable("import.unpacks_too_large", limit_mb=MOST_UNPACKED // 2**20)


def _read(archive: zipfile.ZipFile) -> Table:
    book = _Book()
    _parse(archive, "xl/workbook.xml", book)
    links = _Links()
    _parse(archive, "xl/_rels/workbook.xml.rels", links)
    if book.first is None:
        raise Unreadable("import.empty")
    shared, styles = _Strings(), _Styles()
    for kind, target in (("sharedStrings", shared), ("styles", styles)):
        if part := links.by_kind.get(kind):
            _parse(archive, part, target)
    sheet = SheetTarget(shared.texts, styles.days(), since_1904=book.since_1904)
    _parse(archive, links.by_id[book.first], sheet)
    return table_of(sheet.lines)


def _parse(archive: zipfile.ZipFile, name: str, target: Any) -> None:
    # Whatever the part says of its encoding: in another one a document type could hide.
    parser = XMLParser(target=target, encoding="utf-8")  # noqa: S314 - targets refuse document types
    with archive.open(name) as part:
        while block := part.read(_BLOCK):
            parser.feed(block)
    parser.close()


class _Target:
    """What all parts have in common."""

    def doctype(self, *_: Any) -> None:
        raise Unreadable("import.broken_workbook")

    def end(self, tag: str) -> None:
        """Nothing, unless a part cares."""

    def data(self, text: str) -> None:
        """Nothing, unless a part cares."""

    def close(self) -> None:
        """The part is over."""


class _Book(_Target):
    """Which sheet is the first that is shown, and from when days are counted."""

    def __init__(self) -> None:
        self.first: str | None = None
        self.since_1904 = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = NAMES[tag]
        if name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")
        shown = attributes.get("state", "visible") == "visible"
        if name == "sheet" and shown and self.first is None:
            self.first = next(v for k, v in attributes.items() if NAMES[k] == "id")


class _Links(_Target):
    """Which part is meant by an id, and which is of a kind."""

    def __init__(self) -> None:
        self.by_id: dict[str, str] = {}
        self.by_kind: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if NAMES[tag] != "Relationship" or attributes.get("TargetMode") == "External":
            return
        part = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")
        self.by_id[attributes["Id"]] = part
        self.by_kind[attributes["Type"].rpartition("/")[2]] = part


class _Strings(_Target):
    """The texts that cells share; how they are to be pronounced (`rPh`) is left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._spoken = self._open = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = NAMES[tag]
        if name == "rPh":
            self._spoken = True
        self._open = name == "t" and not self._spoken

    def data(self, text: str) -> None:
        if self._open:
            self._parts.append(text)

    def end(self, tag: str) -> None:
        name = NAMES[tag]
        self._open = False
        if name == "rPh":
            self._spoken = False
        if name == "si":
            self.texts.append("".join(self._parts))
            self._parts.clear()


class _Styles(_Target):
    """Which styles of cells show numbers as days."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        self._of_cells = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = NAMES[tag]
        if name == "numFmt":
            self._codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        if name == "cellXfs":
            self._of_cells = True
        if name == "xf" and self._of_cells:
            self._formats.append(int(attributes.get("numFmtId", 0)))

    def end(self, tag: str) -> None:
        if NAMES[tag] == "cellXfs":
            self._of_cells = False

    def days(self) -> Sequence[bool]:
        """Of each style of cells, by number."""
        return [are_days(each, self._codes.get(each)) for each in self._formats]
