"""Monthly figures and annual plans as entries, and the months that are locked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import Decimal128, ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    Decimal128Field,
    IntField,
    ObjectIdField,
    StringField,
)

from app.foundation.documents import Document
from app.foundation.entries import Entry

PROJECT, ENTERPRISE = SUBJECTS = ("project", "enterprise")
MONEY = ("planned_investment", "actual_investment", "paid_in", "sales", "tax")
MEASURES = (*MONEY, "jobs")


class FigureEntry(Entry):
    """What a `month` (`2026-11`) brought a project, or an enterprise as a whole (`subject` of a `kind`).

    Money is 万元: planned and actual investment, paid-in funds, invoiced sales and tax of that month alone;
    `jobs` are heads at its end. What is not stated is null, which is not 0. `correction`: entered after the
    month was locked. `about` is `{kind}:{subject}:{month}`.
    """

    kind: str = StringField(required=True, choices=SUBJECTS)
    subject: ObjectId = ObjectIdField(required=True)
    month: str = StringField(required=True)
    planned_investment: Decimal128 | None = Decimal128Field(null=True, default=None)
    actual_investment: Decimal128 | None = Decimal128Field(null=True, default=None)
    paid_in: Decimal128 | None = Decimal128Field(null=True, default=None)
    sales: Decimal128 | None = Decimal128Field(null=True, default=None)
    tax: Decimal128 | None = Decimal128Field(null=True, default=None)
    jobs: int | None = IntField(null=True, default=None)
    basis: str = StringField(default="")
    correction: bool = BooleanField(default=False)

    meta: ClassVar[dict[str, Any]] = {"collection": "figure_entries"}


class PlanEntry(Entry):
    """What a project is to invest in a `year`, 万元. The first of a year stays the first, whatever follows.

    `first` is that first plan's investment, carried along. `about` is `{project}:{year}`.
    """

    project: ObjectId = ObjectIdField(required=True)
    year: int = IntField(required=True)
    investment: Decimal128 = Decimal128Field(required=True)
    first: Decimal128 = Decimal128Field(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "plan_entries"}


class MonthLock(Document):
    """A month that is closed for the district: what is entered of it later is a correction, with a reason."""

    month: str = StringField(required=True)
    by: ObjectId = ObjectIdField(required=True)
    at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "month_locks"}


def about_figure(kind: str, subject: ObjectId, month: str) -> str:
    """Of what monthly figures are."""
    return f"{kind}:{subject}:{month}"


def about_plan(project: ObjectId, year: int) -> str:
    """Of what an annual plan is."""
    return f"{project}:{year}"
