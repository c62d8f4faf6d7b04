"""Uploads in pieces, and asking what need not be sent at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import structlog
from flask import current_app, request
from flask.views import MethodView
from werkzeug.exceptions import ClientDisconnected, HTTPException

from app.api import auth, photo_views
from app.api.operation import Blueprint
from app.foundation import clock
from app.foundation.errors import DomainError, UnsupportedMedia
from app.gateways.store import Store
from app.people.access import require
from app.photos import uploads
from app.photos.actions import Shot
from schemas.uploads import (
    OCTETS,
    OffsetQuery,
    PhotoCheck,
    PhotoCheckView,
    UploadBegin,
    UploadView,
)

log = structlog.get_logger(__name__)

blueprint = Blueprint("uploads", __name__, description="断点续传")

BLOCK = 64 * 1024
SILENCE_SECONDS = 20.0
"""So long may a phone say nothing in the midst of its bytes before we take it for gone."""
PATIENCE_SECONDS = 10.0
"""So long we listen to what is refused: whoever still speaks when we hang up may never hear why."""


def _store() -> Store:
    return current_app.extensions["store"]  # type: ignore[no-any-return]


@blueprint.route("/uploads")
class Uploads(MethodView):
    @blueprint.operation(body=UploadBegin, shows=UploadView, status=201, also=(200,))
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Announce a photo that will come in pieces. 201 means new, 200 that it was announced before."""
        size, media_type = body.pop("size"), body.pop("media_type")
        who, shot = auth.me(), Shot(**body)
        stands, new = uploads.begin(who, shot, size, media_type, _store(), clock.now())
        return _view(stands), 201 if new else 200


@blueprint.route("/uploads/<oid:key>")
class OneUpload(MethodView):
    @blueprint.operation(shows=UploadView, also=(404,))
    def get(self, key: str) -> dict[str, Any]:
        """Where an upload stands: ask after a cut, then go on from `offset`."""
        return _view(uploads.look(auth.me(), key, _store()))

    @blueprint.doc(requestBody=OCTETS)
    @blueprint.operation(query=OffsetQuery, shows=UploadView, octets=True, also=(404,))
    def put(self, query: dict[str, int], key: str) -> dict[str, Any]:
        """Send bytes from `offset` on, as many as one likes. What arrives before a cut is kept.

        A wrong offset is 409 `upload.offset` with the true one in `errors.offset`. With the last byte
        `photo` is there. When the store was away then, no bytes at the end finish it.
        """
        some = request.content_length or "Transfer-Encoding" in request.headers
        if some and request.mimetype != "application/octet-stream":
            raise UnsupportedMedia("request.not_octets")
        body = _body()
        try:
            stands = uploads.proceed(auth.me(), key, query["offset"], body, _store(), clock.now())
        except DomainError:
            _pass_over(body)
            raise
        return _view(stands)


@blueprint.route("/photos/check")
class Check(MethodView):
    @blueprint.operation(body=PhotoCheck, shows=PhotoCheckView)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Which photos are here, so that nothing is sent twice: one's own, and those one may fetch."""
        require(auth.me(), "photo.take")
        wanted = list(dict.fromkeys(text.lower() for text in body["sha256"]))
        known = uploads.known(auth.me(), wanted)
        return {
            "known": [
                {"sha256": text, "photo_id": known[text]} for text in wanted if text in known
            ],
            "missing": [text for text in wanted if text not in known],
        }


def _body() -> Iterator[bytes]:
    """The body as it comes. It ends early when the phone is gone, for what arrived is to be kept."""
    request.max_content_length = uploads.MOST_BYTES + 1
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SILENCE_SECONDS)
    try:
        while block := request.stream.read(BLOCK):
            yield block
    except ClientDisconnected:
        log.info("upload_cut")
    except HTTPException:
        raise
    except Exception as error:  # each server has its own for a body that does not end as it should
        log.info("upload_cut", error=repr(error))


def _pass_over(body: Iterator[bytes]) -> None:
    enough = time.monotonic() + PATIENCE_SECONDS
    for _ in body:
        if time.monotonic() > enough:
            break


def _view(stands: uploads.Progress) -> dict[str, Any]:
    upload = stands.upload
    return {
        "id": upload.id,
        "client_id": upload.client_id,
        "offset": stands.offset,
        "size": upload.size,
        "expires_at": upload.expires_at,
        "photo": photo_views.receipt(stands.photo) if stands.photo else None,
    }
