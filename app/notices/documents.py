"""Notices: what a person is told, in the inbox of the app."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, ObjectIdField, StringField

from app.foundation.changes import Tracked


class Notice(Tracked):
    """One person told of one event. `row` is the history row that caused it; both are unique together.

    It is of an issue, a visit or a photo. The words are made on reading, from the catalogue, with `params`.
    """

    person: ObjectId = ObjectIdField(required=True)
    event: str = StringField(required=True)
    row: ObjectId = ObjectIdField(required=True)
    issue: ObjectId | None = ObjectIdField()
    visit: ObjectId | None = ObjectIdField()
    photo: ObjectId | None = ObjectIdField()
    params: dict[str, Any] = DictField()
    created_at: datetime = DateTimeField(required=True)
    read_at: datetime | None = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "notices"}
