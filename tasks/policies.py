"""What runs later for policies: claims climb, what speaks against a policy is gathered."""

from __future__ import annotations

from app.foundation import clock, duties
from app.policies import following
from app.policies.claims import climbing
from app.policies.proposals import gathering
from tasks.queue import celery, work_on


@celery.task(name="policies.begin")
def begin() -> None:
    """Let things follow their department; see to it that each published policy is looked at once a day."""
    following.follow(clock.now())
    gathering.begin(clock.now())


@celery.task(name="policies.gather")
def gather(*duty_ids: str) -> None:
    """Gather what speaks against policies."""
    for duty_id in duty_ids:
        work_on(duty_id, gathering.gather, duties.give_up)


@celery.task(name="policies.climb")
def climb(*duty_ids: str) -> None:
    """Climb the rungs of claims that are due."""
    for duty_id in duty_ids:
        work_on(duty_id, climbing.climb, duties.give_up)
