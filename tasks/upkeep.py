"""What runs by the clock: the sweep for what is due, and tidying."""

from __future__ import annotations

from app.foundation import clock, duties, heartbeats
from app.gateways.store import open_store
from tasks.queue import celery, current, hint


@celery.task(name="upkeep.sweep")
def sweep() -> None:
    """Hint at every duty that is due and in nobody's hands, and show that workers are alive."""
    heartbeats.beat("worker", clock.now())
    for kind, duty in duties.due(clock.now()):
        hint(kind, str(duty))


@celery.task(name="upkeep.tidy")
def tidy() -> None:
    """Drop uploads that processes left half-way when they died."""
    open_store(current.store_url).tidy()
