"""Maps over the wire: GeoJSON (RFC 7946), and the records behind it."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from app.boards.tiles import DEEPEST, LEVELS, Box
from app.foundation.geo import Position
from app.foundation.reasons import Reason
from schemas.base import Base, Id, Moment, OneOf, PageQuery, Pattern, Range, Text, View
from schemas.rates import Shaped

DATUMS = ("wgs84", "gcj02")
_NUMBER = r"-?\d{1,3}(\.\d{1,20})?"
BOX = rf"^{_NUMBER}(,{_NUMBER}){{3}}$"
_LENGTHS = "|".join(f"[0-3]{{{each}}}" for each in LEVELS)


class MapBase(Base):
    """What of a map: one state, one category, as of a moment that boards keep; and whose.

    Of `unit`, `department_id`, `person_id`, `enterprise_id`, `restricted` one at most; with none it is the
    widest that is one's own. `coord_type` is that of all coordinates, in and out.
    """

    state = Text(40, least=1)
    category = Text(40, least=1)
    as_of = Moment()
    unit = Text(40, least=1)
    department_id = Id()
    person_id = Id()
    enterprise_id = Id()
    restricted = fields.Boolean(load_default=False)
    coord_type = fields.String(load_default="wgs84", validate=OneOf(DATUMS))


class MapQuery(MapBase):
    """A box `west,south,east,north` in degrees, and the zoom of web-mercator that it is shown at."""

    bbox = fields.String(required=True, validate=Pattern(BOX))
    zoom = fields.Integer(required=True, validate=Range(0, 22))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """With `bbox` in WGS-84. Raises ValidationError for one that is none."""
        west, south, east, north = (float(each) for each in data["bbox"].split(","))
        fits = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
        if not fits:
            raise ValidationError({"bbox": [Reason("maps.box")]})
        (left, bottom), (right, top) = (
            _wgs84(*corner, data["coord_type"]) for corner in ((west, south), (east, north))
        )
        box: Box = (left, bottom, right, top)
        return {**data, "bbox": box}


class MapRecordsQuery(MapBase, PageQuery):
    """The records in a `tile`, or those `nowhere`: of no known place."""

    tile = fields.String(validate=Pattern(f"^({_LENGTHS})$"))
    nowhere = fields.Boolean(load_default=False)

    @validates_schema(skip_on_field_errors=True)
    def one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        """Raises ValidationError for both, or neither."""
        if ("tile" in data) == data["nowhere"]:
            raise ValidationError({"tile": [Reason("maps.tile")]})


class MapGeometryView(View):
    """A point: longitude, latitude."""

    type = fields.String(required=True, validate=OneOf(("Point",)))
    coordinates = fields.List(fields.Float(), required=True)


class MapPropertiesView(View):
    """Of a cluster: how many, of each state, its tile with its edges, and the call that lists exactly these.

    Of a single record (`cluster` false): what it is called, where it stands; no more than its state where
    the viewer may see it no longer.
    """

    cluster = fields.Boolean(required=True)
    count = fields.Integer(required=True)
    states = fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True)
    tile = fields.String(allow_none=True)
    bounds = fields.List(fields.Float(), allow_none=True)
    opens = fields.String(allow_none=True)
    id = fields.String(allow_none=True)
    number = fields.String(allow_none=True)
    name = fields.String(allow_none=True)
    state = fields.String(allow_none=True)
    state_name = fields.String(allow_none=True)


class MapFeatureView(View):
    """A cluster or a record; without a geometry where the viewer may not see it."""

    type = fields.String(required=True, validate=OneOf(("Feature",)))
    geometry = fields.Nested(MapGeometryView, required=True, allow_none=True)
    properties = fields.Nested(MapPropertiesView, required=True)


class MapNowhereView(View):
    """How many have no known place, and the call that lists them."""

    count = fields.Integer(required=True)
    opens = fields.String(required=True)


class MapStateView(View):
    """How many of a state the tiles have that the box touches."""

    state = fields.String(required=True)
    name = fields.String(required=True)
    count = fields.Integer(required=True)


class MapView(View):
    """A FeatureCollection. `total` is that of all tiles of `level` that the box touches, all of `as_of`.

    Coordinates are of `coord_type`: `gcj02` is for maps that want it, and no RFC 7946.
    """

    type = fields.String(required=True, validate=OneOf(("FeatureCollection",)))
    features = fields.List(Shaped(MapFeatureView), required=True)
    map = fields.String(required=True)
    as_of = Moment(required=True)
    coord_type = fields.String(required=True)
    level = fields.Integer(required=True, validate=Range(LEVELS[0], DEEPEST))
    clustered = fields.Boolean(required=True)
    total = fields.Integer(required=True)
    states = fields.List(fields.Nested(MapStateView), required=True)
    nowhere = fields.Nested(MapNowhereView, required=True)


class MapRecordView(View):
    """A record. All but `state` is null where the viewer may know of it no more."""

    id = fields.String(required=True, allow_none=True)
    number = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    unit = fields.String(required=True, allow_none=True)
    latitude = fields.Float(required=True, allow_none=True)
    longitude = fields.Float(required=True, allow_none=True)


class MapRecordsView(View):
    """The records of a cluster; `total` is its count at `as_of`, `state` that of then."""

    map = fields.String(required=True)
    as_of = Moment(required=True)
    coord_type = fields.String(required=True)
    items = fields.List(fields.Nested(MapRecordView), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)


def _wgs84(longitude: float, latitude: float, datum: Any) -> tuple[float, float]:
    latitude, longitude = Position(latitude, longitude, datum).wgs84()
    return longitude, latitude
