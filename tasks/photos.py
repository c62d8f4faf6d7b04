"""What runs later for photos."""

from __future__ import annotations

from app.gateways.store import store_of
from app.photos import actions
from tasks.queue import celery, current, work_on


@celery.task(name="photos.process")
def process(*duty_ids: str) -> None:
    """Read the EXIF of photos and make their renditions."""
    store = store_of(current)
    for duty_id in duty_ids:
        work_on(duty_id, lambda duty, now: actions.process(duty, store, now), actions.give_up)
