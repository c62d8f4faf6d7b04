"""What runs by the clock: the sweep for what is due, and tidying."""

from __future__ import annotations

from app.foundation import clock, duties, heartbeats
from app.gateways.store import store_of
from tasks.queue import celery, current, send_hints, send_when_ready


@celery.task(name="upkeep.sweep")
def sweep() -> None:
    """Hint at every duty that is due and in nobody's hands, and show that workers are alive.

    The hints last until the next sweep gives new ones, or a backlog would bury itself in them.
    """
    heartbeats.beat("worker", clock.now())
    waiting = [(kind, str(duty)) for kind, duty in duties.due(clock.now())]
    send_hints(waiting, current.sweep_seconds)


send_when_ready(sweep, current.sweep_seconds)


@celery.task(name="upkeep.tidy")
def tidy() -> None:
    """Drop uploads that processes left half-way when they died."""
    store_of(current).tidy()
