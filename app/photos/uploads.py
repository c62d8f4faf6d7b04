"""Uploads that survive cuts: begun, continued from the true offset, finished once.

Semantics follow tus and the IETF draft on resumable uploads, over POST and PUT. An upload is done when
its photo exists; that is looked up, not stored, so a crash between the two leaves nothing to repair.

Bytes that are here already need not be sent, but only by those who may fetch that very original: a hash
is shown to all who see a photo, so knowing one proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, LongField, ObjectIdField, StringField

from app.foundation import duties
from app.foundation.db import transaction
from app.foundation.documents import Document
from app.foundation.duties import Duty
from app.foundation.errors import Conflict, Invalid, Missing, NotFound, TooLarge, UnsupportedMedia
from app.foundation.geo import Position
from app.foundation.ids import fingerprint, object_id
from app.foundation.reasons import Reason
from app.foundation.replay import create_once, made_before
from app.gateways.store import Part, Store, Whole
from app.gateways.store.parts import MISPLACED
from app.people.access import Columns, require, scope
from app.people.who import Who
from app.photos import actions
from app.photos.actions import Shot
from app.photos.documents import PREVIEW, Photo

LASTS = timedelta(hours=48)
MOST_BYTES = 30 * 1024 * 1024
COLUMNS = Columns(owner="owner")
# Announced as one of these it may still prove to be none; announced as another it cannot be a photo.
_PICTURES, _UNTOLD, _ACTIVE = "image/", "application/octet-stream", "image/svg+xml"


class Upload(Document):
    """What a phone announced: so many bytes with this hash, and what it says of the photo.

    `photo` is the fingerprint of the photo that comes of it.
    """

    owner: ObjectId = ObjectIdField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    size: int = LongField(required=True)
    sha256: str = StringField(required=True)
    media_type: str = StringField(required=True)
    shot: dict[str, Any] = DictField()
    photo: str = StringField(required=True)
    created_at: datetime = DateTimeField(required=True)
    expires_at: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "uploads"}


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an upload stands; `photo` once it is done."""

    upload: Upload
    offset: int
    photo: Photo | None


