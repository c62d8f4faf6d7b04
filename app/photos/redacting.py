"""Hiding faces and plates before a photo leaves staff: asked for, boxes stated, checked by a person.

The machine finds what it finds; a person adds what it missed and takes away what is none, sees the picture
in which all that is hidden, and says that it may go out. Whatever is stated anew asks for that again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.errors import Conflict, Invalid
from app.foundation.history import Actor
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.people.access import Ties, require
from app.people.who import Who
from app.photos.boxes import Box, of_row, stated
from app.photos.documents import Photo
from app.photos.redactions import CHECKED, DETECTED, LOOKING, Redaction, is_made, of
from app.photos.renditions import VIEW_SIDE
from app.photos.sharing import OUTSIDE

REDACT = "photo.redact"
DETECT, MAKE = "photos.detect", "photos.redact"
MOST_BOXES = 200


def may(who: Who, photo: Photo) -> None:
    """Raise Forbidden unless `who` may redact the photo, of those that they may see."""
    require(who, REDACT, Ties(owner=photo.owner))


def ask(who: Who, photo: Photo, now: datetime) -> None:
    """Have the machine look, unless it has; again when it could not. Raises Forbidden, Conflict."""
    may(who, photo)
    _require_ready(photo)
    begin([photo.id], who.acting(), now)


def begin(photos: Iterable[ObjectId], by: Actor, now: datetime) -> None:
    """Have the machine look at those of the photos that it has not looked at."""
    for photo in photos:
        known = of(photo)
        if known is None or (known.problem and known.version == 0):
            try:
                transaction(lambda photo=photo, known=known: _begin(photo, known, by, now))  # type: ignore[misc]
            except DuplicateKeyError:
                continue  # somebody else asked at this very moment


def state(
    who: Who, photo: Photo, client_id: str, drawn: Sequence[Box], version: int, now: datetime
) -> bool:
    """State all boxes anew, of the `version` that was looked at: whether that is new.

    The picture is made anew and wants to be checked anew; one that was shared outside is taken back. Raises
    Forbidden; Conflict when somebody else stated them meanwhile; Invalid for a box outside of the picture.
    """
    may(who, photo)
    _require_ready(photo)
    print_ = fingerprint({"boxes": [each.stored() for each in drawn], "version": version})
    known = of(photo.id)
    if _is_replay(known, client_id, print_):
        return False
    size = _size(photo, known)
    _require_within(drawn, size)
    boxes = stated(drawn, map(of_row, known.boxes) if known else ())
    change: dict[str, Any] = {
        "state": DETECTED,
        "version": version + 1,
        "boxes": [each.stored() for each in boxes],
        "width": size[0],
        "height": size[1],
        "checked": None,
        "client_id": client_id,
        "fingerprint": print_,
        "updated_at": now,
    }
    try:
        transaction(lambda: _state(photo, known, version, change, who.acting(), now))
    except (Conflict, DuplicateKeyError) as error:
        # The same request, sent twice at once, may have won meanwhile.
        if _is_replay(of(photo.id), client_id, print_):
            return False
        raise Conflict("redaction.changed") from error
    return True


def check(who: Who, photo: Photo, version: int, now: datetime) -> None:
    """Say that the picture as it is hides all it should: from now on it may leave staff.

    Raises Forbidden; Conflict while the picture is not made, or when the boxes are others than those of
    `version`, or the photo is hidden. Checked again changes nothing.
    """
    may(who, photo)
    _require_ready(photo)
    by = who.acting()
    known = of(photo.id)
    if known is None or known.version != version or photo.hidden:
        raise Conflict("redaction.changed")
    if not is_made(known):
        raise Conflict("redaction.not_made")
    if known.state == CHECKED:
        return
    said = {"by": by.id, "by_name": by.name, "role": by.role, "at": now}
    guard = {"photo": photo.id, "state": DETECTED, "version": version, "made": version}

    def work() -> None:
        change = {"state": CHECKED, "checked": said, "updated_at": now}
        if not Redaction.rows().update_one(guard, {"$set": change}).matched_count:
            raise Conflict("redaction.changed")
        _note(photo.id, "redaction_check", by, now, {"version": version})

    transaction(work)


def _is_replay(known: Redaction | None, client_id: str, print_: str) -> bool:
    """Raises Conflict when the same client_id stated other boxes."""
    if known is None or known.client_id != client_id:
        return False
    if known.fingerprint != print_:
        raise Conflict("client_id.conflict")
    return True


def _state(
    photo: Photo,
    known: Redaction | None,
    version: int,
    change: dict[str, Any],
    by: Actor,
    now: datetime,
) -> None:
    """Inside a transaction. Raises Conflict unless the boxes are still those of `version`."""
    if known is None and version == 0:
        Redaction.insert_row(photo=photo.id, **change)
    else:
        guard = {"photo": photo.id, "version": version}
        if not Redaction.rows().update_one(guard, {"$set": change}).matched_count:
            raise Conflict("redaction.changed")
    _take_back(photo)
    data = {"boxes": len(change["boxes"]), "version": version + 1}
    _note(photo.id, "redact", by, now, data)
    owe(photo.id, version + 1, now)


def owe(photo: ObjectId, version: int, now: datetime) -> None:
    """The picture of these boxes is to be made. Inside the caller's transaction."""
    key = f"{MAKE}:{photo}:{version}"
    duties.add(MAKE, photo, now=now, key=key, payload={"version": version})


def _begin(photo: ObjectId, known: Redaction | None, by: Actor, now: datetime) -> None:
    if known is None:
        Redaction.insert_row(photo=photo, state=LOOKING, updated_at=now)
    else:
        again = {"state": LOOKING, "problem": None, "updated_at": now}
        Redaction.rows().update_one({"_id": known.id, "version": 0}, {"$set": again})
    row = history.append("photo", photo, "redaction_detect", by=by, now=now)
    duties.add(DETECT, photo, now=now, key=f"{DETECT}:{photo}:{row}")


def _require_ready(photo: Photo) -> None:
    if photo.state != "ready" or "view" not in photo.renditions:
        raise Conflict("photo.not_processed_yet")


def _size(photo: Photo, known: Redaction | None) -> tuple[int, int]:
    """Of the view rendition: as it was measured, else as it is made of an original of this size."""
    if known is not None and known.width and known.height:
        return known.width, known.height
    scale = min(1.0, VIEW_SIDE / max(photo.width, photo.height))
    return max(1, round(photo.width * scale)), max(1, round(photo.height * scale))


def _require_within(drawn: Sequence[Box], size: tuple[int, int]) -> None:
    if wrong := [n for n, each in enumerate(drawn) if not each.within(*size)]:
        why = Reason("redaction.outside", {"width": size[0], "height": size[1]})
        raise Invalid("request.invalid", fields={f"boxes.{n}": [why] for n in wrong})


def _take_back(photo: Photo) -> None:
    """A picture made for outside from other boxes is not handed out any more."""
    made = {"_id": photo.id, "share.audience": OUTSIDE}
    gone = {"state": "failed", "problem": "redaction.changed", "audience": OUTSIDE}
    Photo.rows().update_one(made, {"$set": {"share": gone}, "$unset": {"renditions.share": ""}})


def _note(photo: ObjectId, action: str, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    history.append("photo", photo, action, by=by, now=now, data=data)
