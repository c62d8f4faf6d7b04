"""Departments: every body that can hold a ticket, units and the dispatch desk among them."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BooleanField, StringField

from app.foundation.documents import Document


class Department(Document):
    """`code` is the district pack's; `kind` is bureau, company, unit or desk; `unit` for those of a unit."""

    code: str = StringField(required=True)
    name: str = StringField(required=True)
    kind: str = StringField(required=True)
    unit: str | None = StringField()
    active: bool = BooleanField(default=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "departments"}
