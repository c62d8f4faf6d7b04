"""Maps as print wants them: points, a line, outlines, scale and north. Nothing lies below them.

No tiles and no base map are fetched or bundled; what is drawn are coordinates of our own (WGS-84), on a plane
through the middle of what is shown, which within a district is true to a few metres.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from app.papers.printing import charts

WIDTH, HEIGHT = 6.3, 4.6
METRES_A_DEGREE = 111_320.0
LEAST_M = 1_500.0
"""Half of the side of a map at least, so that one stop alone is not a dot in nowhere."""
ROUND_KM = (0.2, 0.5, 1, 2, 5, 10, 20, 50)
ROUTE, LAND, EDGE, FAINT = "#9c1c1f", "#f6f3ee99", "#9a9a9a", "#777777"


def draw(block: dict[str, Any], path: Path) -> None:
    """The map as a file; the path's suffix says of which form."""
    charts.use_font()
    figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    middle = _middle(block["spots"])
    half = _frame(axes, [_plane(each, middle) for each in block["spots"]])
    _borders(axes, block["borders"], middle)
    _stops(axes, block["spots"], middle)
    _scale(axes, half)
    _north(axes, block["north"])
    axes.set_title(block["title"], fontsize=10, color=charts.INK)
    metadata = {"Date": None} if path.suffix == ".svg" else {}
    figure.savefig(path, dpi=charts.DPI, metadata=metadata)


def _middle(spots: list[dict[str, Any]]) -> tuple[float, float]:
    """Latitude and longitude of the middle of the box around the points."""
    found = []
    for name in ("latitude", "longitude"):
        values = [each[name] for each in spots]
        found.append((min(values) + max(values)) / 2)
    return found[0], found[1]


def _plane(spot: dict[str, Any], middle: tuple[float, float]) -> tuple[float, float]:
    return _metres(spot["longitude"], spot["latitude"], middle)


def _metres(longitude: float, latitude: float, middle: tuple[float, float]) -> tuple[float, float]:
    """East and north of the middle."""
    narrower = math.cos(math.radians(middle[0]))
    east = (longitude - middle[1]) * METRES_A_DEGREE * narrower
    return east, (latitude - middle[0]) * METRES_A_DEGREE


def _frame(axes: Axes, points: list[tuple[float, float]]) -> tuple[float, float]:
    """The window around the points, of the sheet's own proportions; half of its sides in metres."""
    east = max(max(abs(x) for x, _ in points), LEAST_M) * 1.3
    north = max(max(abs(y) for _, y in points), LEAST_M * HEIGHT / WIDTH) * 1.3
    east, north = max(east, north * WIDTH / HEIGHT), max(north, east * HEIGHT / WIDTH)
    axes.set_xlim(-east, east)
    axes.set_ylim(-north, north)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_color(EDGE)
    return east, north


def _borders(axes: Axes, borders: list[dict[str, Any]], middle: tuple[float, float]) -> None:
    for border in borders:
        for ring in border["rings"]:
            points = [_metres(longitude, latitude, middle) for longitude, latitude in ring]
            xs, ys = [x for x, _ in points], [y for _, y in points]
            axes.fill(xs, ys, facecolor=LAND, edgecolor=EDGE, linewidth=0.8, linestyle="--")
            above = ((min(xs) + max(xs)) / 2, max(ys) - (max(ys) - min(ys)) * 0.03)
            text = axes.text(*above, border["name"], fontsize=6.5, color=FAINT, ha="center")
            text.set(va="top", clip_on=True)


def _stops(axes: Axes, spots: list[dict[str, Any]], middle: tuple[float, float]) -> None:
    points = [_plane(each, middle) for each in spots]
    axes.plot([x for x, _ in points], [y for _, y in points], color=ROUTE, linewidth=1.4, zorder=3)
    room = axes.get_ylim()[1] / 14
    for (x, y), there in _places(points, spots, room):
        numbers = "·".join(str(each["number"]) for each in there)
        box = {"boxstyle": "round,pad=0.35", "facecolor": ROUTE, "edgecolor": "white"}
        mark = axes.text(x, y, numbers, fontsize=7.5, ha="center", va="center", zorder=5, bbox=box)
        mark.set_color("white")
        names = "\n".join(_short(each["name"]) for each in there)
        text = axes.text(x, y - room, names, fontsize=7.5, ha="center", va="top", zorder=5)
        text.set(color=charts.INK, clip_on=True)
        text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])


def _places(
    points: list[tuple[float, float]], spots: list[dict[str, Any]], room: float
) -> list[tuple[tuple[float, float], list[dict[str, Any]]]]:
    """Stops that would cover each other are written at one place."""
    found: list[tuple[tuple[float, float], list[dict[str, Any]]]] = []
    for point, spot in zip(points, spots, strict=True):
        near = [there for at, there in found if math.dist(at, point) < room]
        if near:
            near[0].append(spot)
        else:
            found.append((point, [spot]))
    return found


def _short(name: str) -> str:
    return name if len(name) <= 14 else name[:13] + "…"


def _scale(axes: Axes, half: tuple[float, float]) -> None:
    """A bar of round kilometres, a fifth of the map or less."""
    fitting = [each for each in ROUND_KM if each * 1000 <= half[0] * 0.5]
    km = fitting[-1] if fitting else ROUND_KM[0]
    left, bottom, tick = -half[0] * 0.94, -half[1] * 0.9, half[1] * 0.025
    right = left + km * 1000
    xs = [left, left, right, right]
    axes.plot(xs, [bottom + tick, bottom, bottom, bottom + tick], color=charts.INK, linewidth=1.4)
    axes.text(
        (left + right) / 2, bottom + tick, f"{km:g} km", fontsize=7.5, ha="center", va="bottom"
    )


def _north(axes: Axes, word: str) -> None:
    """Up is north."""
    axes.annotate(
        word,
        xy=(0.955, 0.965),
        xytext=(0.955, 0.855),
        xycoords="axes fraction",
        textcoords="axes fraction",
        ha="center",
        va="center",
        fontsize=9,
        arrowprops={"arrowstyle": "-|>", "color": charts.INK, "linewidth": 1.4},
    )
