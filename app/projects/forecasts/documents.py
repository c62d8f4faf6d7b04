"""How long projects like one another have taken from stage to stage."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from mongoengine import DateTimeField, IntField, StringField

from app.foundation.documents import Document

ALL = "*"
"""Stands for every kind, or every size."""


class Pace(Document):
    """The median `days` from one stage to a later one, of `count` projects of a kind and a size class."""

    kind: str = StringField(required=True)
    size_class: str = StringField(required=True)
    since: str = StringField(required=True)
    until: str = StringField(required=True)
    days: int = IntField(required=True)
    count: int = IntField(required=True)
    made_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "paces"}
