"""Parcels of land and commitments over the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.projects.commitments import register as commitments
from app.projects.land import register as land
from app.projects.land.states import STATES
from schemas.base import Base, ClientId, Id, Moment, OneOf, PageQuery, Text, View
from schemas.ledger import content_of, view_of

_OWN = ("area", "reason", "client_id")


def _apart(data: dict[str, Any]) -> dict[str, Any]:
    """The fields of the register as one mapping, beside what is the operation's own."""
    own = {name: data.pop(name) for name in _OWN if name in data}
    return {**own, "row": data}


class _Parcel(content_of(land.REGISTER, "_ParcelFields")):  # type: ignore[misc]
    area = fields.Dict(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{row, area} and what else is the operation's own."""
        return _apart(data)


class ParcelIn(_Parcel):
    """A new parcel. `area` is a GeoJSON Polygon or MultiPolygon in WGS-84."""

    client_id = ClientId(required=True)


class ParcelContent(_Parcel):
    """A parcel as a whole; what is left out is empty. With a `reason` it is a correction."""

    reason = Text(500, load_default="")


class ParcelsQuery(PageQuery):
    """Which parcels; `q` is part of a code or name."""

    q = Text(60, least=1, load_default=None)
    unit = Text(40, least=1, load_default=None)
    state = fields.String(load_default=None, validate=OneOf(STATES))
    project_id = Id(load_default=None)


class ParcelView(
    view_of(  # type: ignore[misc]
        land.REGISTER,
        "_ParcelView",
        more={
            "id": Id(required=True),
            "state_name": fields.String(required=True),
            "project_id": Id(allow_none=True),
            "area": fields.Dict(allow_none=True),
            "created_at": Moment(required=True),
            "updated_at": Moment(allow_none=True),
        },
    )
):
    """A parcel. Land is mu as text, `project` the code of the project that uses it."""


class ParcelStepView(View):
    """A change of a parcel; `before` and `after` hold the fields that changed."""

    action = fields.String(required=True)
    by = fields.String(attribute="by_name", required=True)
    role = fields.String(required=True)
    at = Moment(required=True)
    reason = fields.String(attribute="text", required=True)
    before = fields.Dict(required=True)
    after = fields.Dict(required=True)


class LandAmountView(View):
    """So many parcels with so many mu together."""

    parcels = fields.Integer(required=True)
    mu = fields.String(required=True)


class LandStateView(LandAmountView):
    """The same of one state."""

    state = fields.String(required=True)
    state_name = fields.String(required=True)


class LandSumsView(LandAmountView):
    """The sums of a unit, or of all where `unit` is null, and by state."""

    unit = fields.String(allow_none=True)
    states = fields.List(fields.Nested(LandStateView), required=True)


class ParcelSumsView(View):
    """The sums of all parcels that one may see, and of each unit that has any."""

    whole = fields.Nested(LandSumsView, required=True)
    units = fields.List(fields.Nested(LandSumsView), required=True)


class CommitmentIn(content_of(commitments.REGISTER, "_CommitmentFields", without=("project",))):  # type: ignore[misc]
    """What a project's firm committed itself to. What is left out stays as it was; null is: not promised."""

    client_id = ClientId(required=True)
    reason = Text(500, load_default="")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """{row, client_id, reason}."""
        return _apart(data)


class CommitmentsQuery(Base):
    """With `history` all entries, those that were superseded too."""

    history = fields.Boolean(load_default=False)


class CommitmentView(
    view_of(  # type: ignore[misc]
        commitments.REGISTER,
        "_CommitmentView",
        without=("project",),
        more={
            "id": Id(required=True),
            "by": fields.String(required=True),
            "source": fields.String(required=True),
            "reason": fields.String(required=True),
            "known_at": Moment(required=True),
            "superseded_at": Moment(allow_none=True),
            "void": fields.Boolean(required=True),
        },
    )
):
    """A commitment as it was entered. Amounts are text: 万元, 万元 per mu, a ratio."""


class ItemComparedView(View):
    """An item beside its actual. Amounts and days are text; the gap of a day counts days, late above 0.

    `met`: yes, no, not_due, unknown. `source` is who states a floor-area ratio.
    """

    item = fields.String(required=True)
    item_name = fields.String(required=True)
    promised = fields.String(required=True)
    actual = fields.String(allow_none=True)
    gap = fields.String(allow_none=True)
    met = fields.String(required=True)
    met_name = fields.String(required=True)
    source = fields.String(required=True)


class CommitmentsView(View):
    """The commitment of a project now, null if there is none, and how it goes."""

    current = fields.Nested(CommitmentView, allow_none=True)
    comparison = fields.List(fields.Nested(ItemComparedView), required=True)
    history = fields.List(fields.Nested(CommitmentView), required=True)
