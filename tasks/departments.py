"""What runs later for departments."""

from __future__ import annotations

from app.departments import reorganising
from tasks.queue import celery, work_on


@celery.task(name="departments.reorganise")
def reorganise(*duty_ids: str) -> None:
    """Rename and close departments on their day."""
    for duty_id in duty_ids:
        work_on(duty_id, reorganising.reorganise, reorganising.give_up)
