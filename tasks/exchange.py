"""What runs later for imports."""

from __future__ import annotations

from app.exchange import importing
from app.gateways.store import store_of
from tasks.queue import celery, current, work_on


@celery.task(name="exchange.import")
def take_in(*duty_ids: str) -> None:
    """Check the files of imports, and write their rows."""
    store = store_of(current)
    for duty_id in duty_ids:
        work_on(duty_id, lambda duty, now: importing.work(duty, store, now), importing.give_up)
