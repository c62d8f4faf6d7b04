"""What runs later for photos."""

from __future__ import annotations

from app.gateways.store import store_of
from app.photos import processing, redaction_work, sharing, uploads
from tasks.queue import celery, current, work_on


@celery.task(name="photos.process")
def process(*duty_ids: str) -> None:
    """Read the EXIF of photos, make their renditions, gather what their evidence is weighed by."""
    store, secret = store_of(current), current.secret_key
    for duty_id in duty_ids:
        work_on(
            duty_id,
            lambda duty, now: processing.process(duty, store, now, secret),
            processing.give_up,
        )


@celery.task(name="photos.share")
def share(*duty_ids: str) -> None:
    """Burn captions into pictures that are to be shown around."""
    store, url = store_of(current), current.public_url
    for duty_id in duty_ids:
        work_on(duty_id, lambda duty, now: sharing.make(duty, store, now, url), sharing.give_up)


@celery.task(name="photos.expire_upload")
def expire_upload(*duty_ids: str) -> None:
    """Forget uploads whose time is over."""
    store = store_of(current)
    for duty_id in duty_ids:
        work_on(duty_id, lambda duty, now: uploads.expire(duty, store, now), uploads.give_up)


@celery.task(name="photos.detect")
def detect(*duty_ids: str) -> None:
    """Look for faces and plates in photos that are to leave staff."""
    store = store_of(current)
    for duty_id in duty_ids:
        work_on(
            duty_id,
            lambda duty, now: redaction_work.detect(duty, store, now),
            redaction_work.give_up,
        )


@celery.task(name="photos.redact")
def redact(*duty_ids: str) -> None:
    """Make the pictures in which faces and plates are hidden. Never given up."""
    store = store_of(current)
    for duty_id in duty_ids:
        work_on(
            duty_id,
            lambda duty, now: redaction_work.make(duty, store, now),
            lambda duty, now: redaction_work.make(duty, store, now),
        )
