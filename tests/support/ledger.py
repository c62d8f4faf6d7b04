"""Photos of a past day, sealed; for tests of what is made of them."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

from bson import ObjectId
from PIL import Image

from app.foundation import duties
from app.foundation.signing import Signer
from app.gateways.store import store_of
from app.people.who import Who
from app.photos import actions, ledger, sealing
from app.photos.actions import Shot
from app.photos.documents import Photo
from config import settings
from tests.support.factories import client_id, who
from tests.support.phone import Phone

DAY = date(2026, 11, 20)
SETTINGS = settings.load()
STORE = store_of(SETTINGS)
LEASE = timedelta(seconds=60)


def picture(number: int) -> bytes:
    """A small JPEG, each number another."""
    data = io.BytesIO()
    Image.new("RGB", (32, 24), (number % 256, number // 256, 90)).save(data, "JPEG")
    return data.getvalue()


def shoot(phone: Phone | Who, number: int, at: datetime | None = None, **said) -> Photo:
    """A photo received at `at` (noon of DAY)."""
    shot = Shot(**{"client_id": client_id(), "position": None, "taken_at": None} | said)
    someone = who(phone) if isinstance(phone, Phone) else phone
    with STORE.incoming(1 << 20) as received:
        received.write(picture(number))
        at = at or ledger.start_of(DAY) + timedelta(hours=12, minutes=number)
        photo, new = actions.take(someone, shot, received, STORE, at)
    assert new
    return photo


def seal(until: date = DAY) -> None:
    """Seal the days to `until`, each at its time."""
    sealing.begin(ledger.start_of(DAY))
    while (last := ledger.last_root()) is None or last.day < until.isoformat():
        seal_next()


def seal_next(now: datetime | None = None) -> str:
    """Seal the one day that is due, at its time; the day."""
    row = duties.rows().find_one({"kind": sealing.KIND, "state": "due"})
    now = now or ledger.seal_due(date.fromisoformat(row["payload"]["day"]))
    duty = duties.claim(row["_id"], now=max(now, row["next_at"]), lease=LEASE)
    assert duty is not None
    sealing.seal_day(duty, signer(), now)
    return row["payload"]["day"]


def signer() -> Signer:
    return Signer(SETTINGS.evidence_seed)


def insert_behind_the_back(photo: Photo, **change) -> ObjectId:
    """A copy of the photo's row, as somebody with the database's password would add it."""
    row = Photo.rows().find_one({"_id": photo.id})
    row |= {"_id": ObjectId(), "client_id": client_id(), "short_code": client_id(), **change}
    return Photo.rows().insert_one(row).inserted_id
