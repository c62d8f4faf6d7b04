"""What runs later for spot checks and cases: reminders of what is due."""

from __future__ import annotations

from app.foundation import duties
from app.oversight import cases_actions, checks
from tasks.queue import celery, work_on


@celery.task(name="checks.due")
def due(*duty_ids: str) -> None:
    """Remind inspectors of checks that are due."""
    for duty_id in duty_ids:
        work_on(duty_id, checks.remind, duties.give_up)


@celery.task(name="cases.reply_over")
def reply_over(*duty_ids: str) -> None:
    """Tell who decides on a case that the time to reply is over."""
    for duty_id in duty_ids:
        work_on(duty_id, cases_actions.reply_over, duties.give_up)
