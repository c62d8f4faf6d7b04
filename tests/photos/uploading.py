"""Sending uploads through the domain, as the API does."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from pathlib import Path

import wsgi
from app.foundation import clock
from app.foundation.errors import Unavailable
from app.foundation.geo import Position
from app.people.who import Who
from app.photos import uploads
from app.photos.actions import Shot
from app.photos.uploads import Progress
from tests.support.factories import PHOTOS

STORE = wsgi.app.extensions["store"]
PICTURE = PHOTOS[0].read_bytes()
DIGEST = hashlib.sha256(PICTURE).hexdigest()
NOW = clock.now()


def empty_store() -> None:
    """Without originals and parts."""
    for path in (STORE.root / "originals", STORE.root / "parts"):
        for file in [each for each in path.rglob("*") if each.is_file()]:
            file.unlink()


def shot(data: bytes = PICTURE, **fields) -> Shot:
    said = {
        "client_id": str(uuid.uuid4()),
        "position": Position(32.51, 120.15, "gcj02", 12.5),
        "taken_at": NOW - timedelta(minutes=5),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    return Shot(**{**said, **fields})


def begin(me: Who, said: Shot | None = None, size: int = len(PICTURE), kind="image/jpeg"):
    return uploads.begin(me, said or shot(), size, kind, STORE, NOW)


def send(me: Who, at: Progress, offset: int, data: bytes, block: int = 10_000) -> Progress:
    pieces = [data[n : n + block] for n in range(0, len(data), block)]
    return uploads.proceed(me, str(at.upload.id), offset, pieces, STORE, clock.now())


def whole(me: Who, said: Shot | None = None, data: bytes = PICTURE) -> Progress:
    at, _ = begin(me, said or shot(data), len(data))
    return send(me, at, at.offset, data[at.offset :])


def originals() -> list[Path]:
    return [path for path in (STORE.root / "originals").rglob("*") if path.is_file()]


def parts() -> list[Path]:
    return list((STORE.root / "parts").iterdir())


def away(*_, **__):
    """What a store or a database that is away does."""
    raise Unavailable("store.away", retry_after=1)
