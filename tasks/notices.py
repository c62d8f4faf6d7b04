"""What runs later for notices."""

from __future__ import annotations

from datetime import datetime

from app.foundation import clock
from app.foundation.duties import Duty
from app.notices import actions, digest, sending
from app.notices.channels import channels_of, running
from tasks.queue import celery, current, send_when_ready, work_on


@celery.task(name="notices.deliver")
def deliver(*duty_ids: str) -> None:
    """Tell those who must know."""
    for duty_id in duty_ids:
        work_on(duty_id, _deliver, actions.give_up)


@celery.task(name="notices.send")
def send(*duty_ids: str) -> None:
    """Send what goes out by WeChat or SMS."""
    for duty_id in duty_ids:
        work_on(duty_id, _send, _give_up)


@celery.task(name="notices.digest")
def daily(*duty_ids: str) -> None:
    """Tell the day's figures."""
    for duty_id in duty_ids:
        work_on(duty_id, _digest, actions.give_up)


@celery.task(name="notices.begin")
def begin() -> None:
    """See to it that the next digest is due; by the clock and when a worker comes up."""
    digest.begin(clock.now())


send_when_ready(begin, 3600)


def _deliver(duty: Duty, now: datetime) -> None:
    actions.deliver(duty, now, running(current))


def _send(duty: Duty, now: datetime) -> None:
    sending.send(duty, now, channels_of(current))


def _give_up(duty: Duty, now: datetime) -> None:
    sending.give_up(duty, now, channels_of(current))


def _digest(duty: Duty, now: datetime) -> None:
    digest.digest(duty, now, running(current))
