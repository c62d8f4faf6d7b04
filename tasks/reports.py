"""What runs later for reports: freezing months."""

from __future__ import annotations

from app.foundation import clock
from app.reports import freezing
from tasks.queue import celery, work_on


@celery.task(name="reports.begin")
def begin() -> None:
    """See to it that the next month to freeze is due."""
    freezing.begin(clock.now())


@celery.task(name="reports.freeze")
def freeze(*duty_ids: str) -> None:
    """Freeze months. Never given up: a month left out would stop all that follow."""
    for duty_id in duty_ids:
        work_on(duty_id, freezing.freeze, freezing.freeze)
