"""Projects and where they stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import BooleanField, DateTimeField, DictField, IntField, ObjectIdField, StringField

from app.foundation.documents import Document

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


class Project(Document):
    """A project of an enterprise. `site` is a WGS-84 GeoJSON point, `site_radius_m` its extent."""

    code: str = StringField(required=True)
    name: str = StringField(required=True)
    enterprise: ObjectId | None = ObjectIdField()
    unit: str = StringField(required=True)
    stage: str = StringField(required=True, choices=STAGES)
    level: str = StringField(default="district")
    kind: str = StringField(default="new")
    site: dict[str, Any] | None = DictField(null=True, default=None)
    site_radius_m: int = IntField(default=500, min_value=1)
    commissioner: ObjectId | None = ObjectIdField()
    synthetic: bool = BooleanField(default=False)
    created_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "projects"}
