"""What runs later for issues."""

from __future__ import annotations

from app.issues import desk, joining
from tasks.queue import celery, work_on


@celery.task(name="issues.route")
def route(*duty_ids: str) -> None:
    """Place submitted issues with departments."""
    for duty_id in duty_ids:
        work_on(duty_id, desk.route_issue, desk.hand_to_dispatcher)


@celery.task(name="issues.join")
def join(*duty_ids: str) -> None:
    """Join what has arrived with what waits for it."""
    for duty_id in duty_ids:
        work_on(duty_id, joining.join, joining.give_up)


@celery.task(name="issues.missing")
def missing(*duty_ids: str) -> None:
    """Tell people of what has never arrived."""
    for duty_id in duty_ids:
        work_on(duty_id, joining.tell_missing, joining.give_up)
