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
from app.photos.signals import fix_of, point_of

VERIFY_PATH = "/api/v1/photos/verify/"
CODE_GROUP = 5


def ask(who: Who, photo: Photo, now: datetime) -> None:
    """Have the picture made, or made anew with what is known by now. Raises Conflict unless it can be."""
    if photo.state not in ("ready", "quarantined"):
        raise Conflict("photo.not_processed_yet")

    def work() -> None:
        row = history.append("photo", photo.id, "share", by=who.acting(), now=now)
        making = {"state": "making", "problem": None}
        Photo.rows().update_one({"_id": photo.id}, {"$set": {"share": making}})
        duties.add("photos.share", photo.id, now=now, key=f"photos.share:{photo.id}:{row}")

    transaction(work)


def make(duty: Duty, store: Store, now: datetime, public_url: str) -> None:
    """Burn the caption into the picture. `public_url` is where people reach us: the QR code leads there."""
    photo = Photo.get(duty.subject)
    try:
        with store.local(photo.key) as path:
            made = decoder.shared().share(path, caption(photo, public_url))
    except Invalid as error:
        _end(duty, {"share": {"state": "failed", "problem": error.code}}, now)
        return
    key = f"renditions/{photo.id}/share.jpg"
    store.put(key, made)
    done = {"share": {"state": "ready", "problem": None}, "renditions.share": key}
    _end(duty, done, now)


def give_up(duty: Duty, now: datetime) -> None:
    """Show it as failed rather than try for ever."""
    _end(duty, {"share": {"state": "failed", "problem": "photo.not_processed"}}, now)


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


def _end(duty: Duty, change: dict[str, Any], now: datetime) -> None:
    def work() -> None:
        Photo.rows().update_one({"_id": duty.subject}, {"$set": change})
        duties.finish(duty, now)

    transaction(work)
