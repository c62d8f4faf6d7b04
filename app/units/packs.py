"""The areas that the district pack brings (`areas.geojson`): put on the map where there never was one.

What admins stated or removed stands: a pack says how the map begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app.foundation.errors import Invalid
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.units.actions import Content, Said, bring, checked
from app.units.documents import AREA_KINDS
from config.pack import Pack
from config.strict_yaml import Entry, coded

FILE = "areas.geojson"


def bring_in(pack: Pack, now: datetime) -> list[str]:
    """Make the areas of the pack that never were; the codes of those made.

    Raises PackError naming the area and what is wrong with it.
    """
    return [code for code, content in stated(pack) if bring(code, content, now)]


def stated(pack: Pack) -> Iterator[tuple[str, Content]]:
    """Code and content of each area of the pack. Raises PackError."""
    if not pack.areas:
        return
    units = {each.code for each in pack.units}
    whole = Entry.of(dict(pack.areas), FILE, {"type", "features"}, {"name", "bbox"})
    whole.choice("type", ("FeatureCollection",))
    features = [_feature(raw, n) for n, raw in enumerate(whole.items("features"), 1)]
    shapes = [feature.raw["geometry"] for feature in features]
    named = [feature.raw["properties"] for feature in features]
    for entry, shape in zip(
        coded(named, f"{FILE}, area", {"name", "kind"}, {"unit", "rank"}), shapes, strict=True
    ):
        yield entry.text("code"), _content(entry, shape, units)


def _feature(raw: Any, number: int) -> Entry:
    feature = Entry.of(raw, f"{FILE}, feature {number}", {"type", "properties", "geometry"}, set())
    feature.choice("type", ("Feature",))
    return feature


def _content(entry: Entry, shape: Any, units: set[str]) -> Content:
    said = Said(
        name=entry.text("name"),
        kind=entry.choice("kind", AREA_KINDS),
        unit=entry.text_or_none("unit"),
        rank=entry.whole("rank", 1, 9) if "rank" in entry.raw else 5,
        geometry=shape,
    )
    try:
        return checked(said, units)
    except Invalid as error:
        whys = [_words(why) for reasons in error.fields.values() for why in reasons]
        raise entry.fail(f"{error.code}: {'; '.join(whys)}") from error


def _words(why: str | Reason) -> str:
    return say(why.code, "en", **why.params) if isinstance(why, Reason) else why
