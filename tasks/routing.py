"""What runs later for routing."""

from __future__ import annotations

from datetime import datetime

from app.foundation import clock, duties
from app.foundation.duties import Duty
from app.gateways.store import store_of
from app.learning import replaying, training
from app.learning.child import Limits
from app.rulebooks import alarms
from tasks.queue import celery, current, send_when_ready, work_on


@celery.task(name="routing.alarm")
def alarm(*duty_ids: str) -> None:
    """Tell the admins of rules and models that cannot be used."""
    for duty_id in duty_ids:
        work_on(duty_id, alarms.tell, duties.give_up)


@celery.task(name="routing.replay")
def replay(*duty_ids: str) -> None:
    """Plan a replay of past issues under another rulebook."""
    for duty_id in duty_ids:
        work_on(duty_id, replaying.plan, replaying.give_up)


@celery.task(name="routing.replay_slice")
def replay_slice(*duty_ids: str) -> None:
    """Decide anew upon some of its issues."""
    for duty_id in duty_ids:
        work_on(duty_id, replaying.replay_slice, replaying.give_up)


@celery.task(name="routing.begin")
def begin() -> None:
    """See to it that a next training is due; by the clock and when a worker comes up."""
    training.begin(clock.now())


send_when_ready(begin, 3600)


@celery.task(name="routing.train")
def train(*duty_ids: str) -> None:
    """Train a model and propose it. Never given up: a week left out would stop all that follow."""
    for duty_id in duty_ids:
        work_on(duty_id, _train, _train)


def _train(duty: Duty, now: datetime) -> None:
    learn = training.learn_from(current.district_dir)
    training.train(duty, store_of(current), learn, Limits(), now)
