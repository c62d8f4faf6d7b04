"""What runs later for notices."""

from __future__ import annotations

from app.notices import actions
from tasks.queue import celery, work_on


@celery.task(name="notices.deliver")
def deliver(*duty_ids: str) -> None:
    """Tell those who must know."""
    for duty_id in duty_ids:
        work_on(duty_id, actions.deliver, actions.give_up)
