"""What runs later for surveys: firms are reminded, a survey ends with its last day."""

from __future__ import annotations

from app.foundation import duties
from app.surveys import running
from tasks.queue import celery, work_on


@celery.task(name="surveys.remind")
def remind(*duty_ids: str) -> None:
    """Remind firms that have not answered yet."""
    for duty_id in duty_ids:
        work_on(duty_id, running.remind, duties.give_up)


@celery.task(name="surveys.close")
def close(*duty_ids: str) -> None:
    """End surveys whose last day is over."""
    for duty_id in duty_ids:
        work_on(duty_id, running.close_in_time, duties.give_up)
