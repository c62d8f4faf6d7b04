"""What a worker does with a photo: EXIF, renditions, and the facts its evidence is weighed by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np

from app.foundation import duties, history
from app.foundation.db import transaction
from app.foundation.duties import Duty
from app.foundation.errors import Invalid
from app.gateways.store import Store
from app.photos import decoder, likeness, signals
from app.photos.actions import replace_preview
from app.photos.decoder import Decoded
from app.photos.documents import EVIDENCE, Photo
from app.photos.likeness import GRID, Fingerprint
from app.photos.lookalikes import same_look

RENDITIONS = ("thumb", "view")


def process(duty: Duty, store: Store, now: datetime, secret: str) -> None:
    """Decode once, in the child, and keep what comes of it. `secret` is what capture tokens are signed with.

    A picture that cannot be decoded, or whose original is not what was received, ends as `failed`, told
    why; it can be tried again. One with active text in its EXIF ends as `quarantined`: it is shown, its
    original is for inspectors only.
    """
    photo = Photo.get(duty.subject)
    try:
        with store.local(photo.key) as path:
            made = decoder.shared().process(path)
        if made.sha256 != photo.sha256:
            raise Invalid("photo.original_changed")
    except Invalid as error:
        end(duty, photo, "failed", {"problem": error.code}, now)
        return
    keys = {name: f"renditions/{photo.id}/{name}.jpg" for name in RENDITIONS}
    store.put(keys["thumb"], made.thumb)
    store.put(keys["view"], made.view)
    found = _facts(photo, made, secret)
    shared = {"share": photo.renditions["share"]} if "share" in photo.renditions else {}
    state, problem = _state(photo)
    change = {"renditions": {**shared, **keys}, "problem": problem}
    end(duty, photo, state, {**found, **change}, now)


def give_up(duty: Duty, now: datetime) -> None:
    """Working on it failed time after time: show it as failed rather than try for ever."""
    end(duty, Photo.get(duty.subject), "failed", {"problem": "photo.not_processed"}, now)


def end(duty: Duty, photo: Photo, state: str, change: dict[str, Any], now: datetime) -> None:
    """Write what came of the work, its history and the duty's end, all in one."""

    def work() -> None:
        # A preview that was taken in at the same moment has not seen this original.
        hidden = (replace_preview(photo) or {}).get("hidden")
        known = {"state": state, **change, **({"hidden": hidden} if hidden else {})}
        Photo.rows().update_one({"_id": photo.id}, {"$set": known})
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


def _state(photo: Photo) -> tuple[str, str | None]:
    """An inspector who accepted it has let it out for good."""
    odd = any(row["code"] == "photo.active_notes" for row in photo.cautions)
    if odd and photo.verdict != "accepted":
        return "quarantined", "photo.active_notes"
    return "ready", None


def _facts(photo: Photo, made: Decoded, secret: str) -> dict[str, Any]:
    seen = fingerprint_of(made)
    exact = [row for row in photo.copies if row["exact"]]
    return {
        "exif": made.exif,
        "width": made.width,
        "height": made.height,
        "copies": [*exact, *same_look(photo, seen)],
        "likeness": seen.stored() if photo.role == EVIDENCE else None,
        **signals.gather(photo, made.exif, secret),
    }


def fingerprint_of(made: Decoded) -> Fingerprint:
    """By which copies of the picture are found."""
    return likeness.of_grids(np.frombuffer(made.grid, np.uint8).reshape(1, GRID, GRID))[0]
