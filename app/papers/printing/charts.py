"""Charts as print wants them: vector for PDF, 200 dots an inch for DOCX; the font's own outlines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matplotlib import font_manager, rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from app.foundation.fonts import font_file

DPI = 200
WIDTH, HEIGHT = 6.3, 2.7
INK, FAINT = "#222222", "#d9d9d9"
COLOURS = ("#9c1c1f", "#3f6c9b", "#c9a24b", "#5b8c5a", "#7d6b91")
HATCHES = ("", "///", "...", "\\\\\\", "xxx")
"""Most papers are copied in black and white."""
_ROOM = 56
"""Characters of all labels together that fit beside each other."""
_MOST_SAID = 24
"""Bars beyond these many do not say their numbers: the table does."""


def draw(chart: dict[str, Any], path: Path) -> None:
    """The chart as a file; the path's suffix says of which form."""
    use_font()
    figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    (_bars if chart["form"] == "bar" else _lines)(axes, chart)
    _dress(axes, chart)
    # Without a date and with named parts the same chart gives the same bytes.
    metadata = {"Date": None} if path.suffix == ".svg" else {}
    figure.savefig(path, dpi=DPI, metadata=metadata)


def use_font() -> None:
    """Let texts be drawn with the CJK font that comes with the house."""
    path = str(font_file())
    if not any(each.fname == path for each in font_manager.fontManager.ttflist):
        font_manager.fontManager.addfont(path)
    rcParams["font.family"] = font_manager.FontProperties(fname=path).get_name()
    rcParams["axes.unicode_minus"] = False
    rcParams["svg.fonttype"] = "path"
    rcParams["svg.hashsalt"] = "paper"


def _values(series: dict[str, Any]) -> list[float]:
    """For the height of a bar alone: what is printed is the text."""
    return [float(each["text"]) if each["text"] else float("nan") for each in series["values"]]


def _bars(axes: Axes, chart: dict[str, Any]) -> None:
    count = len(chart["series"])
    width = 0.8 / max(count, 1)
    for n, series in enumerate(chart["series"]):
        left = [at + (n - (count - 1) / 2) * width for at in range(len(chart["labels"]))]
        colour, hatch = COLOURS[n % len(COLOURS)], HATCHES[n % len(HATCHES)]
        bars = axes.bar(
            left,
            _values(series),
            width * 0.9,
            label=series["name"],
            color=colour,
            hatch=hatch,
            edgecolor="white",
        )
        said = ["" if each["text"] is None else each["text"] for each in series["values"]]
        if len(chart["labels"]) * count <= _MOST_SAID:
            axes.bar_label(bars, said, fontsize=7, padding=1, color=INK)


def _lines(axes: Axes, chart: dict[str, Any]) -> None:
    for n, series in enumerate(chart["series"]):
        colour = COLOURS[n % len(COLOURS)]
        axes.plot(
            range(len(chart["labels"])),
            _values(series),
            marker="os^Dv"[n % 5],
            markersize=4,
            linewidth=1.5,
            color=colour,
            label=series["name"],
        )


def _dress(axes: Axes, chart: dict[str, Any]) -> None:
    axes.set_title(chart["title"], fontsize=10, color=INK)
    axes.set_ylabel(chart["unit"], fontsize=8)
    crowded = sum(len(each) + 1 for each in chart["labels"]) > _ROOM
    axes.set_xticks(
        range(len(chart["labels"])),
        chart["labels"],
        fontsize=8,
        rotation=30 if crowded else 0,
        ha="right" if crowded else "center",
    )
    axes.tick_params(axis="y", labelsize=7)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.margins(y=0.15)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if len(chart["series"]) > 1:
        axes.legend(fontsize=8, frameon=False, ncols=3, loc="upper right")
