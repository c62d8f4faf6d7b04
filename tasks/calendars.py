"""What runs later for the working calendar."""

from __future__ import annotations

from app.calendars import actions
from app.foundation import duties
from tasks.queue import celery, work_on


@celery.task(name="calendars.unpublished")
def unpublished(*duty_ids: str) -> None:
    """Have admins told of a year that nobody has published."""
    for duty_id in duty_ids:
        work_on(duty_id, actions.tell_unpublished, duties.give_up)
