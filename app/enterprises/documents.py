"""Enterprises of the district."""

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
    ListField,
    ObjectIdField,
    StringField,
)
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as StdnumError

from app.foundation.changes import Tracked
from app.foundation.entries import Entry
from app.foundation.errors import Invalid

NEW, POTENTIAL, RISING, ABOVE_SCALE = GROWTH = ("new", "potential", "rising", "above_scale")
"""新建, 潜力, 上规, 规上: to come on target, to be nursed, to be entered, to grow on."""


class Enterprise(Tracked):
    """`credit_code` is the unified social credit code (GB 32100-2015); `site` a WGS-84 GeoJSON point.

    A `provisional` one was named by somebody (`created_by`) who filed for it, and is to be completed: it
    has no credit code, and a unit only if that was known. `industry` is what the business register says,
    `sector` a code of the dictionary of industries. Days are local (`2026-11-24`). `contacts` are
    {name, phone?, title?} of people who are not here themselves.
    """

    credit_code: str | None = StringField()
    name: str = StringField(required=True)
    unit: str | None = StringField()
    industry: str = StringField(default="")
    sector: str = StringField(default="")
    address: str = StringField(default="")
    site: dict[str, Any] | None = DictField(null=True, default=None)
    land_owned_mu: Decimal128 | None = Decimal128Field(null=True, default=None)
    land_leased_mu: Decimal128 | None = Decimal128Field(null=True, default=None)
    founded_on: str | None = StringField(null=True, default=None)
    production_on: str | None = StringField(null=True, default=None)
    growth_class: str | None = StringField(null=True, default=None)
    tags: list[str] = ListField(StringField())
    contacts: list[dict[str, Any]] = ListField(DictField())
    commissioner: ObjectId | None = ObjectIdField()
    provisional: bool = BooleanField(default=False)
    platform_id: str | None = StringField()
    historic: bool = BooleanField(default=False)
    created_by: ObjectId | None = ObjectIdField()
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()
    synthetic: bool = BooleanField(default=False)
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime | None = DateTimeField()
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "enterprises"}


ENTERED, LEFT = SCALE_EVENTS = ("entered", "left")


class ScaleEntry(Entry):
    """进规纳统: on a day an enterprise `entered` the statistics of enterprises above scale, or `left` them.

    `turn` counts them from 1. `about` is `{enterprise}:{event}:{turn}`.
    """

    enterprise: ObjectId = ObjectIdField(required=True)
    event: str = StringField(required=True, choices=SCALE_EVENTS)
    turn: int = IntField(default=1)
    on: str = StringField(required=True)
    photos: list[ObjectId] = ListField(ObjectIdField())
    evidence_missing: bool = BooleanField(default=False)

    meta: ClassVar[dict[str, Any]] = {"collection": "scale_entries"}


def credit_code(text: str) -> str:
    """The code in half-width upper case. Raises Invalid when GB 32100-2015 says it cannot be one."""
    half_width = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    try:
        return str(uscc.validate(half_width.strip().upper()))
    except StdnumError as error:
        raise Invalid("enterprise.credit_code_invalid", text=text) from error
