"""Parcels of land, from planning to use and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import Decimal128, ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    Decimal128Field,
    DictField,
    IntField,
    ObjectIdField,
    StringField,
)

from app.foundation.changes import Tracked
from app.projects.land.states import STATES


class Parcel(Tracked):
    """A parcel of `mu` in a unit, in its state since a day (`2026-11-24`, local; null is unknown).

    `project` is whose it is to use. `contract_start_on` is the day by which the land contract wants building
    to begin, `developed_percent` the share of its area on which it did. `area` is GeoJSON in WGS-84.
    """

    code: str = StringField(required=True)
    name: str | None = StringField(null=True, default=None)
    unit: str = StringField(required=True)
    mu: Decimal128 = Decimal128Field(required=True)
    state: str = StringField(required=True, choices=STATES)
    since: str | None = StringField(null=True, default=None)
    project: ObjectId | None = ObjectIdField(null=True, default=None)
    contract_start_on: str | None = StringField(null=True, default=None)
    developed_percent: int | None = IntField(null=True, default=None)
    note: str | None = StringField(null=True, default=None)
    area: dict[str, Any] | None = DictField(null=True, default=None)
    platform_id: str | None = StringField()
    historic: bool = BooleanField(default=False)
    created_by: ObjectId | None = ObjectIdField()
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime | None = DateTimeField()
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "parcels"}
