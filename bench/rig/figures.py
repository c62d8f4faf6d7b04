"""What a bench finds out: figures, as one table for people and as JSON for programs."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value.

    With a `floor` (the least that could do the job, measured in the same run) `aim` is what `ratio` must
    reach; without one it is what `value` must not exceed. `met` is None where nothing is aimed at.
    """

    name: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    aim: float | None = None
    met: bool | None = None


def against(
    name: str, value: float, unit: str, *, floor: float, ratio: float, aim: float
) -> Figure:
    """A value that should come close to its floor: met when `ratio` is at least `aim`."""
    return Figure(name, value, unit, floor, ratio, aim, ratio >= aim)


def at_most(name: str, value: float, unit: str, aim: float) -> Figure:
    """A value that must not exceed `aim`."""
    return Figure(name, value, unit, aim=aim, met=value <= aim)


def table(found: Iterable[Figure]) -> str:
    """The figures as text, one line each under a heading, columns aligned."""
    heading = [field.name for field in fields(Figure)]
    lines = [heading, *(_cells(figure) for figure in found)]
    widths = [max(_width(line[at]) for line in lines) for at in range(len(heading))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        )
        for line in lines
    )


def keep(bench: str, found: Sequence[Figure], folder: Path = RESULTS) -> Path:
    """Write the figures of one bench to `<folder>/<bench>.json`; gives the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{bench}.json"
    rows = [asdict(figure) for figure in found]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def _cells(figure: Figure) -> list[str]:
    bound = "≥" if figure.floor is not None else "≤"
    return [
        figure.name,
        f"{figure.value:.4g}" if figure.value < 1000 else f"{figure.value:.0f}",
        figure.unit,
        "" if figure.floor is None else f"{figure.floor:.4g}",
        "" if figure.ratio is None else f"{figure.ratio:.3f}",
        "" if figure.aim is None else f"{bound} {figure.aim:g}",
        {True: "yes", False: "NO", None: ""}[figure.met],
    ]


def _width(text: str) -> int:
    """Columns on a terminal: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
