"""What runs later for contests: freezing periods."""

from __future__ import annotations

from app.foundation import clock
from app.scoreboards import freezing
from tasks.queue import celery, work_on


@celery.task(name="scoreboards.begin")
def begin() -> None:
    """See to it that each contest's next freezing is due."""
    freezing.begin(clock.now())


@celery.task(name="scoreboards.freeze")
def freeze(*duty_ids: str) -> None:
    """Freeze periods. Never given up: one left out would stop all that follow."""
    for duty_id in duty_ids:
        work_on(duty_id, freezing.freeze, freezing.freeze)
