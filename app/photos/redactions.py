"""Redactions: what is hidden of a photo in whatever leaves staff, and who looked that nothing else shows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

from app.foundation.documents import Document
from app.photos.documents import Photo

REDACTED = "redacted"
"""What the picture is called among the renditions."""
NONE = "none"
LOOKING, DETECTED, CHECKED = STATES = ("looking", "detected", "checked")


class Redaction(Document):
    """The redaction of one photo, at most one each.

    `boxes` are `boxes.Box` on the view rendition of `width` x `height` pixels; `version` counts how often
    they were stated, 0 while the machine looks for the first time. The picture in which they are hidden
    lies under `key` and shows the boxes of version `made`. `checked` {by, by_name, role, at} is the staff
    person who looked at that picture. `problem` says why the machine could not look; `client_id` and
    `fingerprint` are of the last statement.
    """

    photo: ObjectId = ObjectIdField(required=True)
    state: str = StringField(required=True, choices=STATES)
    version: int = IntField(default=0)
    boxes: list[dict[str, Any]] = ListField(DictField())
    width: int | None = IntField(null=True, default=None)
    height: int | None = IntField(null=True, default=None)
    detector: str | None = StringField(null=True, default=None)
    problem: str | None = StringField(null=True, default=None)
    made: int = IntField(default=0)
    key: str | None = StringField(null=True, default=None)
    checked: dict[str, Any] | None = DictField(null=True, default=None)
    client_id: str | None = StringField(null=True, default=None)
    fingerprint: str | None = StringField(null=True, default=None)
    updated_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "redactions"}


def of(photo: ObjectId) -> Redaction | None:
    """The photo's redaction, if anybody has asked for one."""
    return Redaction.objects(photo=photo).first()  # type: ignore[no-any-return]


def key_of(photo: ObjectId) -> str | None:
    """Where the picture lies in which the boxes as they are now are hidden; None until it is made."""
    found = of(photo)
    return found.key if found is not None and is_made(found) else None


def is_made(redaction: Redaction) -> bool:
    """Whether there is a picture that shows the boxes as they are now."""
    return redaction.key is not None and redaction.made == redaction.version > 0


def releasable(photos: Iterable[ObjectId]) -> dict[ObjectId, str]:
    """Of these photos those that may leave staff: where the picture lies that may.

    Looked at by a person as it is now; hidden ones and those that are not ready never.
    """
    query = {"photo": {"$in": list(photos)}, "state": CHECKED, "key": {"$ne": None}}
    same = {"$expr": {"$eq": ["$made", "$version"]}}
    found = {row["photo"]: row["key"] for row in Redaction.rows().find({**query, **same})}
    shown = {"_id": {"$in": list(found)}, "state": "ready", "hidden": None}
    return {row["_id"]: found[row["_id"]] for row in Photo.rows().find(shown, {"_id": 1})}