def begin(
    who: Who, shot: Shot, size: int, media_type: str, store: Store, now: datetime
) -> tuple[Progress, bool]:
    """Announce `size` bytes: (where the upload stands, whether it is new). Done at once if they are here.

    Raises TooLarge or UnsupportedMedia for what will not be taken, Conflict when the client_id was used
    for another upload or photo.
    """
    require(who, "photo.take")
    if shot.sha256 is None:
        raise Invalid("request.invalid", fields={"sha256": [Reason("request.required")]})
    if size > MOST_BYTES:
        raise TooLarge("photo.too_large", limit_mb=MOST_BYTES // (1024 * 1024))
    if shot.role == PREVIEW and size > actions.PREVIEW_BYTES:
        raise TooLarge("photo.preview_too_large", limit_kb=actions.PREVIEW_BYTES // 1024)
    kind = media_type.lower()
    if kind == _ACTIVE or not (kind.startswith(_PICTURES) or kind == _UNTOLD):
        raise UnsupportedMedia("photo.not_a_picture")
    said = replace(shot, sha256=shot.sha256.lower())
    photo = actions.print_of(said, str(said.sha256))
    print_ = fingerprint({"photo": photo, "size": size, "media_type": kind})

    def make() -> Upload:
        upload = Upload(
            owner=who.id,
            client_id=said.client_id,
            fingerprint=print_,
            size=size,
            sha256=said.sha256,
            media_type=kind,
            shot=asdict(said),
            photo=photo,
            created_at=now,
            expires_at=now + LASTS,
        ).insert()
        due = upload.expires_at
        duties.add("photos.expire_upload", upload.id, now=now, due_at=due, first=True)
        return upload

    def find() -> Upload | None:
        return Upload.objects(owner=who.id, client_id=shot.client_id).first()  # type: ignore[no-any-return]

    upload, new = create_once(make, find, print_)
    stands = _progress(upload, store)
    if stands.offset == 0 and (here := _without_bytes(who, upload, store, now)):
        stands = Progress(upload, upload.size, here)
    return stands, new


def look(who: Who, key: str, store: Store) -> Progress:
    """Where one's own upload stands. Raises NotFound for another's, or one that expired."""
    return _progress(_mine(who, key), store)


def proceed(
    who: Who, key: str, offset: int, blocks: Iterable[bytes], store: Store, now: datetime
) -> Progress:
    """Add bytes at `offset`; the last ones make the photo. What arrived before a cut stays.

    Raises Conflict with the true offset when `offset` is another, or as soon as somebody else writes too;
    Invalid when there are more bytes than announced, or the whole has another hash or is no picture: then
    it starts again from nothing. When the store is away all bytes stay, and none at the end finish it.
    """
    upload = _mine(who, key)
    photo = _photo_of(upload)
    if photo is not None:
        return Progress(upload, upload.size, photo)
    part = store.part(str(upload.id))
    reached = part.append(_within(blocks, upload.size - offset), offset)
    if reached < upload.size:
        return Progress(upload, reached, None)
    return Progress(upload, upload.size, _finish(who, upload, part, store, now))


def known(who: Who, hashes: Sequence[str]) -> dict[str, ObjectId | None]:
    """Which originals, by hex digest, need not be sent by `who`, each with one's own newest photo of it.

    None is somebody else's whose original `who` may fetch. Those of anybody else are not told of.
    """
    found: dict[str, ObjectId | None] = {}
    wanted = {"sha256": {"$in": [text.lower() for text in hashes]}}
    rows = Photo.rows().find({"$and": [_fetchable(who), wanted]}, {"sha256": 1, "owner": 1})
    for row in rows.sort("_id", 1):
        own = row["_id"] if row["owner"] == who.id else None
        found[row["sha256"]] = own or found.get(row["sha256"])
    return found


def expire(duty: Duty, store: Store, now: datetime) -> None:
    """Forget the upload, and drop what of it was never finished."""

    def work() -> None:
        Upload.rows().delete_one({"_id": duty.subject})
        duties.finish(duty, now)

    transaction(work)
    store.part(str(duty.subject)).drop()


def give_up(duty: Duty, now: datetime) -> None:
    """Leave it as failed, where operators see it; tidying drops the bytes in the end."""
    duties.fail(duty, now, "gave up")


def _within(blocks: Iterable[bytes], room: int) -> Iterator[bytes]:
    for block in blocks:
        room -= len(block)
        if room < 0:
            raise Invalid("upload.too_long")
        yield block


def _finish(who: Who, upload: Upload, part: Part, store: Store, now: datetime) -> Photo:
    try:
        with part.whole() as whole:
            taken = _take(who, upload, part, whole, store, now)
            part.drop(whole)
            return taken
    except Conflict as error:
        # Somebody who sent the last bytes again may have finished it and dropped the part meanwhile.
        photo = _photo_of(upload) if error.code == MISPLACED else None
        if photo is None:
            raise
        return photo


def _take(who: Who, upload: Upload, part: Part, whole: Whole, store: Store, now: datetime) -> Photo:
    if (whole.size, whole.sha256) != (upload.size, upload.sha256):
        part.drop(whole)
        raise Invalid("upload.hash_mismatch", fields={"offset": ["0"]})
    try:
        return actions.take(who, _shot(upload), whole, store, now)[0]
    except (Invalid, TooLarge, UnsupportedMedia):
        part.drop(whole)  # no picture: more of the same bytes will not make it one
        raise


def _without_bytes(who: Who, upload: Upload, store: Store, now: datetime) -> Photo | None:
    """The photo made from the original that is here, if it is sound and `who` may fetch it."""
    same = {"sha256": upload.sha256, "size": upload.size}
    row = Photo.rows().find_one({"$and": [_fetchable(who), same]}, {"key": 1})
    if row is None:
        return None
    try:
        with store.local(row["key"]) as path:
            whole = Whole(path)
            if (whole.size, whole.sha256) != (upload.size, upload.sha256):
                return None
            return actions.take(who, _shot(upload), whole, store, now)[0]
    except Missing:
        return None


def _fetchable(who: Who) -> dict[str, Any]:
    return scope(who, "photo.see_original", COLUMNS)


def _shot(upload: Upload) -> Shot:
    told = dict(upload.shot)
    position = told.pop("position")
    return Shot(**told, position=Position(**position) if position else None)


def _mine(who: Who, key: str) -> Upload:
    upload = Upload.objects(id=object_id(key), owner=who.id).first()
    if upload is None:
        raise NotFound("not_found")
    return upload  # type: ignore[no-any-return]


def _photo_of(upload: Upload) -> Photo | None:
    def find() -> Photo | None:
        return Photo.objects(owner=upload.owner, client_id=upload.client_id).first()  # type: ignore[no-any-return]

    return made_before(find, upload.photo)


def _progress(upload: Upload, store: Store) -> Progress:
    photo = _photo_of(upload)
    offset = upload.size if photo else store.part(str(upload.id)).size
    return Progress(upload, offset, photo)
