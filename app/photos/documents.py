"""Photos: one original, never altered, with what the device, the EXIF and the server each say of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FloatField,
    IntField,
    ListField,
    LongField,
    ObjectIdField,
    StringField,
)

from app.foundation.changes import Tracked

STATES = ("stored", "ready", "quarantined", "failed")
EVIDENCE, PREVIEW = ROLES = ("evidence", "preview")
LINKED = ("issue", "visit", "ticket", "project", "enterprise", "claim")
VERDICTS = ("accepted", "rejected")


class Link(EmbeddedDocument):
    """What it was attached to: an issue, a visit, a ticket, the ledger of a project or firm, a claim."""

    thing: str = StringField(required=True, choices=LINKED)
    thing_id: ObjectId = ObjectIdField(required=True)


class Photo(Tracked):
    """One person's photo. Positions and times are kept side by side, never merged.

    `device` is `Position.stored()` as the phone sent it; `exif` what the file says (WGS-84 degrees).
    `site` is {point, radius_m, name?, project?} of the first thing it was attached to, `arrived_at` the
    start of the first visit. `shot_at` is the phone's time after its clock was corrected, `spot` its fix to
    seven digits; both are there to be looked up. `signals` are facts that processing gathered once, `copies`
    earlier photos with the same file or the same look, `cautions` what was odd when it was received.
    A preview is replaced by the original that names its client_id in `replaces`. `hidden` {at, by, by_name,
    reason, issue}: it was attached to the wrong thing, and only owner and inspectors see it.
    """

    owner: ObjectId = ObjectIdField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    state: str = StringField(required=True, choices=STATES, default="stored")
    sha256: str = StringField(required=True)
    key: str = StringField(required=True)
    size: int = LongField(required=True)
    media_type: str = StringField(required=True)
    short_code: str | None = StringField()
    role: str = StringField(required=True, choices=ROLES, default=EVIDENCE)
    replaces: str | None = StringField()
    replaced_by: ObjectId | None = ObjectIdField()
    width: int = IntField(required=True)
    height: int = IntField(required=True)
    device: dict[str, Any] | None = DictField(null=True, default=None)
    device_taken_at: datetime | None = DateTimeField()
    device_id: str | None = StringField()
    heading: float | None = FloatField()
    mock_location: bool | None = BooleanField()
    capture_token: str | None = StringField()
    token_received_at: datetime | None = DateTimeField()
    shot_at: datetime | None = DateTimeField()
    spot: str | None = StringField()
    exif: dict[str, Any] | None = DictField(null=True, default=None)
    site: dict[str, Any] | None = DictField(null=True, default=None)
    arrived_at: datetime | None = DateTimeField()
    signals: dict[str, Any] | None = DictField(null=True, default=None)
    copies: list[dict[str, Any]] = ListField(DictField())
    likeness: dict[str, Any] | None = DictField(null=True, default=None)
    cautions: list[dict[str, Any]] = ListField(DictField())
    renditions: dict[str, str] = DictField()
    share: dict[str, Any] | None = DictField(null=True, default=None)
    problem: str | None = StringField()
    verdict: str | None = StringField(choices=VERDICTS)
    hidden: dict[str, Any] | None = DictField(null=True, default=None)
    links: list[Link] = ListField(EmbeddedDocumentField(Link))
    received_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "photos"}
