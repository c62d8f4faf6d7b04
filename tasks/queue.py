"""The Celery app, and the one way a duty is worked on.

A message is a hint: it names duties and says "look now". A duty's row decides whether there is anything
to do, so a hint may come twice, late, or never.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId
from celery import Celery
from celery.signals import setup_logging, worker_process_init, worker_ready
from kombu.entity import Queue

from app.foundation import clock, db, district, duties
from app.foundation.duties import Duty
from app.foundation.errors import Missing, Unavailable
from app.gateways.store import store_of
from app.rulebooks import models
from config import celery as celery_config
from config import settings
from config.logging import configure

log = structlog.get_logger(__name__)

ATTEMPTS = 8
HINT_SECONDS = 120
# One process works on the duties of a message in turn: few enough that the others have work too.
HINTS_A_MESSAGE = 5

Work = Callable[[Duty, datetime], None]

current = settings.load()
celery = Celery(
    "steward",
    include=[
        "tasks.boards",
        "tasks.calendars",
        "tasks.checks",
        "tasks.departments",
        "tasks.evidence",
        "tasks.exchange",
        "tasks.issues",
        "tasks.notices",
        "tasks.oversight",
        "tasks.offers",
        "tasks.papers",
        "tasks.photos",
        "tasks.policies",
        "tasks.projects",
        "tasks.reports",
        "tasks.routing",
        "tasks.scoreboards",
        "tasks.serving",
        "tasks.surveys",
        "tasks.upkeep",
        "tasks.schedule",
    ],
)
celery.config_from_object(celery_config.configuration(current))
celery.conf.task_queues = [Queue(name) for name in celery_config.QUEUES]  # type: ignore[no-untyped-call]


@setup_logging.connect
def _logging(**_: Any) -> None:
    configure(current.log_format, current.log_level)


@worker_process_init.connect
def start(**_: Any) -> None:
    """Connect this process; after the fork, since a client must not cross one."""
    district.use(current.district_dir)
    db.connect(current.mongodb_uri)
    models.use(current.district_dir / models.PACKS_FILE, store_of(current))
    duties.announce_with(hint)


def hint(kind: str, duty: str) -> None:
    """Tell a worker to look at a duty now. What cannot be sent is logged: the sweep finds the duty."""
    send_hints([(kind, duty)])


def send_hints(hints: Sequence[tuple[str, str]], lasts: int = HINT_SECONDS) -> None:
    """Tell workers to look at these duties, each its kind and id, in one go to the broker.

    Those of a kind share messages, which cost both sides more than what they say. After `lasts` seconds
    a hint is dropped unread.
    """
    try:
        with celery.producer_or_acquire() as producer, producer.batch():
            for kind, some in _messages(hints):
                options = {"expires": lasts, "retry": False, "producer": producer}
                celery.send_task(kind, args=some, **options)
    except Exception as error:
        log.warning("hints_not_sent", hints=hints, error=repr(error))


def _messages(hints: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    by_kind: dict[str, list[str]] = {}
    for kind, duty in hints:
        by_kind.setdefault(kind, []).append(duty)
    for kind, found in by_kind.items():
        for start in range(0, len(found), HINTS_A_MESSAGE):
            yield kind, found[start : start + HINTS_A_MESSAGE]


def send_when_ready(task: Any, expires: float) -> None:
    """Send `task` whenever a worker comes up, rather than at its next beat. What cannot be sent is logged."""

    def send(**_: Any) -> None:
        try:
            task.apply_async(expires=expires, retry=False)
        except Exception as error:
            log.warning("not_sent_when_ready", task=task.name, error=repr(error))

    worker_ready.connect(send, weak=False)


def work_on(duty_id: str, work: Work, give_up: Work) -> None:
    """Claim the duty and do it; `give_up` instead when it was tried `ATTEMPTS` times.

    What fails is put back with a growing pause; what something that is away kept from being done waits
    as long as it takes. What is not there to claim is somebody else's or done.
    """
    lease = timedelta(seconds=current.lease_seconds)
    duty = duties.claim(ObjectId(duty_id), now=clock.now(), lease=lease)
    if duty is None:
        return
    try:
        (give_up if duty.attempts > ATTEMPTS else work)(duty, clock.now())
    except duties.LostClaim:
        log.warning("claim_lost", kind=duty.kind, duty=duty_id)
    except Exception as error:
        if isinstance(error, Unavailable) and not isinstance(error, Missing):
            log.warning("duty_waits", kind=duty.kind, duty=duty_id, error=str(error))
            duties.postpone(duty, clock.now(), timedelta(seconds=error.retry_after), repr(error))
            return
        log.exception("duty_failed", kind=duty.kind, duty=duty_id, attempts=duty.attempts)
        duties.put_back(duty, clock.now(), repr(error))
