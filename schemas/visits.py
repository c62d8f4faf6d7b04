"""Visits over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.foundation.geo import Position
from app.visits.actions import Ending
from app.visits.documents import STATES
from app.visits.track import MOST_POINTS, TrackPoint
from schemas.base import (
    Base,
    ClientId,
    Id,
    Length,
    Moment,
    OneOf,
    PageQuery,
    PositionIn,
    PositionView,
    Range,
    Text,
    View,
)
from schemas.checklists import ChecklistIn
from schemas.evidence import SignatureView

MOST_PHOTOS = 50


class TrackPointIn(PositionIn):
    """Where somebody was at a moment of the visit."""

    at = Moment(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """The point as a value."""
        at = data.pop("at")
        return TrackPoint(Position(**data), at)


def _photos() -> fields.List[Any]:
    return fields.List(Id(), load_default=list, validate=Length(max=MOST_PHOTOS))


def _awaited() -> fields.List[Any]:
    return fields.List(ClientId(), load_default=list, validate=Length(max=MOST_PHOTOS))


def _expected() -> fields.Integer:
    return fields.Integer(strict=True, load_default=None, validate=Range(0, 1000))


def _track() -> fields.List[Any]:
    points = fields.Nested(TrackPointIn)
    return fields.List(points, load_default=list, validate=Length(max=MOST_POINTS))


class VisitDraft(Base):
    """A visit that is not over, as a whole: what is not said is not so (any more)."""

    enterprise_id = Id(load_default=None)
    project_id = Id(load_default=None)
    started_at = Moment(required=True)
    position = fields.Nested(PositionIn, load_default=None)
    note = Text(5000, load_default="")
    photo_ids = _photos()
    photo_client_ids = _awaited()
    expected_photos = _expected()
    checklist = fields.Nested(ChecklistIn, load_default=dict)


class VisitOpen(VisitDraft):
    """A visit as the phone logs it: begun, or with `ended_at` over."""

    client_id = ClientId(required=True)
    ended_at = Moment(load_default=None)
    end_position = fields.Nested(PositionIn, load_default=None)
    track = _track()


class VisitPhotos(Base):
    """More photos of a visit."""

    photo_ids = _photos()
    photo_client_ids = _awaited()


class VisitEnd(Base):
    """Leaving: what is not said stays as the draft has it."""

    ended_at = Moment(required=True)
    position = fields.Nested(PositionIn, load_default=None)
    note = Text(5000, load_default=None)
    track = _track()
    checklist = fields.Nested(ChecklistIn, load_default=None)
    expected_photos = _expected()
    photo_client_ids = _awaited()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Ending:
        """What was said, as a value."""
        return Ending(**data)


class VisitQuery(PageQuery):
    """Which visits."""

    enterprise_id = Id()
    project_id = Id()
    state = fields.String(validate=OneOf(STATES))


class NearQuery(Base):
    """Where one is."""

    latitude = fields.Float(required=True, validate=Range(-90, 90))
    longitude = fields.Float(required=True, validate=Range(-180, 180))
    coord_type = fields.String(load_default="wgs84", validate=OneOf(("wgs84", "gcj02", "bd09")))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The reading as a value."""
        return {"position": Position(**data)}


class MissingView(View):
    """Photos that have not arrived: how many, and those that were named."""

    count = fields.Integer(required=True)
    client_ids = fields.List(fields.String(), required=True)


class VisitSummary(View):
    """A visit in a list."""

    id = Id(required=True)
    client_id = fields.String(required=True)
    state = fields.String(required=True)
    owner_id = Id(required=True)
    enterprise_id = Id(allow_none=True)
    project_id = Id(allow_none=True)
    unit = fields.String(allow_none=True)
    started_at = Moment(required=True)
    ended_at = Moment(allow_none=True)
    duration_s = fields.Integer(allow_none=True)
    position = fields.Nested(PositionView, allow_none=True)
    note = fields.String(required=True)
    photo_ids = fields.List(fields.String(), required=True)
    expected_photos = fields.Integer(allow_none=True)
    missing = fields.Nested(MissingView, required=True)
    checklist = fields.Dict(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class CheckView(View):
    """Arriving or leaving. Metres to the site's centre; `on_site` considers radius and accuracy."""

    at = Moment(required=True)
    position = fields.Nested(PositionView, allow_none=True)
    accuracy_m = fields.Float(allow_none=True)
    distance_to_site_m = fields.Float(allow_none=True)
    on_site = fields.Boolean(allow_none=True)


class TrackView(PositionView):
    """A point of the way."""

    at = Moment(required=True)


class SuggestedIssue(View):
    """A draft of an issue that an answer speaks for; nothing is opened by itself."""

    item = fields.String(required=True)
    kind = fields.Constant("problem")
    category = fields.String(required=True)
    category_name = fields.String(required=True)
    text = fields.String(required=True)


class VisitView(VisitSummary):
    """A visit whole. `track` is null for those who may not see it."""

    check_in = fields.Nested(CheckView, required=True)
    check_out = fields.Nested(CheckView, allow_none=True)
    track = fields.List(fields.Nested(TrackView), allow_none=True)
    issue_ids = fields.List(fields.String(), required=True)
    suggested_issues = fields.List(fields.Nested(SuggestedIssue), required=True)


class ReceiptPhoto(View):
    """A stored original. `stored` says that it lies in the store, under its hash and with its size."""

    id = Id(required=True)
    client_id = fields.String(required=True)
    sha256 = fields.String(required=True)
    size = fields.Integer(required=True)
    received_at = fields.String(required=True, metadata={"format": "date-time"})
    stored = fields.Boolean(required=True)


class ReceiptView(View):
    """What is stored of a visit, signed. Only a `complete` one allows to delete from the phone."""

    visit_id = Id(required=True)
    client_id = fields.String(required=True)
    count = fields.Integer(required=True)
    expected = fields.Integer(required=True)
    complete = fields.Boolean(required=True)
    photos = fields.List(fields.Nested(ReceiptPhoto), required=True)
    missing_client_ids = fields.List(fields.String(), required=True)
    statement = fields.String(required=True)
    made_at = fields.String(required=True, metadata={"format": "date-time"})
    signature = fields.Nested(SignatureView, required=True)


class NearView(View):
    """A place close by."""

    kind = fields.String(required=True, metadata={"enum": ["project", "enterprise"]})
    id = Id(required=True)
    name = fields.String(required=True)
    enterprise_id = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    distance_m = fields.Float(required=True)
    open_issues = fields.Integer(required=True)
    last_visit_at = Moment(allow_none=True)


class NearList(View):
    """The places around, nearest first."""

    items = fields.List(fields.Nested(NearView), required=True)
    total = fields.Integer(required=True)
