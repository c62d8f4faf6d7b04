"""What runs later for offers: people are told of what they have to do by a day."""

from __future__ import annotations

from app.foundation import duties
from app.offers import reminding
from tasks.queue import celery, work_on


@celery.task(name="offers.remind")
def remind(*duty_ids: str) -> None:
    """Tell of what is due, and of what is over."""
    for duty_id in duty_ids:
        work_on(duty_id, reminding.remind, duties.give_up)
