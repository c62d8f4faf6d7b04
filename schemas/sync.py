"""A phone's outbox in, what changed for it out."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from schemas.base import (
    Base,
    ClientId,
    ErrorView,
    Id,
    Length,
    Moment,
    OneOf,
    Range,
    Text,
    View,
)
from schemas.issues import IssueSummary
from schemas.notices import NoticeView
from schemas.people import CaptureView
from schemas.photos import PhotoReceipt
from schemas.tickets import WordsIn
from schemas.visits import VisitSummary

TYPES = ("visit", "issue", "note")

# Entries are judged one by one, so the call as a whole takes anything for an entry.
_ENTRY: dict[str, Any] = {
    "description": "{type: visit | issue | note, client_id, body}. `body` is that of POST /visits or "
    "/issues, of a note {ticket_id, text, internal?, photo_ids?}; its client_id may be left out.",
    "example": {
        "type": "note",
        "client_id": "8f14e45f-ceea-467f-a8a9-0b1c2d3e4f50",
        "body": {"ticket_id": "0123456789abcdef01234567", "text": "已到现场"},
    },
}


class OutboxIn(Base):
    """What a phone could not send yet, in any order."""

    entries = fields.List(
        fields.Raw(allow_none=True, metadata=_ENTRY), required=True, validate=Length(1, 100)
    )


class EntryIn(Base):
    """One of them, whatever its body."""

    type = fields.String(required=True, validate=OneOf(TYPES))
    client_id = ClientId(required=True)
    body = fields.Dict(required=True)


class NoteEntry(WordsIn):
    """A note, and the ticket it is on."""

    ticket_id = Id(required=True)


class OutcomeView(View):
    """What became of an entry: created, replayed, conflict (409) or rejected, then with the error.

    `id` is the visit's or issue's, of a note its ticket's.
    """

    client_id = fields.String(allow_none=True)
    outcome = fields.String(required=True)
    id = fields.String(allow_none=True)
    number = fields.String(allow_none=True)
    error = fields.Nested(ErrorView, allow_none=True)


class OutboxView(View):
    """What became of the entries, in the order they were sent."""

    results = fields.List(fields.Nested(OutcomeView), required=True)


class SyncQuery(Base):
    """From where on: the cursor of the last answer, none at first."""

    cursor = Text(4000, least=1)
    limit = fields.Integer(load_default=100, validate=Range(1, 200))


class SyncView(View):
    """What changed, each as it is now. `reset` says that all follows anew: forget what you had.

    Go on with `cursor`, at once as long as it `has_more`.
    """

    issues = fields.List(fields.Nested(IssueSummary), required=True)
    visits = fields.List(fields.Nested(VisitSummary), required=True)
    notices = fields.List(fields.Nested(NoticeView), required=True)
    photos = fields.List(fields.Nested(PhotoReceipt), required=True)
    cursor = fields.String(required=True)
    has_more = fields.Boolean(required=True)
    reset = fields.Boolean(required=True)
    server_time = Moment(required=True)
    capture = fields.Nested(CaptureView, required=True)
