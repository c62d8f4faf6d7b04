"""The Word template of papers, made by code: styles, gaps and loops as docxtpl reads them.

A gap is filled with text that Word shows as it is. What Word has by itself (fonts of the machine, page
numbers as fields, headings for the outline, heads of tables that repeat) is used, so that people can go on
working with the file.
"""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

BODY, HEAD, TITLE = "仿宋", "黑体", "方正小标宋简体"
"""What offices have (GB/T 9704); Word takes another where one lacks."""
LATIN = "Times New Roman"
RED = RGBColor(0xB3, 0x15, 0x1B)
SIDE, TOP, BOTTOM = Mm(24), Mm(28), Mm(26)
_STYLES = (
    ("Normal", BODY, 11, False),
    ("Title", TITLE, 22, False),
    ("Heading 1", HEAD, 15, False),
    ("Heading 2", HEAD, 13, False),
    ("Caption", HEAD, 10.5, False),
)


def template(*, landscape: bool) -> io.BytesIO:
    """A fresh template."""
    made: Any = Document()
    _page(made.sections[0], landscape=landscape)
    for name, font, size, bold in _STYLES:
        _style(made.styles[name], font, size, bold=bold)
    made.styles["Title"].font.color.rgb = RED
    frame = made.styles["Title"].element.pPr
    for border in frame.findall(qn("w:pBdr")):
        frame.remove(border)
    _head(made)
    _blocks(made)
    _definitions(made)
    _footer(made.sections[0])
    out = io.BytesIO()
    made.save(out)
    out.seek(0)
    return out


def _page(section: Any, *, landscape: bool) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = SIDE
    section.top_margin, section.bottom_margin = TOP, BOTTOM


def _style(style: Any, font: str, size: float, *, bold: bool) -> None:
    style.font.name, style.font.size, style.font.bold = LATIN, Pt(size), bold
    style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:ascii"), LATIN)
    fonts.set(qn("w:hAnsi"), LATIN)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:eastAsia"), "zh-CN")
    style.element.rPr.append(spoken)


def _head(made: Any) -> None:
    _line(made, "{{ title }}", "Title", centred=True)
    number = _line(made, "{{ number }}", centred=True)
    _underline(number)
    _line(made, "{%p for fact in facts %}")
    _line(made, "{{ fact.name }}：{{ fact.value }}").paragraph_format.space_after = Pt(0)
    _line(made, "{%p endfor %}")


def _blocks(made: Any) -> None:
    _line(made, "{%p for block in blocks %}")
    for level in (1, 2):
        _line(made, f"{{%p if block.kind == 'heading' and block.level == {level} %}}")
        _line(made, "{{ block.text }}", f"Heading {level}")
        _line(made, "{%p endif %}")
    _line(made, "{%p if block.kind == 'text' %}")
    _line(made, "{{ block.text }}").paragraph_format.first_line_indent = Pt(22)
    _line(made, "{%p endif %}")
    _line(made, "{%p if block.kind == 'table' %}")
    _table(made)
    _line(made, "{%p endif %}")
    _line(made, "{%p if block.kind == 'chart' %}")
    _line(made, "{{ block.image }}", centred=True)
    _line(made, "{%p endif %}")
    _line(made, "{%p if block.kind == 'map' %}")
    _line(made, "{{ block.image }}", centred=True)
    _small(_line(made, "{{ block.note }}"))
    _line(made, "{%p endif %}")
    _line(made, "{%p if block.kind == 'pictures' %}")
    _pictures(made)
    _line(made, "{%p endif %}")
    _line(made, "{%p endfor %}")


def _table(made: Any) -> None:
    _line(made, "{%p if block.title %}")
    title = _line(made, "{{ block.title }}", "Caption", centred=True)
    title.paragraph_format.keep_with_next = True
    _line(made, "{%p endif %}")
    _line(made, "{%p if not block.rows %}")
    _line(made, "{{ block.empty }}", centred=True)
    _line(made, "{%p else %}")
    table = made.add_table(4, 3, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    loop = ("{%tc for column in block.columns %}", "{{ column.title }}", "{%tc endfor %}")
    _fill(table.rows[0], loop, bold=True)
    _repeat(table.rows[0])
    _fill(table.rows[1], ("{%tr for row in block.rows %}", "", ""))
    _fill(table.rows[2], ("{%tc for cell in row %}", "{{ cell.shown }}", "{%tc endfor %}"))
    _fill(table.rows[3], ("{%tr endfor %}", "", ""))
    for row in table.rows:
        _whole(row)
    _line(made, "{%p endif %}")
    _line(made, "{%p if block.note %}")
    _small(_line(made, "{{ block.note }}"))
    _line(made, "{%p endif %}")


def _pictures(made: Any) -> None:
    table = made.add_table(3, 2)
    _fill(table.rows[0], ("{%tr for pair in block.pairs %}", ""))
    for cell, side in zip(table.rows[1].cells, ("left", "right"), strict=True):
        first = cell.paragraphs[0]
        first.add_run(f"{{{{ pair.{side}.image }}}}")
        second = cell.add_paragraph(f"{{{{ pair.{side}.caption }}}}")
        for each in (first, second):
            each.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _small(second)
    _whole(table.rows[1])
    _fill(table.rows[2], ("{%tr endfor %}", ""))


def _definitions(made: Any) -> None:
    _line(made, "{%p if definitions %}")
    _line(made, "{{ words.definitions }}", "Heading 2")
    _line(made, "{%p for each in definitions %}")
    _small(_line(made, "{{ loop.index }}. {{ each.name }}：{{ each.tail }}"))
    _line(made, "{%p endfor %}")
    _line(made, "{%p endif %}")


def _footer(section: Any) -> None:
    line = section.footer.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.add_run("— ")
    run = line.add_run()
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark.text = text
        run._r.append(mark)
    line.add_run(" —")


def _line(made: Any, text: str, style: str | None = None, *, centred: bool = False) -> Any:
    line = made.add_paragraph(text, style=style)
    if centred:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return line


def _fill(row: Any, texts: tuple[str, ...], *, bold: bool = False) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        line = cell.paragraphs[0]
        line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(2)
        run = line.add_run(text)
        run.font.size, run.font.bold = Pt(9), bold
        if bold:
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _small(line: Any) -> None:
    line.paragraph_format.space_after = Pt(2)
    for run in line.runs:
        run.font.size = Pt(9)


def _repeat(row: Any) -> None:
    """The head comes again on every page."""
    mark = OxmlElement("w:tblHeader")
    row._tr.get_or_add_trPr().append(mark)


def _whole(row: Any) -> None:
    """A row does not break over pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _underline(line: Any) -> None:
    """The red double rule below the number."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "thickThinSmallGap"), ("sz", "18"), ("space", "6")):
        bottom.set(qn(f"w:{name}"), value)
    bottom.set(qn("w:color"), str(RED))
    borders.append(bottom)
    line._p.get_or_add_pPr().append(borders)
