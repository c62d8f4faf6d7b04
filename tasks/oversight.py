"""What runs later for oversight: leader links, orders on the ladder, leaders' weeks."""

from __future__ import annotations

from app.foundation import clock, duties
from app.oversight import digests, orders_climbing
from app.projects import leading
from tasks.queue import celery, send_when_ready, work_on


@celery.task(name="oversight.begin")
def begin() -> None:
    """See to it that the next week's digests are due."""
    digests.begin(clock.now())


send_when_ready(begin, 3600)


@celery.task(name="oversight.digest")
def digest(*duty_ids: str) -> None:
    """Make and tell leaders' weeks. Never given up: no other would follow."""
    for duty_id in duty_ids:
        work_on(duty_id, digests.digest, digests.digest)


@celery.task(name="orders.climb")
def climb(*duty_ids: str) -> None:
    """Climb the rungs of orders that are due."""
    for duty_id in duty_ids:
        work_on(duty_id, orders_climbing.climb, duties.give_up)


@celery.task(name="leader_links.turn")
def turn(*duty_ids: str) -> None:
    """Look anew at who leads a project, on days on which a link begins or ends."""
    for duty_id in duty_ids:
        work_on(duty_id, leading.turn, duties.give_up)
