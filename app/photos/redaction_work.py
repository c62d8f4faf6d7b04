"""What workers do for redactions: have the machine look, make the picture in which boxes are hidden."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image

from app.foundation.children import ROOT, harmless_environment
from app.foundation.db import transaction
from app.foundation.duties import Duty, finish
from app.foundation.duties import give_up as give_up_duty
from app.gateways.store import Store
from app.photos.boxes import of_row
from app.photos.documents import Photo
from app.photos.pixelating import hidden
from app.photos.redacting import owe
from app.photos.redactions import DETECTED, LOOKING, Redaction
from app.photos.renditions import jpeg

SPOTTER = "app.photos.spotting"
"""A program, named only: what it imports is not for us."""
SECONDS = 40
"""A picture of 1280 pixels takes a few seconds."""


class NotSpotted(Exception):
    """The program failed; it is tried again."""


def detect(duty: Duty, store: Store, now: datetime) -> None:
    """Look for faces and plates in the view rendition, unless a person stated boxes meanwhile.

    Raises Missing, Unavailable, NotSpotted.
    """
    photo = Photo.get(duty.subject)
    with store.local(photo.renditions["view"]) as path:
        found = _spotted(path)
    change = {
        "state": DETECTED,
        "version": 1,
        "boxes": found["boxes"],
        "width": found["width"],
        "height": found["height"],
        "detector": found["detector"],
        "problem": None,
        "updated_at": now,
    }

    def work() -> None:
        waiting = {"photo": photo.id, "version": 0}
        if Redaction.rows().update_one(waiting, {"$set": change}).matched_count:
            owe(photo.id, 1, now)
        finish(duty, now)

    transaction(work)


def give_up(duty: Duty, now: datetime) -> None:
    """The machine cannot look at it: a person draws all boxes by hand."""
    change = {"state": DETECTED, "problem": "redaction.not_looked", "updated_at": now}

    def work() -> None:
        waiting = {"photo": duty.subject, "version": 0, "state": LOOKING}
        Redaction.rows().update_one(waiting, {"$set": change})
        give_up_duty(duty, now)

    transaction(work)


def make(duty: Duty, store: Store, now: datetime) -> None:
    """Make the picture of the boxes that the duty names, unless others were stated since.

    Each version has a key of its own, so that a slow worker overwrites nothing. Raises Missing, Unavailable.
    """
    version = duty.payload["version"]
    row = Redaction.rows().find_one({"photo": duty.subject, "version": version})
    if row is None:
        transaction(lambda: finish(duty, now))
        return
    photo = Photo.get(duty.subject)
    with store.local(photo.renditions["view"]) as path, Image.open(path) as picture:
        made = jpeg(hidden(picture, map(of_row, row["boxes"])))
    key = f"renditions/{photo.id}/redacted-{version}.jpg"
    store.put(key, made)

    def work() -> None:
        same = {"photo": photo.id, "version": version}
        Redaction.rows().update_one(same, {"$set": {"made": version, "key": key}})
        finish(duty, now)

    transaction(work)


def _spotted(path: Path) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", SPOTTER, str(path)],
            cwd=ROOT,
            env=harmless_environment(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotSpotted(f"took more than {SECONDS} s") from error
    if done.returncode:
        raise NotSpotted(done.stderr.decode(errors="replace")[-400:])
    found: dict[str, Any] = json.loads(done.stdout)
    return found
