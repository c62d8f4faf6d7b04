"""Projects and where they stand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from bson import Decimal128, ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    Decimal128Field,
    DictField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.foundation.changes import Tracked

STAGES = (
    "reserve",
    "negotiation",
    "signed",
    "filed",
    "land",
    "started",
    "completed",
    "certificate",
    "production",
    "on_target",
)
PROJECT_KINDS = ("new", "expansion")
LEVELS = ("province", "city", "district")
GOING, SUSPENDED, EXITED = COURSES = ("going", "suspended", "exited")
SIZES = (("gte_500m", Decimal(50_000)), ("100m_500m", Decimal(10_000)), ("under_100m", Decimal(0)))
"""Classes by planned investment, each with the least of it in 万元: from 500 and from 100 million yuan on."""


class Project(Tracked):
    """A project of an enterprise. `site` is a WGS-84 GeoJSON point, `site_radius_m` its extent, `area` a
    GeoJSON polygon where that is known better.

    `unit` is the one unit that it is accounted to, so that sums of units are the district's; where it lies
    (`territorial_unit`) and pays its taxes (`tax_unit`) may be others. `industry` is a code of the
    dictionary of industries. Money is 万元; `promised_sales` and `promised_tax` are a year's, once it is on
    target. `stage` and `course` follow from the entries of its stages. `leader` is the leader it is linked
    to. `platform_id` is what another platform calls it.
    """

    code: str = StringField(required=True)
    name: str = StringField(required=True)
    enterprise: ObjectId | None = ObjectIdField()
    unit: str = StringField(required=True)
    territorial_unit: str | None = StringField()
    tax_unit: str | None = StringField()
    industry: str = StringField(default="")
    stage: str = StringField(required=True, choices=STAGES)
    course: str = StringField(default=GOING, choices=COURSES)
    level: str = StringField(default="district", choices=LEVELS)
    kind: str = StringField(default="new", choices=PROJECT_KINDS)
    investment: Decimal128 | None = Decimal128Field(null=True, default=None)
    equipment_investment: Decimal128 | None = Decimal128Field(null=True, default=None)
    land_mu: Decimal128 | None = Decimal128Field(null=True, default=None)
    promised_sales: Decimal128 | None = Decimal128Field(null=True, default=None)
    promised_tax: Decimal128 | None = Decimal128Field(null=True, default=None)
    promised_jobs: int | None = IntField(null=True, default=None)
    size_class: str | None = StringField(null=True, default=None)
    funding: list[str] = ListField(StringField())
    pools: list[str] = ListField(StringField())
    mechanism_531: list[str] = ListField(StringField())
    site: dict[str, Any] | None = DictField(null=True, default=None)
    site_radius_m: int = IntField(default=500, min_value=1)
    area: dict[str, Any] | None = DictField(null=True, default=None)
    commissioner: ObjectId | None = ObjectIdField()
    leader: ObjectId | None = ObjectIdField()
    platform_id: str | None = StringField()
    historic: bool = BooleanField(default=False)
    synthetic: bool = BooleanField(default=False)
    created_by: ObjectId | None = ObjectIdField()
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime | None = DateTimeField()
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "projects"}


def size_class(investment: Decimal | None) -> str | None:
    """The class of a project by its planned investment (万元); None while that is not known."""
    if investment is None:
        return None
    return next(code for code, least in SIZES if investment >= least)
