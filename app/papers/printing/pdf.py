"""PDF, set by typst. The paper's texts are data that the template reads; they are never code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import typst

from app.foundation.fonts import font_file
from app.papers.printing import charts, maps
from app.papers.printing.program import DATA, run

TEMPLATE = Path(__file__).with_name("paper.typ")


def write(paper: dict[str, Any], path: Path) -> None:
    """Set the paper as PDF, with its title and tags."""
    compiled(paper, path, "pdf")


def compiled(paper: dict[str, Any], path: Path, form: Literal["pdf", "png"]) -> None:
    """The same as `pdf`, or `png` for looking at: then `path` has `{p}` for the page."""
    folder = path.parent
    for number, block in enumerate(each for each in paper["blocks"] if each["kind"] == "chart"):
        block["file"] = f"chart{number}.svg"
        charts.draw(block, folder / block["file"])
    for number, block in enumerate(each for each in paper["blocks"] if each["kind"] == "map"):
        block["file"] = f"map{number}.svg"
        maps.draw(block, folder / block["file"])
    (folder / DATA).write_text(json.dumps(paper, ensure_ascii=False), encoding="utf-8")
    source = folder / "paper.typ"
    source.write_bytes(TEMPLATE.read_bytes())
    typst.Compiler(
        str(source),
        root=str(folder),
        font_paths=[str(font_file().parent)],
        ignore_system_fonts=True,
    ).compile(output=str(path), format=form, ppi=100)


if __name__ == "__main__":
    run(write, "pdf")
