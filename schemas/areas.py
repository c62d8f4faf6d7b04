"""Areas on the map over the wire: GeoJSON (RFC 7946) in, WGS-84 GeoJSON out."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validates_schema
from marshmallow.exceptions import ValidationError

from app.foundation.reasons import Reason
from app.units.actions import Said
from app.units.documents import AREA_KINDS
from app.units.shapes import MOST_VERTICES
from schemas.base import Base, Length, Moment, OneOf, PageQuery, Pattern, Range, Text, View

CODE_PATTERN = r"^[A-Za-z0-9_-]{1,40}$"
MOST_FEATURES = 500
SAME_DATUM = (
    "urn:ogc:def:crs:OGC:1.3:CRS84",
    "urn:ogc:def:crs:OGC::CRS84",
    "EPSG:4326",
    "urn:ogc:def:crs:EPSG::4326",
    "EPSG:4490",
    "urn:ogc:def:crs:EPSG::4490",
)
"""What a file may say its datum is; CGCS2000 (4490) differs from WGS-84 by centimetres."""
_GEOMETRY = {
    "description": f"a GeoJSON Polygon or MultiPolygon, longitude first, {MOST_VERTICES} vertices at most"
}


def _datum() -> fields.String:
    return fields.String(load_default="wgs84", validate=OneOf(("wgs84", "gcj02", "bd09")))


class _Named(Base):
    """What an area is. `unit` is a unit's code, for the kind unit and only there."""

    name = Text(100, least=1, required=True)
    kind = fields.String(required=True, validate=OneOf(AREA_KINDS))
    unit = Text(40, least=1, load_default=None, allow_none=True)
    rank = fields.Integer(load_default=5, strict=True, validate=Range(1, 9))


class AreaIn(_Named):
    """An area as a whole. Where areas of two units overlap, the lower `rank` counts."""

    geometry = fields.Dict(required=True, metadata=_GEOMETRY)
    coord_type = _datum()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Said:
        """What was said, as a value."""
        return Said(**data)


class FeatureProperties(_Named):
    """Of a feature: the area's code and what it is."""

    code = fields.String(required=True, validate=Pattern(CODE_PATTERN))


class FeatureIn(Base):
    """One area of a file. `id` and `bbox` are taken and not used."""

    type = fields.String(required=True, validate=OneOf(("Feature",)))
    properties = fields.Nested(FeatureProperties, required=True)
    geometry = fields.Dict(required=True, metadata=_GEOMETRY)
    id = fields.Raw(load_default=None)
    bbox = fields.Raw(load_default=None)


class AreasImport(Base):
    """A FeatureCollection; `coord_type` is the datum of the whole file. `name` and `bbox` are not used.

    A file of before RFC 7946 may say in `crs` that it is WGS-84 or CGCS2000, nothing else.
    """

    type = fields.String(required=True, validate=OneOf(("FeatureCollection",)))
    features = fields.List(
        fields.Nested(FeatureIn), required=True, validate=Length(min=1, max=MOST_FEATURES)
    )
    coord_type = _datum()
    name = fields.Raw(load_default=None)
    bbox = fields.Raw(load_default=None)
    crs = fields.Dict(load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def same_datum(self, data: dict[str, Any], **_: Any) -> None:
        """Raises ValidationError for a file that says it is in anything else."""
        crs = data["crs"]
        if crs is None:
            return
        properties = crs.get("properties")
        named = properties.get("name") if isinstance(properties, dict) else None
        if named not in SAME_DATUM:
            raise ValidationError({"crs": [Reason("area.other_crs", {"crs": str(named)[:80]})]})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> list[tuple[str, Said]]:
        """Code and content of each area, in the order of the file."""
        return [_stated(each, data["coord_type"]) for each in data["features"]]


def _stated(feature: dict[str, Any], coord_type: Any) -> tuple[str, Said]:
    named = dict(feature["properties"])
    code = named.pop("code")
    return code, Said(**named, geometry=feature["geometry"], coord_type=coord_type)


class AreaQuery(PageQuery):
    """Which areas."""

    kind = fields.String(load_default=None, validate=OneOf(AREA_KINDS))


class AreaSummary(View):
    """An area without its shape."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    unit = fields.String(allow_none=True)
    rank = fields.Integer(required=True)
    vertices = fields.Integer(required=True)
    updated_at = Moment(required=True)


class AreaView(AreaSummary):
    """An area whole, its geometry in WGS-84."""

    geometry = fields.Dict(required=True, attribute="shape")


class ImportLine(View):
    """What became of one feature."""

    code = fields.String(required=True)
    outcome = fields.String(required=True, metadata={"enum": ["made", "changed", "unchanged"]})


class ImportView(View):
    """What became of each feature, in the order of the file."""

    items = fields.List(fields.Nested(ImportLine), required=True)
