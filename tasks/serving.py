"""What runs later for assignments of commissioners."""

from __future__ import annotations

from app.foundation import duties
from app.projects import serving
from tasks.queue import celery, work_on


@celery.task(name="serving.turn")
def turn(*duty_ids: str) -> None:
    """Look anew at who serves what, on days on which an assignment begins or ends."""
    for duty_id in duty_ids:
        work_on(duty_id, serving.turn, duties.give_up)
