"""Making the picture that may be shown around: asked for, due, made by a worker, failed with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.district import local
from app.foundation.duties import Duty
from app.foundation.errors import Conflict, Invalid
from app.foundation.geo import distance_m
from app.foundation.messages import say
from app.gateways.store import Store
from app.people.documents import Person
from app.people.who import Who
from app.photos import decoder
from app.photos.caption import Caption
from app.photos.documents import Photo
from app.photos.redactions import releasable
from app.photos.signals import fix_of, point_of

INSIDE, OUTSIDE = AUDIENCES = ("inside", "outside")
VERIFY_PATH = "/api/v1/photos/verify/"
CODE_GROUP = 5


def ask(who: Who, photo: Photo, now: datetime, audience: str = INSIDE) -> None:
    """Have the picture made, or made anew with what is known by now. Raises Conflict unless it can be.

    For `outside` it is made of the picture in which faces and plates are hidden, once that is checked.
    """
    if photo.state not in ("ready", "quarantined"):
        raise Conflict("photo.not_processed_yet")
    if audience == OUTSIDE and not releasable([photo.id]):
        raise Conflict("redaction.not_checked")

    def work() -> None:
        data = {"audience": audience}
        row = history.append("photo", photo.id, "share", by=who.acting(), now=now, data=data)
        making = {"state": "making", "problem": None, "audience": audience}
        # The picture for the other audience is not shown as this one meanwhile.
        others = {"_id": photo.id, "share.audience": {"$ne": audience}}
        Photo.rows().update_one(others, {"$unset": {"renditions.share": ""}})
        Photo.rows().update_one({"_id": photo.id}, {"$set": {"share": making}})
        key, payload = f"photos.share:{photo.id}:{row}", {"audience": audience}
        duties.add("photos.share", photo.id, now=now, key=key, payload=payload)

    transaction(work)


def make(duty: Duty, store: Store, now: datetime, public_url: str) -> None:
    """Burn the caption into the picture. `public_url` is where people reach us: the QR code leads there."""
    photo, audience = Photo.get(duty.subject), _audience(duty)
    source = _source(photo, audience)
    if source is None:
        _fail(duty, "redaction.changed", audience, now)
        return
    try:
        with store.local(source) as path:
            made = decoder.shared().share(path, caption(photo, public_url))
    except Invalid as error:
        _fail(duty, error.code, audience, now)
        return
    key = f"renditions/{photo.id}/{_FILES[audience]}"
    store.put(key, made)
    ready = {"state": "ready", "problem": None, "audience": audience}
    _end(duty, {"share": ready, "renditions.share": key}, now, source)


def give_up(duty: Duty, now: datetime) -> None:
    """Show it as failed rather than try for ever."""
    _fail(duty, "photo.not_processed", _audience(duty), now)


def caption(photo: Photo, public_url: str) -> Caption:
    """What is burned in: time, place, project, who took it; in the district's language and time."""
    taken = photo.shot_at or photo.received_at
    label = "time" if photo.shot_at else "received"
    # Commissioners sign their pictures; a contact may have filed without a name.
    signs = {"_id": photo.owner, "grants.role": "commissioner"}
    owner = Person.rows().find_one(signs, {"name": 1}) or {}
    site = photo.site or {}
    known = [
        (label, f"{local(taken):%Y-%m-%d %H:%M:%S}"),
        ("place", _place(photo, site)),
        ("project", site.get("project")),
        ("person", owner.get("name")),
    ]
    lines = [(say(f"photo.caption.{name}"), str(text)) for name, text in known if text]
    code = photo.short_code or ""
    return Caption(lines, spaced(code), f"{public_url.rstrip('/')}{VERIFY_PATH}{code}")


def spaced(code: str) -> str:
    """A short code as people read it: two groups."""
    return "-".join(filter(None, (code[:CODE_GROUP], code[CODE_GROUP:])))


def found(code: str) -> Photo | None:
    """The photo with this short code, however it was typed in."""
    letters = code.upper().replace("-", "").replace(" ", "")
    return Photo.objects(short_code=letters.translate(_MISREAD)).first()  # type: ignore[no-any-return]


# What Crockford's alphabet leaves out, read as what it was taken for.
_MISREAD = str.maketrans("OIL", "011")


def _place(photo: Photo, site: dict[str, Any]) -> str | None:
    """The site's name for a photo taken there, with coordinates; those alone for one taken elsewhere."""
    fix = fix_of(photo.device, photo.exif)
    where = point_of(site.get("point"))
    name = site.get("name")
    if fix is None:
        return None
    there = where is not None and distance_m(fix, where) <= site.get("radius_m", 0)
    north, east = "N" if fix[0] >= 0 else "S", "E" if fix[1] >= 0 else "W"
    degrees = f"{abs(fix[0]):.5f}°{north} {abs(fix[1]):.5f}°{east}"
    return f"{name}  {degrees}" if name and there else degrees


_FILES = {INSIDE: "share.jpg", OUTSIDE: "share-outside.jpg"}
"""Files of their own: a link to the one never leads to the other."""


def _audience(duty: Duty) -> str:
    audience: str = duty.payload.get("audience", INSIDE)
    return audience


def _source(photo: Photo, audience: str) -> str | None:
    """Of what the picture is made; None when it may not leave staff (any more)."""
    return photo.key if audience == INSIDE else releasable([photo.id]).get(photo.id)


def _fail(duty: Duty, problem: str, audience: str, now: datetime) -> None:
    _end(duty, {"share": {"state": "failed", "problem": problem, "audience": audience}}, now)


def _end(duty: Duty, change: dict[str, Any], now: datetime, source: str | None = None) -> None:
    """Write what came of it, unless it was asked for another audience since.

    One that was made of `source` counts only if it would be made of it now.
    """

    def work() -> None:
        photo, audience = Photo.get(duty.subject), _audience(duty)
        wanted = (photo.share or {}).get("audience", INSIDE) == audience
        if wanted and (source is None or _source(photo, audience) == source):
            Photo.rows().update_one({"_id": duty.subject}, {"$set": change})
        duties.finish(duty, now)

    transaction(work)
