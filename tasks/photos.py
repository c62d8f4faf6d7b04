"""What runs later for photos."""

from __future__ import annotations

from app.gateways.store import open_store
from app.photos import actions
from tasks.queue import celery, current, work_on


@celery.task(name="photos.process")
def process(duty_id: str) -> None:
    """Read the EXIF and make the renditions."""
    store = open_store(current.store_url)
    work_on(duty_id, lambda duty, now: actions.process(duty, store, now), actions.give_up)
