"""What the rates are read from: standings of projects, cells of their sums, and what projects once were."""

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

from app.foundation.changes import Tracked
from app.foundation.documents import Document


class Particulars(Document):
    """What a standing holds of the project itself: its unit, its promises and so on. Money 万元, land mu."""

    code: str = StringField(required=True)
    name: str = StringField(required=True)
    enterprise: ObjectId | None = ObjectIdField(null=True, default=None)
    unit: str = StringField(required=True)
    industry: str = StringField(default="")
    level: str = StringField(required=True)
    kind: str = StringField(required=True)
    size_class: str | None = StringField(null=True, default=None)
    leader: ObjectId | None = ObjectIdField(null=True, default=None)
    commissioner: ObjectId | None = ObjectIdField(null=True, default=None)
    investment: Decimal128 | None = Decimal128Field(null=True, default=None)
    promised_sales: Decimal128 | None = Decimal128Field(null=True, default=None)
    promised_tax: Decimal128 | None = Decimal128Field(null=True, default=None)
    land_mu: Decimal128 | None = Decimal128Field(null=True, default=None)

    meta: ClassVar[dict[str, Any]] = {"abstract": True, "auto_create_index": False}


class StoredStanding(Particulars, Tracked):
    """The standing of a project, under the project's id: `standing.Standing` as `standing.row_of` stores it.

    Made anew by `restanding`, which alone writes it; `version` guards that. Days are local text
    (`2026-11-24`): `dates` by stage, `planned` by stage, `suspensions` {since, until}; `years` by `"2026"`
    {first, plan, actual of twelve months}; `pledged` {pledge, phase, since, came}.
    """

    dates: dict[str, str] = DictField()
    planned: dict[str, str] = DictField()
    course: str = StringField(required=True)
    suspended_since: str | None = StringField(null=True, default=None)
    suspensions: list[dict[str, Any]] = ListField(DictField())
    exited_on: str | None = StringField(null=True, default=None)
    on_target_on: str | None = StringField(null=True, default=None)
    years: dict[str, Any] = DictField()
    invested: Decimal128 | None = Decimal128Field(null=True, default=None)
    paid_in: Decimal128 | None = Decimal128Field(null=True, default=None)
    zero_months: int = IntField(default=0)
    sales12: Decimal128 | None = Decimal128Field(null=True, default=None)
    tax12: Decimal128 | None = Decimal128Field(null=True, default=None)
    last_month: str | None = StringField(null=True, default=None)
    phased: bool = BooleanField(default=False)
    pledged: list[dict[str, Any]] = ListField(DictField())
    made_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "standings"}


class PastParticulars(Particulars):
    """What the standing of a `project` was made with, from `known_at` to before `superseded_at`.

    With the entries as they were known then, this gives the standing as it was then.
    """

    project: ObjectId = ObjectIdField(required=True)
    known_at: datetime = DateTimeField(required=True)
    superseded_at: datetime | None = DateTimeField(null=True, default=None)

    meta: ClassVar[dict[str, Any]] = {"collection": "standing_particulars"}


class Cell(Document):
    """The sums of `rollups`: one `span` (a month or year, by `kind`) of one group of a `family`.

    Beside the numbers it holds the fields of its family. Only `restanding` and `rebuilding` write it.
    """

    family: str = StringField(required=True)
    kind: str = StringField(required=True)
    span: str = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "rate_cells", "strict": False}
