"""DOCX: the template filled by docxtpl, then what no template can say: widths, sides of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2.sandbox import SandboxedEnvironment

from app.papers.printing import charts, maps
from app.papers.printing.program import run
from app.papers.printing.template import SIDE, template

PICTURE_HEIGHT = Mm(52)
PICTURE_WIDTH = Mm(76)


def write(paper: dict[str, Any], path: Path) -> None:
    """Fill the template. Texts are escaped and never read as a template themselves."""
    made = DocxTemplate(template(landscape=paper["landscape"]))
    made.init_docx()
    folder = path.parent
    context = {
        **{name: paper[name] for name in ("title", "number", "words")},
        "facts": [{"name": name, "value": value} for name, value in paper["facts"]],
        "blocks": [_block(made, each, folder, paper) for each in _named(paper["blocks"])],
        "definitions": [
            {"name": each["name"], "tail": _tail(each)} for each in paper["definitions"]
        ],
    }
    made.render(context, SandboxedEnvironment(autoescape=True), autoescape=True)
    document = made.docx
    _fit(document, [each for each in paper["blocks"] if each["kind"] == "table" and each["rows"]])
    document.core_properties.title = paper["title"]
    document.core_properties.author = paper["author"]
    document.core_properties.comments = paper["number"]
    made.save(str(path))


def _named(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, block in enumerate(blocks):
        drawn = block["kind"] in ("chart", "map")
        yield {**block, "drawn": f"drawn{number}.png"} if drawn else block


def _block(
    made: DocxTemplate, block: dict[str, Any], folder: Path, paper: dict[str, Any]
) -> dict[str, Any]:
    match block["kind"]:
        case "table":
            rows = [[{"shown": _shown(cell)} for cell in row] for row in block["rows"]]
            return {**block, "rows": rows}
        case "chart":
            charts.draw(block, drawn := folder / block["drawn"])
            return {**block, "image": InlineImage(made, str(drawn), width=Mm(158))}
        case "map":
            maps.draw(block, drawn := folder / block["drawn"])
            return {**block, "image": InlineImage(made, str(drawn), width=Mm(158))}
        case "pictures":
            some = [_picture(made, each, folder, paper) for each in block["pictures"]]
            some += [{"image": "", "caption": ""}] * (len(some) % 2)
            pairs = zip(some[::2], some[1::2], strict=True)
            return {**block, "pairs": [{"left": left, "right": right} for left, right in pairs]}
    return block


def _picture(
    made: DocxTemplate, picture: dict[str, Any], folder: Path, paper: dict[str, Any]
) -> dict[str, Any]:
    if picture["file"] is None:
        return {"image": paper["words"]["no_photo"], "caption": picture["caption"]}
    tall = picture.get("tall", False)
    side = {"height": PICTURE_HEIGHT} if tall else {"width": PICTURE_WIDTH}
    image = InlineImage(made, str(folder / picture["file"]), **side)
    return {"image": image, "caption": picture["caption"]}


def _shown(cell: dict[str, Any]) -> str:
    return "—" if cell["text"] is None else str(cell["text"])


def _tail(each: dict[str, Any]) -> str:
    return "；".join(filter(None, (each["formula"], each["notes"], each["source"])))


def _fit(document: Any, tables: list[dict[str, Any]]) -> None:
    """Columns as wide as they are to be, numbers on the right."""
    section = document.sections[0]
    room = section.page_width - 2 * SIDE
    found = [each for each in document.tables if _has_rules(each)]
    for table, block in zip(found, tables, strict=True):
        shares = [each["width"] for each in block["columns"]]
        widths = [int(room * each / sum(shares)) for each in shares]
        table.autofit = False
        grid = table._tbl.tblGrid
        for column in list(grid):
            grid.remove(column)
        for width in widths:
            column = OxmlElement("w:gridCol")
            column.set(qn("w:w"), str(Emu(width).twips))
            grid.append(column)
        for number, row in enumerate(table._tbl.tr_lst):
            for cell, width, column in zip(row.tc_lst, widths, block["columns"], strict=True):
                cell.width = Emu(width)
                if number and column["number"]:
                    for line in cell.p_lst:
                        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _has_rules(table: Any) -> bool:
    return table.style is not None and table.style.name == "Table Grid"


if __name__ == "__main__":
    run(write, "docx")
