"""What runs later for evidence: sealing days, rechecking slices of the stock."""

from __future__ import annotations

from datetime import datetime

from app.foundation import clock
from app.foundation.duties import Duty
from app.foundation.signing import Signer, trusted
from app.gateways.store import store_of
from app.photos import integrity, sealing
from tasks.queue import celery, current, send_when_ready, work_on


@celery.task(name="evidence.begin")
def begin() -> None:
    """See to it that the next day to seal is due; by the clock and when a worker comes up."""
    sealing.begin(clock.now())


send_when_ready(begin, 3600)


@celery.task(name="evidence.seal_day")
def seal_day(*duty_ids: str) -> None:
    """Seal days. Never given up: a day left out would stop all that follow."""
    for duty_id in duty_ids:
        work_on(duty_id, _seal, _seal)


@celery.task(name="evidence.check")
def check(*duty_ids: str) -> None:
    """Recheck slices of the stock. Never given up either."""
    for duty_id in duty_ids:
        work_on(duty_id, _check, _check)


def _seal(duty: Duty, now: datetime) -> None:
    sealing.seal_day(duty, Signer(current.evidence_seed), now)


def _check(duty: Duty, now: datetime) -> None:
    keys = trusted(current.evidence_seed, current.evidence_retired_keys)
    integrity.check(duty, store_of(current), keys, current.evidence_check_days, now)
