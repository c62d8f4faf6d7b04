"""What is done with photos: taking one in, working on it, attaching it to what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.duties import Duty
from app.foundation.errors import DomainError, Invalid
from app.foundation.geo import Position
from app.foundation.ids import fingerprint
from app.foundation.replay import create_once
from app.gateways.store import Incoming, LocalStore
from app.people.access import require
from app.people.who import Who
from app.photos import exif
from app.photos.documents import Link, Photo
from app.photos.renditions import render
from app.photos.sniff import ImageFacts, check_image


@dataclass(frozen=True, slots=True)
class Shot:
    """What the phone says of the photo. `sha256` when given must be the hash of the bytes."""

    client_id: str
    position: Position | None
    taken_at: datetime | None
    sha256: str | None = None


def take(
    who: Who, shot: Shot, received: Incoming, store: LocalStore, now: datetime
) -> tuple[Photo, bool]:
    """Take a photo in: original kept, row and duty written. (photo, whether it is new).

    Raises Invalid or UnsupportedMedia for what is no picture or not the bytes announced; then nothing is
    stored. Raises Conflict when the client_id was used for another photo.
    """
    require(who, "photo.take")
    if shot.sha256 and shot.sha256.lower() != received.sha256:
        raise Invalid("photo.hash_mismatch")
    received.sync()
    image = check_image(received.path)
    digest, size = received.sha256, received.size
    print_ = fingerprint({**asdict(shot), "sha256": digest})
    key = store.keep(received)

    def make() -> Photo:
        photo = _new(who, shot, image, digest, size, key, print_, now).insert()
        history.append("photo", photo.id, "take", by=who.acting(), now=now, after="stored")
        duties.add("photos.process", photo.id, now=now)
        return photo

    def find() -> Photo | None:
        return Photo.objects(owner=who.id, client_id=shot.client_id).first()  # type: ignore[no-any-return]

    return create_once(make, find, print_)


def _new(
    who: Who,
    shot: Shot,
    image: ImageFacts,
    digest: str,
    size: int,
    key: str,
    print_: str,
    now: datetime,
) -> Photo:
    return Photo(
        owner=who.id,
        client_id=shot.client_id,
        fingerprint=print_,
        sha256=digest,
        key=key,
        size=size,
        media_type=image.media_type,
        width=image.width,
        height=image.height,
        device=shot.position.stored() if shot.position else None,
        device_taken_at=shot.taken_at,
        received_at=now,
    )


def process(duty: Duty, store: LocalStore, now: datetime) -> None:
    """Read the EXIF and make the renditions. A picture that cannot be decoded ends as `failed`, told why."""
    photo = Photo.get(duty.subject)
    path = store.path(photo.key)
    facts = exif.read(path)
    try:
        made = render(path)
    except DomainError as error:
        _end(duty, photo, "failed", {"problem": error.code}, now)
        return
    keys = {name: f"renditions/{photo.id}/{name}.jpg" for name in ("thumb", "view")}
    store.put(keys["thumb"], made.thumb)
    store.put(keys["view"], made.view)
    found = {"exif": _stored(facts), "renditions": keys, "width": made.width, "height": made.height}
    _end(duty, photo, "ready", found, now)


def give_up(duty: Duty, now: datetime) -> None:
    """Working on it killed worker after worker: show it as failed rather than try for ever."""
    _end(duty, Photo.get(duty.subject), "failed", {"problem": "photo.undecodable"}, now)


def _end(duty: Duty, photo: Photo, state: str, change: dict[str, Any], now: datetime) -> None:
    def work() -> None:
        Photo.rows().update_one({"_id": photo.id}, {"$set": {"state": state, **change}})
        history.append(
            "photo",
            photo.id,
            "process",
            by=history.SYSTEM,
            now=now,
            before=photo.state,
            after=state,
            data={"problem": change.get("problem")},
        )
        duties.finish(duty, now)

    transaction(work)


def _stored(facts: exif.Exif) -> dict[str, Any]:
    row = asdict(facts)
    row["warnings"] = [reason.as_dict() for reason in facts.warnings]
    return row


def attachable(who: Who, ids: Sequence[str]) -> list[ObjectId]:
    """The ids as photos of this person's own, in order. Raises Invalid naming those that are not."""
    wanted = [ObjectId(text) for text in dict.fromkeys(ids)]
    if not wanted:
        return []
    mine = Photo.rows().find({"_id": {"$in": wanted}, "owner": who.id}, {"_id": 1})
    known = {row["_id"] for row in mine}
    missing = [str(key) for key in wanted if key not in known]
    if missing:
        raise Invalid("photo.not_yours", fields={"photo_ids": missing})
    return wanted


def attach(
    photos: Sequence[ObjectId], thing: str, thing_id: ObjectId, site: dict[str, Any] | None = None
) -> None:
    """Link the photos to what they show; a `site` ({point, radius_m}) is what distances are measured to."""
    if not photos:
        return
    link = Link(thing=thing, thing_id=thing_id).to_mongo()
    Photo.rows().update_many({"_id": {"$in": list(photos)}}, {"$addToSet": {"links": link}})
    if site:
        Photo.rows().update_many(
            {"_id": {"$in": list(photos)}, "site": None}, {"$set": {"site": site}}
        )
