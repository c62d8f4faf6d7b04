"""What runs later for papers."""

from __future__ import annotations

from app.gateways.store import store_of
from app.papers import making
from tasks.queue import celery, current, work_on


@celery.task(name="papers.render")
def render(*duty_ids: str) -> None:
    """Make papers; one that was tried often enough has failed, and is shown so."""
    store, folder = store_of(current), current.var / "charts"
    for duty_id in duty_ids:
        work_on(duty_id, lambda duty, now: making.make(duty, store, now, folder), making.give_up)


@celery.task(name="papers.expire")
def expire(*duty_ids: str) -> None:
    """Drop files whose time is over. Never given up."""
    store = store_of(current)
    for duty_id in duty_ids:
        work_on(
            duty_id,
            lambda duty, now: making.expire(duty, store, now),
            lambda duty, now: making.expire(duty, store, now),
        )
