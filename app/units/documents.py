"""Areas: where units, the district and whatever else rules speak of lie on the map."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from mongoengine import DateTimeField, DictField, IntField, StringField

from app.foundation.documents import Document

DISTRICT, UNIT, PLACE = AREA_KINDS = ("district", "unit", "place")


class Area(Document):
    """`shape` is a WGS-84 GeoJSON Polygon or MultiPolygon of so many `vertices`.

    `kind` is unit (with the unit's code; one unit may have several areas, and areas of a park and a town
    may overlap), district (its boundary), or place: anything that rules speak of. Of two units whose areas
    both hold a position, the one with the lower `rank` counts. One that was removed has no shape and holds
    nothing; it stays, so that the pack does not bring it back.
    """

    code: str = StringField(required=True)
    name: str = StringField(required=True)
    kind: str = StringField(required=True, choices=AREA_KINDS)
    unit: str | None = StringField()
    rank: int = IntField(default=5, min_value=1, max_value=9)
    shape: dict[str, Any] = DictField(required=True)
    vertices: int = IntField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    removed_at: datetime | None = DateTimeField()
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "areas"}


THERE = {"removed_at": None}
"""What finds the areas that were not removed."""
