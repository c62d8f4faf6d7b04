"""What a paper says, before anybody knows in which form it is printed. Pure.

A kind of paper gathers a `Content`; the printer makes DOCX, PDF or XLSX of it. Texts are plain: nothing in
them is ever read as markup, a formula or a template. Numbers are int or Decimal and are printed as they are,
so that they can be compared with what the API answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.foundation.cells import Cell

BAR, LINE = "bar", "line"


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a part; level 1 is numbered 一、 and level 2 （一）."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `awaiting` are photos that it says were left out until a person checks them."""

    text: str
    awaiting: Sequence[ObjectId] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """`width` is its share of the table's; numbers stand on the right."""

    title: str
    width: int = 10
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; None is not known, and printed as a dash: it is not 0. A table without
    rows is said in words: `empty`. `note` stands below.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers in the order of the chart's labels; None is a gap."""

    name: str
    values: Sequence[Decimal | int | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars or lines of some series over the same labels; `unit` is that of all numbers."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str
    form: str = BAR


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo, by its id, and what is said below it. The engine fetches and shrinks it."""

    photo: ObjectId
    caption: str


@dataclass(frozen=True, slots=True)
class Pictures:
    """Photos, two abreast."""

    pictures: Sequence[Picture]


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of a map, by its number; WGS-84 degrees."""

    number: int
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Border:
    """An outline on a map, named in its middle; rings of WGS-84 (longitude, latitude)."""

    name: str
    rings: Sequence[Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Map:
    """Points and the line through them in order, over outlines. Nothing lies below: no tiles, no base map."""

    title: str
    spots: Sequence[Spot]
    borders: Sequence[Border]
    note: str
    north: str


Block = Heading | Text | Table | Chart | Pictures | Map


@dataclass(frozen=True, slots=True)
class Definition:
    """What a number of the paper means, and who says so."""

    name: str
    formula: str
    source: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A paper whole. `facts` (label, value) stand below the title, after those that every paper has."""

    title: str
    blocks: Sequence[Block]
    facts: Sequence[tuple[str, str]] = ()
    definitions: Sequence[Definition] = ()
    landscape: bool = False

    def pictures(self) -> list[Picture]:
        """All photos of it, in order, each once."""
        found = (
            each for block in self.blocks if isinstance(block, Pictures) for each in block.pictures
        )
        return list({each.photo: each for each in found}.values())

    def awaiting(self) -> list[ObjectId]:
        """The photos that were left out until a person checks them, each once."""
        found = (key for block in self.blocks if isinstance(block, Text) for key in block.awaiting)
        return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class File:
    """A photo that lies beside the paper, and whether it is taller than wide."""

    name: str
    tall: bool


def as_json(content: Content, files: Mapping[ObjectId, File]) -> dict[str, Any]:
    """What the printer reads. `files` names the photos that are there; others are told to be missing."""
    return {
        "title": content.title,
        "landscape": content.landscape,
        "facts": [list(each) for each in content.facts],
        "blocks": list(_numbered(content.blocks, files)),
        "definitions": [
            {"name": each.name, "formula": each.formula, "source": each.source, "notes": each.notes}
            for each in content.definitions
        ],
    }


def _numbered(blocks: Sequence[Block], files: Mapping[ObjectId, File]) -> Iterator[dict[str, Any]]:
    above = below = 0
    for block in blocks:
        if not isinstance(block, Heading):
            yield _block(block, files)
            continue
        above, below = (above + 1, 0) if block.level == 1 else (above, below + 1)
        mark = f"{numeral(above)}、" if block.level == 1 else f"（{numeral(below)}）"
        yield {"kind": "heading", "level": block.level, "text": mark + block.text}


def _block(block: Block, files: Mapping[ObjectId, File]) -> dict[str, Any]:
    match block:
        case Table():
            return {
                "kind": "table",
                "title": block.title,
                "columns": [
                    {"title": each.title, "width": each.width, "number": each.number}
                    for each in block.columns
                ],
                "rows": [[_cell(each) for each in row] for row in block.rows],
                "empty": block.empty,
                "note": block.note,
            }
        case Chart():
            series = [
                {"name": each.name, "values": [_cell(value) for value in each.values]}
                for each in block.series
            ]
            plain = {"title": block.title, "unit": block.unit, "form": block.form}
            return {"kind": "chart", **plain, "labels": list(block.labels), "series": series}
        case Map():
            return {"kind": "map", **asdict(block)}
        case Pictures():
            some = [_picture(each, files.get(each.photo)) for each in block.pictures]
            return {"kind": "pictures", "pictures": some}
    return {"kind": "text", "text": block.text}


def _picture(picture: Picture, file: File | None) -> dict[str, Any]:
    there = {"file": file and file.name, "tall": bool(file and file.tall)}
    return {**there, "caption": picture.caption}


def _cell(value: Cell) -> dict[str, Any]:
    """Its words, and whether that is a number."""
    if value is None:
        return {"text": None, "number": False}
    return {"text": str(value), "number": not isinstance(value, str)}


def numeral(number: int) -> str:
    """1 to 99 as 一 to 九十九."""
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(number, 10)
    ten = ("" if tens == 1 else digits[tens]) + "十" if tens else ""
    return ten + (digits[ones] if ones or not tens else "")
