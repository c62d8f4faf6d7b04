"""What runs later for issues."""

from __future__ import annotations

from app.issues import desk
from tasks.queue import celery, work_on


@celery.task(name="issues.route")
def route(*duty_ids: str) -> None:
    """Place submitted issues with departments."""
    for duty_id in duty_ids:
        work_on(duty_id, desk.route_issue, desk.hand_to_dispatcher)
