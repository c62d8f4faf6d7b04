"""Marks of pictures that no camera took, or that a program changed afterwards. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# Named by the Software tag or XMP's CreatorTool. Cameras, phones and WeChat name themselves there too.
_EDITORS = re.compile(
    r"photoshop|lightroom|snapseed|gimp|picsart|meitu|美图|醒图|xingtu|beautycam|美颜|faceu|轻颜|b612"
    r"|vsco|canva|pixlr|affinity|paint\.net|acdsee|photoscape|polarr|facetune|darktable|rawtherapee"
    r"|capture one|luminar|inshot|剪映|capcut|remini|稿定|水印|watermark|imagemagick|graphicsmagick",
    re.IGNORECASE,
)
# Pixels of phone screens, shorter side first. A camera's sensor has none of these shapes.
_SCREENS = frozenset(
    {
        (640, 1136),
        (720, 1280),
        (720, 1520),
        (720, 1560),
        (720, 1600),
        (720, 1612),
        (750, 1334),
        (828, 1792),
        (1080, 1920),
        (1080, 2160),
        (1080, 2220),
        (1080, 2280),
        (1080, 2310),
        (1080, 2340),
        (1080, 2376),
        (1080, 2400),
        (1080, 2408),
        (1080, 2412),
        (1125, 2436),
        (1170, 2532),
        (1179, 2556),
        (1206, 2622),
        (1216, 2640),
        (1220, 2712),
        (1224, 2700),
        (1228, 2700),
        (1240, 2772),
        (1242, 2208),
        (1242, 2688),
        (1256, 2760),
        (1260, 2720),
        (1260, 2800),
        (1264, 2780),
        (1284, 2778),
        (1290, 2796),
        (1320, 2868),
        (1344, 2992),
        (1440, 2560),
        (1440, 2960),
        (1440, 3040),
        (1440, 3088),
        (1440, 3120),
        (1440, 3200),
        (1440, 3216),
    }
)


def editor(exif: Mapping[str, Any]) -> str | None:
    """The editing program that the file names; None when it names none that we know."""
    software = exif.get("software")
    return software if software and _EDITORS.search(software) else None


def screenshot(exif: Mapping[str, Any], media_type: str, width: int, height: int) -> bool:
    """Whether it is a picture of a screen: it says so, or has a screen's size and names no camera.

    Phones store screenshots as PNG; what is sent on as JPEG has lost its camera's name as often as not,
    so there the size alone proves nothing.
    """
    if exif.get("screenshot"):
        return True
    camera = exif.get("make") or exif.get("model")
    size = (min(width, height), max(width, height))
    return media_type == "image/png" and not camera and size in _SCREENS
