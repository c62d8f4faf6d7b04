"""What is done with photos: taking one in, having it worked on again, attaching it to what it shows."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.errors import Conflict, Invalid, TooLarge
from app.foundation.geo import Position
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import create_once, made_before
from app.gateways.store import Received, Store
from app.people.access import Ties, require
from app.people.who import Who
from app.photos import copies
from app.photos.documents import EVIDENCE, PREVIEW, Link, Photo
from app.photos.sniff import ImageFacts, check_image
from app.photos.stowaways import NOTEWORTHY_BYTES

PREVIEW_BYTES = 100 * 1024
CODE_LETTERS, CODE_LENGTH = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 10  # Crockford's: none alike
# A phone that sends again may hold a newer token by then; the photo is the same.
_NOT_OF_THE_PHOTO = ("capture_token", "token_received_at")


@dataclass(frozen=True, slots=True)
class Shot:
    """What the phone says of the photo. `sha256` when given must be the hash of the bytes.

    `heading` is degrees clockwise from north. `replaces` is the client_id of a preview that this original
    takes the place of. `capture_token` was handed out by us; `token_received_at` is the phone's own clock
    at that moment.
    """

    client_id: str
    position: Position | None
    taken_at: datetime | None
    sha256: str | None = None
    role: str = EVIDENCE
    replaces: str | None = None
    heading: float | None = None
    device_id: str | None = None
    mock_location: bool | None = None
    capture_token: str | None = None
    token_received_at: datetime | None = None


def take(
    who: Who, shot: Shot, received: Received, store: Store, now: datetime
) -> tuple[Photo, bool]:
    """Take a photo in: original kept, row and duty written. (photo, whether it is new).

    Raises Invalid, TooLarge or UnsupportedMedia for what is no picture, runs as well, or is not the bytes
    announced; then nothing is stored. Raises Conflict when the client_id was used for another photo. What
    is merely odd is taken, and told in `cautions` and `copies`.
    """
    require(who, "photo.take")
    if shot.sha256 and shot.sha256.lower() != received.sha256:
        raise Invalid("photo.hash_mismatch")
    if shot.role == PREVIEW and received.size > PREVIEW_BYTES:
        raise TooLarge("photo.preview_too_large", limit_kb=PREVIEW_BYTES // 1024)
    received.sync()
    image = check_image(received.path)
    print_ = print_of(shot, received.sha256)

    def find() -> Photo | None:
        return Photo.objects(owner=who.id, client_id=shot.client_id).first()  # type: ignore[no-any-return]

    # Asked before the original is kept: one that belongs to no row would lie in the store for ever.
    earlier = made_before(find, print_)
    if earlier is not None:
        return earlier, False
    key = store.keep(received, image.media_type)

    def make() -> Photo:
        photo = _new(who, shot, image, received, now)
        photo.fingerprint, photo.key = print_, key
        photo.copies = copies.same_file(photo)
        _join_preview(photo)
        photo.insert()
        history.append("photo", photo.id, "take", by=who.acting(), now=now, after="stored")
        duties.add("photos.process", photo.id, now=now, first=True)
        duties.add("issues.join", photo.id, now=now, first=True, payload={"thing": "photo"})
        return photo

    return create_once(make, find, print_)


def print_of(shot: Shot, sha256: str) -> str:
    """The fingerprint of the photo that is made from these bytes and what the phone says of them."""
    told = {name: value for name, value in asdict(shot).items() if name not in _NOT_OF_THE_PHOTO}
    return fingerprint({**told, "sha256": sha256})


def _new(who: Who, shot: Shot, image: ImageFacts, received: Received, now: datetime) -> Photo:
    return Photo(
        id=ObjectId(),
        owner=who.id,
        client_id=shot.client_id,
        sha256=received.sha256,
        size=received.size,
        media_type=image.media_type,
        short_code=new_code(),
        role=shot.role,
        replaces=shot.replaces,
        width=image.width,
        height=image.height,
        device=shot.position.stored() if shot.position else None,
        device_taken_at=shot.taken_at,
        device_id=shot.device_id,
        heading=shot.heading,
        mock_location=shot.mock_location,
        capture_token=shot.capture_token,
        token_received_at=shot.token_received_at,
        cautions=[reason.as_dict() for reason in _cautions(image)],
        received_at=now,
    )


def _cautions(image: ImageFacts) -> list[Reason]:
    found = []
    if image.active_notes:
        found.append(Reason("photo.active_notes"))
    if image.behind_bytes >= NOTEWORTHY_BYTES:
        found.append(Reason("photo.something_behind", {"kb": image.behind_bytes // 1024}))
    return found


def new_code() -> str:
    """A short code: 50 random bits in letters that nobody takes for others."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def _join_preview(photo: Photo) -> None:
    """Bring an original, not yet stored, and its preview together, whichever came first."""
    if photo.role == PREVIEW:
        original = Photo.rows().find_one({"owner": photo.owner, "replaces": photo.client_id})
        if original:
            photo.replaced_by, photo.hidden = original["_id"], original.get("hidden")
        return
    preview = replace_preview(photo)
    if preview:
        photo.links = [Link(**link) for link in preview.get("links", ())]
        photo.site, photo.arrived_at = preview.get("site"), preview.get("arrived_at")
        photo.hidden = preview.get("hidden")


def replace_preview(photo: Photo) -> dict[str, Any] | None:
    """Mark the preview that this original names as replaced by it; the preview's row, if there is one."""
    if photo.replaces is None:
        return None
    named = {"owner": photo.owner, "client_id": photo.replaces, "role": PREVIEW}
    return Photo.rows().find_one_and_update(
        {**named, "replaced_by": {"$in": [None, photo.id]}}, {"$set": {"replaced_by": photo.id}}
    )


def retry(who: Who, photo: Photo, now: datetime) -> None:
    """Have a failed photo worked on once more. Raises Forbidden, or Conflict unless it has failed."""
    require(who, "photo.retry", Ties(owner=photo.owner))

    def work() -> None:
        change = {"$set": {"state": "stored", "problem": None}}
        if not Photo.rows().update_one({"_id": photo.id, "state": "failed"}, change).modified_count:
            raise Conflict("photo.not_failed")
        row = history.append(
            "photo", photo.id, "retry", by=who.acting(), now=now, before="failed", after="stored"
        )
        duties.add("photos.process", photo.id, now=now, key=f"photos.process:{photo.id}:{row}")

    transaction(work)


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
    photos: Sequence[ObjectId],
    thing: str,
    thing_id: ObjectId,
    site: dict[str, Any] | None = None,
    arrived_at: datetime | None = None,
) -> None:
    """Link the photos, and the originals of previews among them, to what they show.

    The first `site` ({point, radius_m, …}) is what distances are measured to, the first `arrived_at`, the
    start of a visit, what times are held against. A visit's go before an issue's, in whatever order they
    come: that is where the photographer was.
    """
    if not photos:
        return
    previews = {"_id": {"$in": list(photos)}, "replaced_by": {"$ne": None}}
    originals = [row["replaced_by"] for row in Photo.rows().find(previews, {"replaced_by": 1})]
    these = {"_id": {"$in": [*photos, *originals]}}
    link = Link(thing=thing, thing_id=thing_id).to_mongo()
    Photo.rows().update_many(these, {"$addToSet": {"links": link}})
    for name, value in (("site", site), ("arrived_at", arrived_at)):
        if value:
            unset = {} if thing == "visit" else {name: None}
            Photo.rows().update_many({**these, **unset}, {"$set": {name: value}})
