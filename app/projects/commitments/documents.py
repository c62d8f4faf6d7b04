"""标准地+承诺制: what the firm of a project committed itself to with the land, as entries."""

from __future__ import annotations

from typing import Any, ClassVar

from bson import Decimal128, ObjectId
from mongoengine import Decimal128Field, ObjectIdField, StringField

from app.foundation.entries import Entry

DEADLINES = ("start_by", "complete_by", "production_by", "on_target_by")


class Commitment(Entry):
    """What a project's firm committed itself to on the day `signed_on`; all else may be null: not promised.

    `intensity` is fixed investment per mu and `tax_per_mu` a year's tax per mu (万元/亩), `sales` a year's
    (万元), both once it is on target; `floor_ratio` is floor area over land (容积率). Days are local. What
    that ratio came to is not in the ledger: it is stated, with its source. `about` is `{project}`.
    """

    project: ObjectId = ObjectIdField(required=True)
    signed_on: str = StringField(required=True)
    intensity: Decimal128 | None = Decimal128Field(null=True, default=None)
    tax_per_mu: Decimal128 | None = Decimal128Field(null=True, default=None)
    sales: Decimal128 | None = Decimal128Field(null=True, default=None)
    floor_ratio: Decimal128 | None = Decimal128Field(null=True, default=None)
    start_by: str | None = StringField(null=True, default=None)
    complete_by: str | None = StringField(null=True, default=None)
    production_by: str | None = StringField(null=True, default=None)
    on_target_by: str | None = StringField(null=True, default=None)
    floor_ratio_actual: Decimal128 | None = Decimal128Field(null=True, default=None)
    floor_ratio_source: str | None = StringField(null=True, default=None)
    note: str | None = StringField(null=True, default=None)

    meta: ClassVar[dict[str, Any]] = {"collection": "commitments"}
