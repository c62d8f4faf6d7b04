"""What runs later for boards: they are folded every few seconds, and some of it published every hour."""

from __future__ import annotations

from app.boards import folding, publishing
from app.foundation import clock
from tasks.queue import celery, send_when_ready, work_on

SECONDS = 5


@celery.task(name="boards.begin")
def begin() -> None:
    """Fold, and see to it that this is due; the beat comes sooner than a sweep would."""
    folding.begin(clock.now())
    publishing.begin(clock.now())
    fold(*folding.waiting(clock.now()))


send_when_ready(begin, SECONDS)


@celery.task(name="boards.fold")
def fold(*duty_ids: str) -> None:
    """Take what changed into the boards. Never given up: what stays behind would stay wrong."""
    for duty_id in duty_ids:
        work_on(duty_id, folding.fold, folding.fold)


@celery.task(name="boards.publish")
def publish(*duty_ids: str) -> None:
    """Take what everybody may see from the boards. Never given up: it would stay as it is."""
    for duty_id in duty_ids:
        work_on(duty_id, publishing.publish, publishing.publish)
